"""Distances between models and checkpoints, by their softmax rows on the same examples."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from samefn.core.errors import InputError
from samefn.predictions.predictions import SUM_TOLERANCE

# On a map of fewer points, two that are nearly equal lie at opposite edges.
MIN_POINTS = 4
BLOCK_BYTES = 2**26
# The matrix product gives a squared distance to about 1e-13 of the two squared norms. Pairs closer than this share
# of them are computed again from their difference, so that every distance is accurate to 1e-6.
RECOMPUTED_BELOW = 1e-4

ToProbabilities: TypeAlias = Callable[[NDArray[np.float32]], NDArray[Any]]


def distance_matrix(
    points: Sequence[NDArray[np.float32]], to_probabilities: ToProbabilities = np.asarray
) -> NDArray[np.float64]:
    """Distances between all pairs: the root mean square over examples of the L2 distance of softmax rows.

    For points p and q with rows p_i and q_i over N examples: sqrt(sum_i |p_i - q_i|^2 / N), the Euclidean
    distance of the flattened points divided by sqrt N. The same to the bit whatever the number of threads.

    Args:
        points: one array a model or checkpoint, probabilities [examples, classes], all over the same examples
            in the same order.
        to_probabilities: turns rows of `points` into probabilities, such as `np.exp` for log-probabilities. Large
            arrays that are mapped from files are then never in memory as a whole.

    Returns:
        Symmetric [points, points], zero on the diagonal, 0 to sqrt 2 (up to rounding), lower is closer. Equal
        points are exactly 0 apart; other distances are accurate to 1e-6 relative.

    Raises:
        InputError: no points, other shapes, NaN, or rows that are not distributions.

    >>> certain, unsure = np.array([[1, 0]], np.float32), np.array([[0.5, 0.5]], np.float32)
    >>> distance_matrix([certain, unsure]).round(4).tolist()
    [[0.0, 0.7071], [0.7071, 0.0]]
    """
    _require_distributions(points, to_probabilities)
    examples = points[0].shape[0]
    with threadpool_limits(limits=1):
        gram = _centred_gram(points, to_probabilities)
        norms = np.diagonal(gram)
        scale = norms[:, None] + norms[None, :]
        squared = np.maximum(scale - 2 * gram, 0)
        for i, j in np.argwhere(np.triu(squared <= RECOMPUTED_BELOW * scale, k=1)):
            squared[i, j] = squared[j, i] = _squared_distance(points[i], points[j], to_probabilities)
    np.fill_diagonal(squared, 0)
    return np.asarray(np.sqrt(squared / examples), dtype=np.float64)


def _centred_gram(points: Sequence[NDArray[np.float32]], to_probabilities: ToProbabilities) -> NDArray[np.float64]:
    """Inner products [points, points] around the mean of the points, which keeps the digits of small differences."""
    examples, classes = points[0].shape
    gram = np.zeros((len(points), len(points)))
    for part in _blocks(examples, row_bytes=8 * len(points) * classes):
        block = np.array([to_probabilities(point[part]).ravel() for point in points], dtype=np.float64)
        block -= block.mean(axis=0)
        gram += block @ block.T
    return gram


def _squared_distance(p: NDArray[np.float32], q: NDArray[np.float32], to_probabilities: ToProbabilities) -> float:
    examples, classes = p.shape
    total = 0.0
    for part in _blocks(examples, row_bytes=8 * classes):
        difference = np.subtract(to_probabilities(p[part]), to_probabilities(q[part]), dtype=np.float64)
        total += float(np.vdot(difference, difference))
    return total


def _blocks(examples: int, row_bytes: int) -> list[slice]:
    step = max(1, BLOCK_BYTES // row_bytes)
    return [slice(start, start + step) for start in range(0, examples, step)]


def _require_distributions(points: Sequence[NDArray[np.float32]], to_probabilities: ToProbabilities) -> None:
    if not len(points):
        raise InputError("SF450", "there are no points", where="landscape", fix="give at least one model's predictions")
    shape = np.shape(points[0])
    if len(shape) != 2 or 0 in shape:
        raise InputError("SF450", f"point 0 has shape {list(shape)}", where="landscape", fix="give [examples, classes]")
    for i, point in enumerate(points):
        if np.shape(point) != shape:
            raise InputError(
                "SF450",
                f"point {i} has shape {list(np.shape(point))}, point 0 has {list(shape)}",
                where="landscape",
                fix="give all models the same examples and classes",
            )
        blocks = (to_probabilities(point[part]) for part in _blocks(shape[0], row_bytes=8 * shape[1]))
        if not all(_are_distributions(block) for block in blocks):
            raise InputError(
                "SF450",
                f"point {i} has a row that does not sum to one",
                where="landscape",
                fix="give probabilities, not logs",
            )


def _are_distributions(rows: NDArray[Any]) -> bool:
    # NaN and infinity fail here too: no comparison with NaN holds.
    sums = rows.sum(axis=1, dtype=np.float64)
    return bool(rows.min() >= 0 and np.abs(sums - 1).max() <= SUM_TOLERANCE)
