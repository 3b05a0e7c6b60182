"""Exact intervals for proportions."""

from bisect import bisect_left

from scipy.special import betainc, betaincinv

POWER = 0.8  # in this share of repetitions the smallest change that can be detected would be shown


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
    tail = (1 - confidence) / 2
    zeros = examples - ones
    low = 0.0 if ones == 0 else float(betaincinv(ones, zeros + 1, tail))
    high = 1.0 if zeros == 0 else float(betaincinv(ones + 1, zeros, 1 - tail))
    return low, high


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
