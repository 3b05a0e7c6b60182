"""A figure with its interval, in the unit in which its limit was written."""

from samefn.gate.quantities import FIGURES
from samefn.gate.requirement import Limit
from samefn.reports.wording.numbers import MINUS, format_with_interval
from samefn.schema.quantities import Quantity

_DECIMAL = {"GB": 1e9, "MB": 1e6, "kB": 1e3, "B": 1.0}
# More digits than three are shown only where fewer would put a figure on its limit, or beyond it.
_MOST = 17


def said(found: Quantity, name: str, test: Limit) -> tuple[str, str]:
    """The figure and its interval as text, such as `0 %` and `[0 %, 0.61 %]`, or `52.6 kB`; empty where there is none.

    Sizes are in whatever decimal unit is near, but for binary ones that were asked for.

    Args:
        found: the figure.
        name: its name in `FIGURES`.
        test: what it is held against.
    """
    if found.value is None:
        return "", ""
    unit, factor = _unit(found.value, name, test.unit)
    value, limit = found.value / factor, test.number / factor
    if found.low is None or found.high is None or found.low == found.high:
        return f"{_point(value, limit)} {unit}".rstrip(), ""
    shown = format_with_interval(value, found.low / factor, found.high / factor)
    ends = shown.interval.replace(", ", f" {unit}, ").replace("]", f" {unit}]") if unit else shown.interval
    return f"{shown.text} {unit}".rstrip(), ends


def _unit(value: float, name: str, asked: str) -> tuple[str, float]:
    units = FIGURES[name].units
    if "kB" in units and asked not in {"KiB", "MiB", "GiB"}:
        return next((unit, factor) for unit, factor in _DECIMAL.items() if abs(value) >= factor or unit == "B")
    if not asked and "ms" in units:
        return "s", 1.0
    return asked, units.get(asked, 1.0)


def _point(value: float, limit: float) -> str:
    """A number of three digits, or of so many that it is on its own side of the limit.

    >>> _point(0.99996, 1.0), _point(0.25662, 0.3), _point(1664296.0, 2e6)
    ('0.99996', '0.257', '1,664,296')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    for digits in range(3, _MOST):
        rounded = float(f"{value:.{digits}g}")
        if (rounded < limit, rounded > limit) == (value < limit, value > limit):
            break
    text = f"{rounded:.{digits}g}" if digits > 3 else format_with_interval(value).text
    return text.replace("-", MINUS)
