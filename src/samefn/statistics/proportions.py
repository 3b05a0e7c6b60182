"""Exact intervals for proportions."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil

from scipy.special import betainc, betaincinv


@dataclass(frozen=True)
class Proportion:
    """Examples of which some are 1, counted as if each had been drawn alone.

    Attributes:
        ones: how many are 1; of grouped examples the effective number, which need not be whole.
        examples: how many there are, above 0; of grouped examples the effective number.
    """

    ones: float
    examples: float

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.ones / self.examples

    def low(self, error: float) -> float:
        """The end that the true share is below with a probability of at most `error` (above 0, below 1).

        >>> round(Proportion(10, 1000).low(0.025), 4)
        0.0048
        """
        return 0.0 if self.ones <= 0 else float(betaincinv(self.ones, self.examples - self.ones + 1, error))

    def high(self, error: float) -> float:
        """The end that the true share is above with a probability of at most `error`.

        >>> round(Proportion(0, 100).high(0.025), 4)
        0.0362
        """
        zeros = self.examples - self.ones
        return 1.0 if zeros <= 0 else float(betaincinv(self.ones + 1, zeros, 1 - error))

    def at_least(self, share: float) -> float:
        """The p-value that the true share is no more than `share`: so many ones or more, with it as the truth.

        >>> round(Proportion(2, 2).at_least(0.1), 4)
        0.01
        """
        return 1.0 if self.ones <= 0 else float(betainc(self.ones, self.examples - self.ones + 1, share))


def clopper_pearson(ones: int, examples: int, confidence: float) -> tuple[float, float]:
    """The Clopper-Pearson interval of a proportion: it covers the truth at least as often as it says.

    Args:
        ones: how many examples are 1.
        examples: how many there are.
        confidence: the share of repetitions in which the interval covers the truth, 0 to 1.

    Returns:
        Lower and upper end, 0 to 1.

    Source:
        Clopper and Pearson 1934, The use of confidence or fiducial limits.

    >>> low, high = clopper_pearson(0, 100, 0.95)
    >>> low, round(high, 4)
    (0.0, 0.0362)
    """
    counted, tail = Proportion(ones, examples), (1 - confidence) / 2
    return counted.low(tail), counted.high(tail)


def settled_at(counted: Proportion, limit: float, error_low: float, error_high: float, most: float) -> int | None:
    """How many examples would show on which side of a limit a proportion is, if the share stays as it is.

    Args:
        counted: the examples so far.
        limit: 0 to 1.
        error_low: of the lower end, which is above the limit when it is shown to be over.
        error_high: of the upper end, which is below the limit when it is shown to be within.
        most: how many times the examples so far are looked at.

    Returns:
        The number of examples, at least as many as there are; None where `most` times as many would not do.

    >>> settled_at(Proportion(0, 100), 0.01, 0.025, 0.025, 100)
    368
    >>> settled_at(Proportion(1, 100), 0.01, 0.025, 0.025, 100) is None
    True
    """
    value, fewest = counted.value, ceil(counted.examples)

    def shows(examples: int) -> bool:
        more = Proportion(value * examples, examples)
        return more.high(error_high) < limit if value < limit else more.low(error_low) > limit

    numbers = range(fewest, ceil(counted.examples * most) + 1)
    at = bisect_left(numbers, True, key=shows) if value != limit else len(numbers)
    return None if at == len(numbers) else numbers[at]
