"""The interval of a mean, and of a function of means, from sums: Student's t, corrected for skewness."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import inf, sqrt

import numpy as np
from scipy.special import stdtrit

from samefn.statistics.exact_sums import BITS

STEP = 0.01  # of a standard error, to either side, over which slopes are taken
STRAIGHT = 1e-6  # less skewness has no third root to speak of


def central(
    sums: Mapping[tuple[str, ...], int], columns: Sequence[str], gradient: Sequence[float], count: int
) -> tuple[float, float]:
    """Variance and third central moment of a weighted sum of columns.

    Computed as fractions: where the spread is small beside the mean, floats would cancel.

    Args:
        sums: the exact sums of products of one to three columns, keyed by the columns in their order.
        columns: their order.
        gradient: the weight of each column.
        count: how many examples the sums are over.

    Returns:
        Both in the units of the weighted sum, squared and cubed.
    """
    weights = {name: Fraction(weight) for name, weight in zip(columns, gradient, strict=True)}
    raw = []
    for degree in (1, 2, 3):
        total = Fraction(0)
        for names in product(columns, repeat=degree):
            weight = Fraction(1)
            for name in names:
                weight *= weights[name]
            total += weight * sums[tuple(sorted(names, key=columns.index))]
        raw.append(total / (count << BITS))
    mean, square, cube = raw
    return float(max(square - mean**2, Fraction(0))), float(cube - 3 * mean * square + 2 * mean**3)


def slopes(function: Callable[..., float], means: Sequence[float], errors: Sequence[float]) -> list[float]:
    """How a function of means changes with each of them.

    Args:
        function: of the means.
        means: where.
        errors: the means' standard errors; of one without spread the slope does not matter and is 0.

    Returns:
        A slope a mean.
    """
    found = []
    for at, error in enumerate(errors):
        if not error > 0:
            found.append(0.0)
            continue
        above, below = list(means), list(means)
        above[at] += STEP * error
        below[at] -= STEP * error
        found.append((function(*above) - function(*below)) / (above[at] - below[at]))
    return found


def critical(share: float, examples: float) -> float:
    """Student's quantile of a mean over so many examples, two or more, whose variance was divided by their number.

    >>> round(critical(0.975, 1_000_000), 3), round(critical(0.975, 10), 3)
    (1.96, 2.385)
    """
    return float(stdtrit(examples - 1, share)) * sqrt(examples / (examples - 1))


def ends(
    value: float, variance: float, third: float, examples: float, infinite: int, confidence: float
) -> tuple[float, float, float]:
    """The interval of a mean by Student's t with Hall's correction for skewness.

    The few large figures that a skewed mean is made of are seldom all drawn: an interval that does not look at the
    skewness, or percentiles of a bootstrap, lie below the truth too often. Hall's transformation is monotone: its third
    root always gives an interval that holds the mean. Without a third moment it is Student's t.

    With infinite examples among them, a sample is infinite unless it misses all of those.

    Args:
        value: the mean over the finite examples.
        variance: over the finite examples, divided by their number.
        third: third central moment over them; 0 for no correction.
        examples: how many, the infinite ones among them.
        infinite: how many are infinite.
        confidence: the share of repetitions in which the interval covers the truth, above 0 and below 1.

    Returns:
        Lower and upper end, and the skewness of the mean: 1 / √n where n equal examples make all of it up.

    Source:
        Hall 1992, On the removal of skewness by transformation; Johnson 1978, Modified t tests.

    >>> low, high, skewness = ends(0.5, 0.25, 0.0, 10_000, 0, 0.95)
    >>> round(low, 4), round(high, 4), skewness
    (0.4902, 0.5098, 0.0)
    """
    missed = (1 - infinite / examples) ** examples
    error = sqrt(variance / examples)
    skewness = third / variance / sqrt(variance) / sqrt(examples) if variance > 0 else 0.0

    def quantile(share: float) -> float:
        if share >= missed:
            return inf
        if not error > 0:
            return value
        x = -critical(share / missed, examples)
        if abs(skewness) < STRAIGHT:
            return value - error * (x - skewness * (1 + 2 * x * x) / 6)
        return value - error * 3 * (float(np.cbrt(1 + skewness * (x - skewness / 6))) - 1) / skewness

    tail = (1 - confidence) / 2
    return quantile(tail), quantile(1 - tail), skewness
