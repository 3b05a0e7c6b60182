"""Do the two models put the classes in the same order?"""

import numpy as np
from numpy.typing import ArrayLike

from samefn.measures.pairs import Floats, Ints, as_pair

TOP = 5  # how many classes the overlap compares


def rank_disagreement(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Share of positions at which the two orders of the classes, most probable first, hold another class.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (the same order) to 1 (another class at every position), [examples]. Classes that tie are in the
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


def top_k_overlap(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Share of the base's k most probable classes that are among the candidate's k most probable.

    k is 5. With 5 classes or fewer it is one less than there are, as all classes are always the same set.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (none) to 1 (the same classes, in whatever order), [examples]; with fewer than 2k classes not below
        (2k - classes) / k. Of classes that tie, the lowest come first. 1 where there is only one class.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Fagin, Kumar and Sivakumar 2003, Comparing Top k Lists: 1 minus its symmetric difference, normalised.

    >>> top_k_overlap(np.log([[0.4, 0.3, 0.2, 0.1]]), np.log([[0.4, 0.1, 0.2, 0.3]])).round(6)
    array([0.666667])
    """
    p, q = as_pair(log_p, log_q)
    k = min(TOP, p.shape[1] - 1)
    if k < 1:
        return np.ones(len(p))
    shared = _top(p, k)[:, :, None] == _top(q, k)[:, None, :]
    return np.asarray(shared.sum(axis=(1, 2)) / k)


def _top(values: Floats, k: int) -> Ints:
    """The k classes of the highest values, [examples, k]."""
    # k passes are cheaper than a sort. A class already taken must come after those with probability 0.
    rest = np.maximum(values, np.finfo(np.float64).min)
    top = np.empty((len(values), k), dtype=np.int64)
    for place in range(k):
        top[:, place] = rest.argmax(axis=1)
        np.put_along_axis(rest, top[:, place, None], -np.inf, axis=1)
    return top
