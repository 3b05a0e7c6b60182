"""Exact intervals for proportions."""

from scipy.special import betaincinv


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
