"""Do the two models err on the same examples, and where do they predict the same class?"""

import numpy as np
from numpy.typing import ArrayLike

from samefn.measures.pairs import Floats


def error_agreement(
    base_accuracy: ArrayLike, accuracy: ArrayLike, negative_flips: ArrayLike, positive_flips: ArrayLike
) -> Floats:
    """Cohen's kappa of right and wrong, called error consistency.

    (c_obs - c_exp) / (1 - c_exp) with c_obs the share of examples on which both are right or both wrong, and c_exp
    what it would be if they erred independently: acc_p acc_q + (1 - acc_p)(1 - acc_q).

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        accuracy: the same of the candidate.
        negative_flips: share of examples that only the base has right.
        positive_flips: share of examples that only the candidate has right.

    Returns:
        -1 (one is right where the other is wrong, each on half) to 1 (right and wrong together); 0 if they err
        independently. NaN (not defined) if both have everything right, or both everything wrong.

    Source:
        Cohen 1960; Geirhos et al. 2020.

    >>> float(error_agreement(0.75, 0.75, 0.25, 0.25).round(6))
    -0.333333
    """
    p, q, negative, positive = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (base_accuracy, accuracy, negative_flips, positive_flips))
    )
    # 1 - c_exp, written without a difference of nearly equal numbers; 1 - c_obs is the share of all flips.
    by_chance = p * (1 - q) + q * (1 - p)
    undefined = np.full(p.shape, np.nan)
    return np.asarray(1 - np.divide(negative + positive, by_chance, out=undefined, where=by_chance > 0))


def agreement_base_right(base_accuracy: ArrayLike, negative_flips: ArrayLike) -> Floats:
    """Of the examples that the base has right, the share on which the candidate predicts the same.

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        negative_flips: share of examples that only the base has right.

    Returns:
        0 to 1. NaN if the base has nothing right.

    Source:
        Mason-Williams et al. 2025.

    >>> float(agreement_base_right(0.8, 0.2).round(6))
    0.75
    """
    p, negative = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (base_accuracy, negative_flips)))
    return np.asarray(1 - np.divide(negative, p, out=np.full(p.shape, np.nan), where=p > 0))


def agreement_base_wrong(base_accuracy: ArrayLike, disagreement: ArrayLike, negative_flips: ArrayLike) -> Floats:
    """Of the examples that the base has wrong, the share on which the candidate predicts the same wrong class.

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        disagreement: share of examples on which the two predict different classes.
        negative_flips: share of examples that only the base has right.

    Returns:
        0 to 1. NaN if the base has nothing wrong.

    Source:
        Mason-Williams et al. 2025.

    >>> float(agreement_base_wrong(0.8, 0.25, 0.2).round(6))
    0.75
    """
    p, differ, negative = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (base_accuracy, disagreement, negative_flips))
    )
    # Where the base is right, another prediction is wrong: all other changes are where the base is wrong.
    return np.asarray(1 - np.divide(differ - negative, 1 - p, out=np.full(p.shape, np.nan), where=p < 1))
