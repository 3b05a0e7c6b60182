"""The bootstrap's interval without drawing: what its percentiles tend to with many resamples of many examples."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import inf, sqrt

from scipy.special import ndtri

from samefn.statistics.exact_sums import BITS


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
    """How a function of means changes with each of them, over one standard error to either side.

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
        above[at] += error
        below[at] -= error
        found.append((function(*above) - function(*below)) / (above[at] - below[at]))
    return found


def ends(
    value: float, variance: float, third: float, examples: int, infinite: int, confidence: float
) -> tuple[float, float, float]:
    """Where the bootstrap's percentiles of a mean tend to, by the first terms of Cornish and Fisher.

    With infinite examples among them, a resample is infinite unless it misses all of those.

    Args:
        value: the mean over the finite examples.
        variance: over the finite examples.
        third: third central moment over them.
        examples: how many, the infinite ones among them.
        infinite: how many are infinite.
        confidence: the share of resamples between the ends, above 0 and below 1.

    Returns:
        Lower and upper end, and the skewness of the mean: 1 / √n where n equal examples make all of it up.

    Source:
        Cornish and Fisher 1938; Hall 1992, The Bootstrap and Edgeworth Expansion.

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
        z = float(ndtri(share / missed))
        return value + error * (z + skewness * (z * z - 1) / 6)

    tail = (1 - confidence) / 2
    return quantile(tail), quantile(1 - tail), skewness
