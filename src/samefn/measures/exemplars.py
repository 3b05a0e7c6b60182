"""On which examples do most compressed models predict another class than most base models?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError


def changed_exemplars(base_tops: ArrayLike, compressed_tops: ArrayLike) -> NDArray[np.bool_]:
    """Whether most compressed models predict another class than most base models.

    A population is one recipe with several seeds, so that the chance of one training does not count.

    Args:
        base_tops: top classes of the base models, [models, examples].
        compressed_tops: top classes of the compressed models, [models, examples]; there may be fewer or more.

    Returns:
        True where the modal classes differ, [examples]. Of classes that tie for the mode, the lowest counts.

    Raises:
        InputError: not two tables of classes, no models, or another number of examples.

    Source:
        Hooker et al. 2019, What Do Compressed Deep Neural Networks Forget? (arXiv:1911.05248).

    >>> changed_exemplars([[0, 1], [0, 1], [2, 0]], [[0, 0], [0, 0]])
    array([False,  True])
    """
    base, compressed = np.asarray(base_tops), np.asarray(compressed_tops)
    for name, tops in (("base_tops", base), ("compressed_tops", compressed)):
        if tops.ndim != 2 or not len(tops) or not np.issubdtype(tops.dtype, np.integer):
            raise InputError(
                "SF442",
                f"has dtype {tops.dtype} and shape {list(tops.shape)}",
                where=name,
                fix="give class indices, [models, examples]",
            )
    if base.shape[1] != compressed.shape[1]:
        raise InputError(
            "SF442",
            f"{base.shape[1]} against {compressed.shape[1]} examples",
            where="changed exemplars",
            fix="give both the same examples",
        )
    return np.asarray(_modes(base) != _modes(compressed))


def _modes(tops: NDArray[np.integer]) -> NDArray[np.integer]:
    """The most frequent class of each column, the lowest if several tie."""
    # There are few models, but there may be thousands of classes.
    votes = np.stack([(tops == of_model).sum(axis=0) for of_model in tops])
    none = np.iinfo(tops.dtype).max
    return np.asarray(np.where(votes == votes.max(axis=0), tops, none).min(axis=0))
