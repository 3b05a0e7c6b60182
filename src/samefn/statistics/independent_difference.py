"""The difference of two figures of independent samples, from their intervals."""

from dataclasses import dataclass
from math import hypot

from scipy.special import stdtr, stdtrit


@dataclass(frozen=True)
class Sampled:
    """A figure of a sample with its interval.

    Attributes:
        value: the figure; finite.
        low: lower end of its interval.
        high: upper end; may be infinite.
        units: how many examples, or blocks of dependent ones, it is over; 2 or more.
        confidence: of the interval, above 0 and below 1.
    """

    value: float
    low: float
    high: float
    units: float
    confidence: float

    @property
    def below(self) -> float:
        """How far the lower end is away, in standard errors of Student's t: the figure's error downwards."""
        return (self.value - self.low) / self._critical

    @property
    def above(self) -> float:
        """The error upwards."""
        return (self.high - self.value) / self._critical

    @property
    def _critical(self) -> float:
        return float(stdtrit(self.units - 1, (1 + self.confidence) / 2))


def independent_difference(before: Sampled, after: Sampled, confidence: float = 0.95) -> tuple[float, float, float]:
    """The interval of `after` less `before`, and the p-value that the two are equal, by the square-and-add method.

    Each figure's error is that of its interval on the side that faces the other figure, so that skewed intervals (few
    changes, ratios) stay skewed. For the p-value the errors are carried to other levels by Student's t with one degree
    of freedom less than the smaller sample has units. For figures of the same inputs, which rise and fall together,
    both are conservative.

    Args:
        before: the first figure.
        after: the second.
        confidence: of the interval, above 0 and below 1.

    Returns:
        Lower end, upper end, p-value.

    Source:
        Newcombe 1998, Interval estimation for the difference between independent proportions, method 10; Zou and Donner
        2008, Construction of confidence limits about effect measures: a general approach.

    >>> a, b = Sampled(0.70, 0.58, 0.80, 1e9, 0.95), Sampled(0.60, 0.49, 0.70, 1e9, 0.95)
    >>> low, high, p_value = independent_difference(b, a)
    >>> round(low, 3), round(high, 3), round(p_value, 2)
    (-0.056, 0.249, 0.21)
    """
    difference, freedom = after.value - before.value, min(before.units, after.units) - 1
    down, up = hypot(after.below, before.above), hypot(after.above, before.below)
    wide = float(stdtrit(freedom, (1 + confidence) / 2))
    low, high = difference - wide * down, difference + wide * up
    error = down if difference > 0 else up
    if not difference:
        return low, high, 1.0
    return low, high, 2 * float(stdtr(freedom, -abs(difference) / error)) if error > 0 else 0.0
