"""What no rule can do that knows nothing but how many of the inputs changed."""

from math import log

import numpy as np
from scipy.stats import binom, chi2


def best_power(examples: int, limit: float, truth: float, error: float) -> float:
    """How often the best exact test tells on which side of the limit a share is.

    The binomial has a monotone likelihood ratio, so no test of the same error is right more often than the one that
    asks whether there are too few, or too many, changed predictions; where a number of them has to be drawn lots for,
    it draws.

    Args:
        examples: how many.
        limit: 0 to 1.
        truth: the true share, in limits; not 1.
        error: of saying so where the share is at the limit.

    Returns:
        0 to 1.

    >>> round(best_power(368, 0.01, 0.0, 0.025), 2), round(best_power(183, 0.01, 0.0, 0.025), 2)
    (1.0, 0.16)
    """
    counts = np.arange(examples + 1)
    at_limit, as_it_is = binom.pmf(counts, examples, limit), binom.pmf(counts, examples, truth * limit)
    if truth > 1:
        at_limit, as_it_is = at_limit[::-1], as_it_is[::-1]
    below = np.cumsum(at_limit)
    sure = int(np.searchsorted(below, error, side="right"))  # so many counts are surely rejected
    left = error - (below[sure - 1] if sure else 0.0)
    return float(as_it_is[:sure].sum() + as_it_is[sure] * left / at_limit[sure])


def least_examples(limit: float, error: float) -> int:
    """How many inputs *same* needs if none changes: about 3.7 / limit at an error of 2.5 %.

    >>> least_examples(0.00085, 0.025)
    4339
    """
    return int(np.ceil(log(error) / np.log1p(-limit)))


def left_open_by_parts(examples: int, limit: float, truth: float, parts: int, of_part: float, error: float) -> float:
    """How often *same* is not said if each part of the inputs has to be shown to be within its limit, too.

    Args:
        examples: how many, in parts of the same size.
        limit: of all, 0 to 1.
        truth: the true share of all and of each part, in limits.
        parts: how many.
        of_part: the limit of one part, in limits.
        error: of the exact test of one part.

    Returns:
        0 to 1.

    >>> round(left_open_by_parts(800, 0.01, 0.3, 10, 5, 0.025), 3)  # no change allowed: 1 - 0.997^800
    0.91
    """
    size = examples // parts
    allowed = int(np.sum(np.cumsum(binom.pmf(np.arange(size + 1), size, of_part * limit)) <= error)) - 1
    return 1.0 if allowed < 0 else float(1 - binom.cdf(allowed, size, truth * limit) ** parts)


def twins_found(examples: int, distance: float, models: int, pairs: int, error: float) -> float:
    """How often the best exact test of a pair finds one of several pairs that are half as far apart as others.

    It knows how far others are apart, and shares its error among all pairs of models. The pairs are taken for
    independent of each other, so no such test finds more.

    Args:
        examples: how many.
        distance: share of predictions in which other pairs differ.
        models: how many, the base among them.
        pairs: how many are half as far apart.
        error: of naming any pair where all are alike.

    Returns:
        0 to 1.

    >>> round(twins_found(300, 0.067, 11, 3, 0.05), 2)  # at most 7 of 20 changes, of 10 expected
    0.51
    """
    counts = np.arange(examples + 1)
    enough = binom.cdf(counts, examples, distance) <= error * 2 / (models * (models - 1))
    found = float(binom.pmf(counts, examples, distance / 2)[enough].sum())
    return 1 - (1 - found) ** pairs


def spread_found(own: float, of_inputs: float, degrees: int, error: float) -> float:
    """How often a spread among models is found beside what the inputs alone add, by the best test of one variance.

    Args:
        own: standard deviation among models.
        of_inputs: what the inputs add.
        degrees: of freedom.
        error: of finding one where there is none.

    Returns:
        0 to 1.

    >>> round(spread_found(0.35, 0.19, 3, 0.05), 2)
    0.62
    """
    left = of_inputs**2 / (own**2 + of_inputs**2)
    return float(chi2.sf(chi2.isf(error, degrees) * left, degrees))
