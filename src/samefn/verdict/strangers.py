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
    lost, won = (int(np.count_nonzero(one)) for one in (base_right & ~right, ~base_right & right))
    return weaker_of(lost, won, int(np.count_nonzero(changed)), len(right), confidence)


def weaker_of(lost: int, won: int, changed: int, examples: int, confidence: float = 0.95) -> float | None:
    """`weaker` from its counts.

    Args:
        lost: examples that the base alone has right.
        won: examples that the stranger alone has right.
        changed: examples that the two answer differently.
        examples: how many there are, 1 or more.
        confidence: as there.

    >>> weaker_of(1000, 0, 1000, 1000), weaker_of(10, 10, 20, 1000)
    (1.0, None)
    """
    gap = (lost - won) / examples
    spread = sqrt(max(0.0, (lost + won) / examples - gap**2))  # each example's gap is -1, 0 or 1
    low = gap - float(ndtri((1 + confidence) / 2)) * spread / sqrt(examples)
    return gap if low > TOLERATED * changed / examples else None
