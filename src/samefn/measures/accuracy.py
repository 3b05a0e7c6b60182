"""Change of accuracy."""

import numpy as np
from numpy.typing import ArrayLike

from samefn.measures.pairs import Floats


def accuracy_deviation(base_accuracy: ArrayLike, accuracy: ArrayLike) -> Floats:
    """Change of accuracy relative to the base's: 100 · (acc_q - acc_p) / acc_p.

    Args:
        base_accuracy: share of examples that the base has right, 0 to 1, any shape.
        accuracy: the same of the candidate.

    Returns:
        Percent of the base's accuracy, -100 to infinity; negative if the candidate is worse. NaN (not defined) if
        the base has nothing right.

    Source:
        Mason-Williams, Bro changed :( Compression: A Functional Perspective.

    >>> float(accuracy_deviation(0.8, 0.6).round(9))
    -25.0
    """
    p, q = np.asarray(base_accuracy, dtype=np.float64), np.asarray(accuracy, dtype=np.float64)
    undefined = np.full(np.broadcast_shapes(p.shape, q.shape), np.nan)
    return np.asarray(np.divide(100 * (q - p), p, out=undefined, where=p > 0))
