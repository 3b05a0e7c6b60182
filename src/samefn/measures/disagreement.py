"""Do the two models predict different classes, and does a change correct an error or make one?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.measures.pairs import Floats, as_pair, check_labels, top_classes


def disagreement(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """1 where the top classes differ, else 0; its mean is also called churn.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 or 1 for each example, [examples]. Of classes that tie at the top, the lowest counts.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Milani Fard et al. 2016; Fort et al. 2019; Stanton et al. 2021.

    >>> disagreement(np.log([[0.7, 0.3], [0.6, 0.4]]), np.log([[0.8, 0.2], [0.1, 0.9]]))
    array([0., 1.])
    """
    p, q = as_pair(log_p, log_q)
    return np.asarray(top_classes(p) != top_classes(q), dtype=np.float64)


def negative_flips(log_p: ArrayLike, log_q: ArrayLike, labels: ArrayLike) -> Floats:
    """1 where the base is right and the candidate wrong, else 0.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.
        labels: the true classes, [examples].

    Returns:
        0 or 1 for each example, [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape, or the labels do not fit.

    Source:
        Yan et al. 2021; Dutta et al. 2024.
    """
    base_right, right = _rights(log_p, log_q, labels)
    return np.asarray(base_right & ~right, dtype=np.float64)


def positive_flips(log_p: ArrayLike, log_q: ArrayLike, labels: ArrayLike) -> Floats:
    """1 where the base is wrong and the candidate right, else 0.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.
        labels: the true classes, [examples].

    Returns:
        0 or 1 for each example, [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape, or the labels do not fit.

    Source:
        Yan et al. 2021; Dutta et al. 2024.
    """
    base_right, right = _rights(log_p, log_q, labels)
    return np.asarray(~base_right & right, dtype=np.float64)


def _rights(log_p: ArrayLike, log_q: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the base is right, and where the candidate is."""
    p, q = as_pair(log_p, log_q)
    true = check_labels(labels, len(p))
    return top_classes(p) == true, top_classes(q) == true
