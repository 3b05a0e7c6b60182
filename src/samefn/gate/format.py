"""A quantity and its interval as text, in the unit in which the limit was written."""

from samefn.gate.quantities import QUANTITIES
from samefn.gate.requirement import NumericTest
from samefn.reports.wording.numbers import MINUS, format_with_interval
from samefn.schema.quantities import Quantity

_DECIMAL = {"GB": 1e9, "MB": 1e6, "kB": 1e3, "B": 1.0}
# More than three digits are shown only where three would put the number on the limit, or beyond it.
_MAX_DIGITS = 17


def format_quantity(quantity: Quantity, name: str, test: NumericTest) -> tuple[str, str]:
    """The value and its interval as text, such as `0 %` and `[0 %, 0.61 %]`, or `52.6 kB`; empty where there is none.

    Sizes are in the decimal unit that fits them, or in the binary unit of the limit.

    Args:
        quantity: the value.
        name: its name in `QUANTITIES`.
        test: it is checked against.
    """
    if quantity.value is None:
        return "", ""
    unit, factor = _unit(quantity.value, name, test.unit)
    value, limit = quantity.value / factor, test.number / factor
    if quantity.low is None or quantity.high is None or quantity.low == quantity.high:
        return f"{_point(value, limit)} {unit}".rstrip(), ""
    shown = format_with_interval(value, quantity.low / factor, quantity.high / factor)
    ends = shown.interval.replace(", ", f" {unit}, ").replace("]", f" {unit}]") if unit else shown.interval
    return f"{shown.text} {unit}".rstrip(), ends


def _unit(value: float, name: str, limit_unit: str) -> tuple[str, float]:
    units = QUANTITIES[name].units
    if "kB" in units and limit_unit not in {"KiB", "MiB", "GiB"}:
        return next((unit, factor) for unit, factor in _DECIMAL.items() if abs(value) >= factor or unit == "B")
    if not limit_unit and "ms" in units:
        return "s", 1.0
    return limit_unit, units.get(limit_unit, 1.0)


def _point(value: float, limit: float) -> str:
    """A number of three digits, or of so many that it is on its own side of the limit.

    >>> _point(0.99996, 1.0), _point(0.25662, 0.3), _point(1664296.0, 2e6)
    ('0.99996', '0.257', '1,664,296')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    for digits in range(3, _MAX_DIGITS):
        rounded = float(f"{value:.{digits}g}")
        if (rounded < limit, rounded > limit) == (value < limit, value > limit):
            break
    text = f"{rounded:.{digits}g}" if digits > 3 else format_with_interval(value).text
    return text.replace("-", MINUS)
