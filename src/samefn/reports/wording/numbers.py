"""Numbers for people: no more digits than the interval supports, tiny ones in powers of ten."""

import math
from dataclasses import dataclass
from decimal import Context, Decimal

NONE = "\N{EM DASH}"
MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"
# As many digits as the largest float has, and twelve behind its point.
_WIDE = Context(prec=400)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class NumberText:
    """A number and its interval as text; `interval` is empty where there is none."""

    text: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.interval}".rstrip()


def format_with_interval(
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    percent: bool = False,
    signed: bool = False,
) -> NumberText:
    """A value with its interval, rounded to two significant digits of the interval's width.

    Args:
        value: the number; none is shown as a dash.
        low: lower end of its interval.
        high: upper end of its interval.
        percent: the numbers are shares and are shown in percent, without the sign.
        signed: show a plus too.

    Without an interval a number has three significant digits. An exact zero is `0`; what only rounds to zero
    is shown in powers of ten, so that it is not read as zero; an end of the interval that does is shown as
    less than the last digit.

    >>> str(format_with_interval(0.0089, 0.0071, 0.0108, percent=True))
    '0.89 [0.71, 1.08]'
    >>> str(format_with_interval(0.0, 0.0, 0.00037, percent=True))
    '0 [0, 0.037]'
    >>> str(format_with_interval(0.0001, 0.0000025, 0.00056, percent=True))
    '0.010 [<0.001, 0.056]'
    >>> str(format_with_interval(3.14e-7, 2.9e-7, 3.3e-7))
    '3.14×10⁻⁷ [2.90, 3.30]×10⁻⁷'
    >>> str(format_with_interval(None))
    '—'
    """  # noqa: RUF002
    if value is None:
        return NumberText(NONE)
    factor = 100.0 if percent else 1.0
    value = value * factor
    ends = None if low is None or high is None else (low * factor, high * factor)
    sizes = [abs(number) for number in (value, *(ends or ())) if math.isfinite(number)]
    largest = max(sizes, default=0.0)
    width = ends[1] - ends[0] if ends else 0.0
    digits = 1 - _exponent(width) if math.isfinite(width) and width > 0 else 2 - _exponent(value)
    # Four digits of the largest number are as many as anyone compares.
    digits = min(digits, 3 - _exponent(largest)) if largest else digits
    exponent = _exponent(largest) if 0 < largest < 1e-3 else 0
    places = digits + exponent
    power = _power(exponent) if exponent else ""
    text = _fixed(value, exponent, places)
    if value == 0 or not math.isfinite(value):
        power_of_value = ""
    elif _vanishes(value, exponent, places):
        text, power_of_value = _fixed(value, _exponent(value), 1), _power(_exponent(value))
    else:
        power_of_value = power
    interval = f"[{', '.join(_end(end, exponent, places) for end in ends)}]{power}" if ends else ""
    plus = "+" if signed and value > 0 and math.isfinite(value) else ""
    return NumberText(f"{plus}{text}{power_of_value}", interval)


def format_two_decimals(
    value: float | None, low: float | None = None, high: float | None = None, *, signed: bool = False
) -> NumberText:
    """A value with its interval to two decimals, so that the figures of a column can be compared.

    Args:
        value: the number; none is shown as a dash.
        low: lower end of its interval.
        high: upper end of its interval.
        signed: show a plus too.

    >>> str(format_two_decimals(1.0, 0.0004, 11.96)), str(format_two_decimals(0.003))
    ('1.00 [<0.01, 11.96]', '<0.01')
    >>> str(format_two_decimals(0.0, -0.07, 0.07))
    '0 [−0.07, 0.07]'
    """  # noqa: RUF002
    if value is None:
        return NumberText(NONE)
    text = _end(value, 0, 2)
    plus = "+" if signed and value > 0 and text[0].isdigit() else ""
    ends = None if low is None or high is None else f"[{_end(low, 0, 2)}, {_end(high, 0, 2)}]"
    return NumberText(f"{plus}{text}", ends or "")


def format_share(value: float | None, examples: int) -> str:
    """A share of so many examples in percent, without the percent sign, to the last digit that one example changes.

    >>> format_share(0.9915, 10_000), format_share(0.9915, 360), format_share(0.0, 360), format_share(None, 360)
    ('99.15', '99.2', '0', '—')
    """
    if value is None:
        return NONE
    return _fixed(100 * value, 0, min(6, max(1, math.ceil(math.log10(max(examples, 1))) - 2)))


def format_limit(share: float) -> str:
    """A limit on a share in percent, without the sign: three digits, no zeros at its end.

    >>> format_limit(0.00605), format_limit(0.005), format_limit(0.1)
    ('0.605', '0.5', '10')
    """
    text = format_with_interval(share, percent=True).text
    return text.rstrip("0").rstrip(".") if "." in text and TIMES not in text else text


def format_p_value(p_value: float) -> str:
    """A p-value to two digits, a tiny one to one.

    >>> format_p_value(0.0123), format_p_value(8.34e-104), format_p_value(1.0)
    ('0.012', '8×10⁻¹⁰⁴', '1')
    """  # noqa: RUF002
    if p_value >= 1e-3:
        return f"{p_value:.2g}"
    digits, _, exponent = f"{p_value:.0e}".partition("e")
    return f"{digits}{_power(int(exponent))}"


def format_ratio(ratio: float) -> str:
    """A ratio to the base's figure.

    >>> format_ratio(0.2613), format_ratio(1), format_ratio(12.34)
    ('0.26x', '1.00x', '12.3x')
    """
    return f"{ratio:.2f}x" if ratio < 10 else f"{ratio:.3g}x"


def format_count(number: int) -> str:
    """A whole number with commas between thousands.

    >>> format_count(10000)
    '10,000'
    """
    return f"{number:,}"


def format_number_of(number: int, noun: str) -> str:
    """A whole number of things.

    >>> format_number_of(1, "input"), format_number_of(4000, "input")
    ('1 input', '4,000 inputs')
    """
    return f"{format_count(number)} {noun}{'' if number == 1 else 's'}"


def format_size(bytes_: int | None) -> str:
    """A size in decimal units, three digits.

    >>> format_size(1_664_296), format_size(812), format_size(999_999), format_size(None)
    ('1.66 MB', '812 B', '1.00 MB', '—')
    """
    if bytes_ is None:
        return NONE
    if bytes_ < 1000:
        return f"{bytes_} B"
    number, unit = float(bytes_), ""
    for step in ("kB", "MB", "GB", "TB"):
        # 999.5 would print as a fourth digit, so it moves on to the next unit.
        if number < 999.5 and unit:
            break
        number, unit = number / 1000, step
    return f"{number:.{max(0, 2 - _exponent(round(number, 2)))}f} {unit}"


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0


def _power(exponent: int) -> str:
    return f"{TIMES}10{str(exponent).translate(_SUPERSCRIPTS)}"


def _round(value: float, exponent: int, places: int) -> Decimal:
    """The value over a power of ten, rounded; in decimal, where no power of ten underflows."""
    return _WIDE.quantize(_WIDE.scaleb(Decimal(value), -exponent), Decimal(1).scaleb(-min(max(places, 0), 12)))


def _vanishes(value: float, exponent: int, places: int) -> bool:
    """Whether a number that is not zero would be shown as one."""
    return value != 0 and math.isfinite(value) and not _round(value, exponent, places)


def _fixed(value: float, exponent: int, places: int) -> str:
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{_round(value, exponent, places):f}".replace("-", MINUS) if value else "0"


def _end(value: float, exponent: int, places: int) -> str:
    """An interval's end; one that rounds to zero is shown as less than the last digit."""
    if not _vanishes(value, exponent, places):
        return _fixed(value, exponent, places)
    step = f"{Decimal(1).scaleb(-min(max(places, 0), 12)):f}"
    return f"<{step}" if value > 0 else f">{MINUS}{step}"
