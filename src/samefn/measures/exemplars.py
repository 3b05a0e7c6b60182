"""Which examples does a whole population of compressed models answer otherwise than one of base models?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError


def changed_exemplars(base_tops: ArrayLike, compressed_tops: ArrayLike) -> NDArray[np.bool_]:
    """Whether the answer that most base models give is another than the one most compressed models give.

    A population is the same recipe with other seeds, so that what one training happened to learn does not count.

    Args:
        base_tops: top classes of the base models, [models, examples].
        compressed_tops: top classes of the compressed models, [models, examples]; there may be fewer or more.

    Returns:
        True where the modal classes differ, [examples]. Of classes that tie for the mode, the lowest counts.

    Raises:
        InputError: not two tables of classes, no models in one, or other examples.

    Source:
        Hooker et al. 2019, What Do Compressed Deep Neural Networks Forget? (arXiv:1911.05248).

    >>> changed_exemplars([[0, 1], [0, 1], [2, 0]], [[0, 0], [0, 0]])
    array([False,  True])
    """
    base, compressed = np.asarray(base_tops), np.asarray(compressed_tops)
    for name, tops in (("base_tops", base), ("compressed_tops", compressed)):
        if tops.ndim != 2 or not len(tops) or not np.issubdtype(tops.dtype, np.integer):
            raise InputError(
                "SF4011",
                f"{tops.dtype} of shape {list(tops.shape)}",
                where=name,
                fix="give class indices, [models, examples]",
            )
    if base.shape[1] != compressed.shape[1]:
        raise InputError(
            "SF4012",
            f"{base.shape[1]} against {compressed.shape[1]} examples",
            where="changed exemplars",
            fix="give the same",
        )
    return np.asarray(_modes(base) != _modes(compressed))


def _modes(tops: NDArray[np.integer]) -> NDArray[np.integer]:
    """The most frequent class of every column, the lowest where several tie."""
    # By models, of which there are few, not by classes, of which there may be thousands.
    votes = np.stack([(tops == of_model).sum(axis=0) for of_model in tops])
    none = np.iinfo(tops.dtype).max
    return np.asarray(np.where(votes == votes.max(axis=0), tops, none).min(axis=0))
