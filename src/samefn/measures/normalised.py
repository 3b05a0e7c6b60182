"""Disagreement relative to what the accuracies alone explain."""

import numpy as np
from numpy.typing import ArrayLike

from samefn.core.errors import InputError
from samefn.measures.pairs import Floats


def normalised_disagreement(disagreement: ArrayLike, accuracy: ArrayLike) -> Floats:
    """Disagreement for each of the candidate's errors: disagreement / (1 - acc_q).

    Args:
        disagreement: share of examples on which the two predict different classes, 0 to 1, any shape.
        accuracy: share of examples that the candidate has right, 0 to 1.

    Returns:
        0 (the same predictions) to infinity (a candidate without errors that still differs). NaN (not defined) if it
        neither errs nor differs.

    Source:
        Fort et al. 2019.

    >>> float(normalised_disagreement(0.1, 0.8).round(9))
    0.5
    """
    differ, right = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (disagreement, accuracy)))
    limit = np.where(differ > 0, np.inf, np.nan)
    return np.asarray(np.divide(differ, 1 - right, out=limit, where=right < 1))


def independent_disagreement(base_accuracy: ArrayLike, accuracy: ArrayLike, classes: int) -> Floats:
    """Disagreement of two models that err independently, each wrong class equally often: Fort's upper curve.

    acc_p (1 - acc_q) + acc_q (1 - acc_p) + (1 - acc_p)(1 - acc_q)(K - 2) / (K - 1). Divided by 1 - acc_q it is on
    the scale of `normalised_disagreement`.

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        accuracy: the same of the candidate.
        classes: how many classes, 2 or more.

    Returns:
        Share of examples, 0 to 1.

    Raises:
        InputError: fewer than two classes.

    Source:
        Fort et al. 2019; the form is that of `random_average_case` in the code the authors published with it.

    >>> float(independent_disagreement(0.9, 0.8, 10).round(6))
    0.277778
    """
    p, q = _accuracies(base_accuracy, accuracy, classes)
    return np.asarray(p * (1 - q) + q * (1 - p) + (1 - p) * (1 - q) * (classes - 2) / (classes - 1))


def perturbed_disagreement(base_accuracy: ArrayLike, accuracy: ArrayLike, classes: int) -> Floats:
    """Disagreement of the base with itself after random changes that lower its accuracy to the candidate's.

    (acc_p - acc_q) / (acc_p - (1 - acc_p) / (K - 1)), Fort's lower curve. With a share d of the predictions replaced,
    each by any other class equally often, accuracy becomes (1 - d) acc_p + d (1 - acc_p) / (K - 1); this is d.
    Divided by 1 - acc_q it is on the scale of `normalised_disagreement`.

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        accuracy: the same of the candidate.
        classes: how many classes, 2 or more.

    Returns:
        Share of examples, 0 to 1. NaN if random changes cannot give that accuracy: it is above the base's, below
        that of replacing all, or the base is no better than chance.

    Raises:
        InputError: fewer than two classes.

    Source:
        Fort et al. 2019; the form is that of `perturbed_reference_analytic` in the code the authors published
        with it.

    >>> float(perturbed_disagreement(0.9, 0.8, 10).round(6))
    0.1125
    """
    p, q = _accuracies(base_accuracy, accuracy, classes)
    worst = (1 - p) / (classes - 1)
    reachable = (worst <= q) & (q <= p) & (p > worst)
    return np.asarray(np.divide(p - q, p - worst, out=np.full(p.shape, np.nan), where=reachable))


def _accuracies(base_accuracy: ArrayLike, accuracy: ArrayLike, classes: int) -> tuple[Floats, Floats]:
    if classes < 2:
        raise InputError("SF443", f"there are {classes} classes", where="Fort's curves", fix="give 2 or more")
    p, q = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (base_accuracy, accuracy)))
    return p, q
