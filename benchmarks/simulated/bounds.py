"""What no rule can do that knows nothing but how many of the inputs changed."""

from math import log

import numpy as np
from scipy.stats import binom


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
