"""Do the two models put the classes in the same order?"""

import numpy as np
from numpy.typing import ArrayLike

from samefn.measures.pairs import Floats, as_pair


def rank_disagreement(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Share of positions at which the two orders of the classes, most probable first, hold another class.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (the same order) to 1 (another class at every position), [examples]. Classes that tie stand in the
        order of their indices.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Mason-Williams 2024.

    >>> rank_disagreement(np.log([[0.5, 0.3, 0.2]]), np.log([[0.5, 0.2, 0.3]])).round(6)
    array([0.666667])
    """
    p, q = as_pair(log_p, log_q)
    orders = (np.argsort(-values, axis=1, kind="stable") for values in (p, q))
    return np.asarray(np.mean(np.not_equal(*orders), axis=1), dtype=np.float64)
