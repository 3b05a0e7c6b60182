"""How well a map keeps the true distances."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from sklearn import manifold

from samefn.schema.landscape import MapQuality

# Two distances that differ by rounding only are a tie.
TIE = 1e-9


def map_quality(distances: NDArray[np.float64], xy: NDArray[np.float64], neighbours: int | None) -> MapQuality:
    """All figures of one map.

    Args:
        distances: true distances [points, points].
        xy: the map, [points, 2].
        neighbours: how many neighbours count, from `usable_neighbours`.
    """
    return MapQuality(
        trustworthiness=trustworthiness(distances, xy, neighbours),
        neighbours_kept=neighbours_kept(distances, xy, neighbours),
        stress=stress(distances, xy),
    )


def usable_neighbours(points: int, wanted: int) -> int | None:
    """The number of neighbours for so many points: below half of them, as trustworthiness needs.

    None for two points or fewer: even one neighbour is too many.

    >>> usable_neighbours(200, 10), usable_neighbours(9, 10), usable_neighbours(2, 10)
    (10, 4, None)
    """
    return min(wanted, (points - 1) // 2) or None


def trustworthiness(distances: NDArray[np.float64], xy: NDArray[np.float64], neighbours: int | None) -> float | None:
    """Whether points that are near on the map are near in truth: 0 to 1, higher is better.

    1 - 2 / (n k (2n - 3k - 1)) * sum over points and their k nearest on the map of max(0, true rank - k).
    Venna and Kaski, Neighborhood preservation in nonlinear projection methods, 2001; scikit-learn's function.
    A random map scores about 0.5. True distances that tie are in an arbitrary order.

    Returns:
        None without neighbours, or when all points are the same (then none is nearer than another).
    """
    if neighbours is None or not distances.any():
        return None
    return float(manifold.trustworthiness(distances, xy, n_neighbors=neighbours, metric="precomputed"))


def neighbours_kept(distances: NDArray[np.float64], xy: NDArray[np.float64], neighbours: int | None) -> float | None:
    """The mean share of the k nearest on the map that are k nearest in truth: 0 to 1, higher is better.

    True distances that tie with the k-th nearest count as near. A random map of n points scores k / (n - 1).

    Returns:
        None without neighbours, or when all points are the same.
    """
    if neighbours is None or not distances.any():
        return None
    true, shown = distances.copy(), squareform(pdist(xy))
    np.fill_diagonal(true, np.inf)
    np.fill_diagonal(shown, np.inf)
    reach = np.partition(true, neighbours - 1, axis=1)[:, neighbours - 1]
    nearest = np.argsort(shown, axis=1, kind="stable")[:, :neighbours]
    return float(np.mean(np.take_along_axis(true, nearest, axis=1) <= reach[:, None] * (1 + TIE)))


def stress(distances: NDArray[np.float64], xy: NDArray[np.float64]) -> float | None:
    """Kruskal's stress-1 after the best scaling: 0 (proportional to the true) to 1, lower is better.

    sqrt(sum (d - b t)^2 / sum d^2) over pairs, d on the map and t in truth, with b = sum d t / sum t^2 the
    factor that makes it least: t-SNE has no scale, so every map is judged up to one. A map that puts
    different points all in one place has stress 1. Kruskal, Multidimensional scaling by optimizing goodness
    of fit to a nonmetric hypothesis, 1964; with one factor in place of his monotone curve.

    Returns:
        None without distances to keep: one point, or all the same.
    """
    true, shown = squareform(distances, checks=False), pdist(xy)
    if not true.any():
        return None
    if not shown.any():
        return 1.0
    # Both are brought to unit length first, so that no square over- or underflows.
    true, shown = true / true.max(), shown / shown.max()
    factor = (shown @ true) / (true @ true)
    return float(np.linalg.norm(shown - factor * true) / np.linalg.norm(shown))
