"""Are the strangers good enough to stand for the other end of the scale?"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from samefn.core.errors import InputError

TOLERATED = 0.1  # share of a stranger's distance that worse accuracy alone may make up: the verdict's margin


def weaker(
    base_right: NDArray[np.bool_], right: NDArray[np.bool_], changed: NDArray[np.bool_], confidence: float = 0.95
) -> float | None:
    """How much less accurate a stranger is than the base, where that alone moves it from the base by too much.

    A model that is less accurate by a gap answers at least that share of the inputs otherwise, whatever it has learnt.
    Such a stranger is too far away, the scale of every candidate too small and *same* said too easily. A gap counts
    when its lower end (normal, paired over examples) is more than a tenth of the stranger's disagreement.

    Args:
        base_right: [examples] whether the base is right.
        right: [examples] whether the stranger is.
        changed: [examples] whether the two answer differently.
        confidence: of the gap's interval, above 0 and below 1.

    Returns:
        The gap as a share of the examples, 0 to 1; None where the stranger is good enough.

    Raises:
        InputError: other numbers of examples, or none.

    >>> one, none = np.ones(1000, bool), np.zeros(1000, bool)
    >>> weaker(one, none, one), weaker(one, one, none)
    (1.0, None)
    """
    if not len(right) or base_right.shape != right.shape or changed.shape != right.shape:
        raise InputError(f"{len(base_right)}, {len(right)} and {len(changed)} examples", where="strangers")
    gaps = base_right.astype(np.float64) - right
    gap = float(gaps.mean())
    low = gap - float(ndtri((1 + confidence) / 2)) * float(gaps.std()) / sqrt(len(gaps))
    return gap if low > TOLERATED * float(changed.mean()) else None
