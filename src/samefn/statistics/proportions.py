"""Exact intervals for proportions."""

from bisect import bisect_left
from dataclasses import dataclass

from scipy.special import betainc, betaincinv

POWER = 0.8  # in this share of repetitions the smallest change that can be detected would be shown


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


def minimum_detectable_share(limit: float, examples: int, confidence: float) -> float | None:
    """The smallest proportion that so many examples would show to be above a limit in 4 of 5 cases.

    Shown means that the lower end of its Clopper-Pearson interval is above the limit.

    Args:
        limit: 0 to 1.
        examples: how many there are, 1 or more.
        confidence: of the interval.

    Returns:
        The proportion, above the limit, at most 1; None where even changing every example would not show it.

    >>> round(minimum_detectable_share(0.01, 10_000, 0.95), 4)
    0.013
    >>> minimum_detectable_share(0.5, 3, 0.95) is None
    True
    """
    tail = (1 - confidence) / 2
    # Of k examples the lower end is above the limit when k or more, with the limit as the truth, are a tail event.
    counts = range(1, examples + 1)
    needed = bisect_left(counts, True, key=lambda ones: bool(betainc(ones, examples - ones + 1, limit) < tail))
    if needed == examples:
        return None
    ones = counts[needed]
    return float(betaincinv(ones, examples - ones + 1, POWER))


def examples_needed(limit: float, ones: int, confidence: float) -> int | None:
    """How many examples, of which no more than so many are 1, would show a proportion to be below a limit.

    Shown means that the upper end of its Clopper-Pearson interval is below the limit.

    Args:
        limit: 0 to 1.
        ones: how many of the examples are 1.
        confidence: of the interval.

    Returns:
        The least number of examples; None where a thousand billion would not do.

    >>> examples_needed(0.01, 0, 0.95)
    368
    """
    # The upper end is below the limit when so few ones, with the limit as the truth, are a tail event.
    tail = (1 - confidence) / 2
    counts = range(ones + 1, 10**12)
    needed = bisect_left(counts, True, key=lambda n: bool(betainc(ones + 1, n - ones, limit) > 1 - tail))
    return counts[needed] if needed < len(counts) else None
