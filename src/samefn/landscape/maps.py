"""Maps in two dimensions of points with known distances: t-SNE, metric MDS and PCA."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray
from sklearn.manifold import TSNE, smacof
from threadpoolctl import threadpool_limits

from samefn.config.study import Landscape
from samefn.core.errors import InputError
from samefn.landscape.quality import map_quality, usable_neighbours
from samefn.schema.landscape import (
    LandscapeMap,
    MapMethod,
    MapPoint,
    MapSettings,
    MdsSettings,
    PcaSettings,
    TsneSettings,
)

# t-SNE uses three neighbours for each unit of perplexity (van der Maaten 2014).
NEIGHBOURS_PER_PERPLEXITY = 3
MIN_TSNE_POINTS = 5
# Up to so many points the exact gradient takes seconds; above, Barnes-Hut approximates it.
MAX_EXACT_POINTS = 500
TSNE_ITERATIONS = 1000
TSNE_START = 1e-4
SMACOF_ITERATIONS = 1000
SMACOF_EPS = 1e-9
# Start points are moved by a hundredth of their spread, as in openTSNE, so that equal ones can separate.
JITTER = 0.01


class _SharedSettings(TypedDict):
    """The settings that all maps have."""

    points: int
    neighbours_asked: int
    neighbours: int | None
    libraries: dict[str, str]
    notes: tuple[str, ...]


def make_map(
    distances: NDArray[np.float64],
    method: MapMethod,
    settings: Landscape,
    models: Sequence[tuple[str, int | None]],
    panel: str,
) -> LandscapeMap:
    """Place points in two dimensions so that their distances follow the true ones.

    The coordinates are the same to the bit from run to run on one machine, whatever the number of threads.

    Args:
        distances: true distances [points, points], from `distance_matrix`.
        method: `pca` is classical scaling, which for these distances is PCA of the points; `mds` minimises the
            squared error of the distances (SMACOF); `tsne` keeps neighbourhoods, not the distances between groups.
        settings: perplexity, seed and neighbours.
        models: id and epoch of each point; the epoch is None for a model that is a single point.
        panel: which panel of the paper it is.

    Raises:
        InputError: the distances are not a square symmetric matrix with zero diagonal.
    """
    _require_distances(distances)
    points = len(distances)
    neighbours = usable_neighbours(points, settings.neighbours)
    fewer = f"{settings.neighbours} neighbours are too many for {points} points: {neighbours or 'none'} used"
    shared: _SharedSettings = {
        "points": points,
        "neighbours_asked": settings.neighbours,
        "neighbours": neighbours,
        "libraries": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "notes": () if neighbours == settings.neighbours else (fewer,),
    }
    # The tolerances of the libraries depend on the unit: work in units of the largest distance.
    unit = float(distances.max()) or 1.0
    with threadpool_limits(limits=1):
        classical, explained = classical_scaling(distances / unit)
        used: MapSettings
        if method == "pca":
            shares = tuple(float(share) for share in explained)
            xy, used = classical, PcaSettings(**shared, algorithm="classical scaling", explained_variance=shares)
        elif method == "mds":
            xy, used = _mds(distances / unit, classical, settings.seed, shared)
        else:
            xy, used = _tsne(distances / unit, classical, settings, shared)
        xy = np.ascontiguousarray(xy if method == "tsne" else xy * unit, dtype=np.float64)
        quality = map_quality(distances, xy, neighbours)
    return LandscapeMap(
        method=method,
        panel=panel,
        settings=used,
        quality=quality,
        points=tuple(
            MapPoint(model=model, epoch=epoch, x=float(x), y=float(y))
            for (model, epoch), (x, y) in zip(models, xy, strict=True)
        ),
    )


def classical_scaling(distances: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Torgerson's classical scaling to two axes: for Euclidean distances, PCA without the points.

    The sign of each axis is fixed: of the points at least half as far out as the farthest, the first is positive.

    Returns:
        Coordinates [points, 2], centred, and each axis's share of the variance, 0 to 1, [2].
    """
    centred = distances**2
    centred -= centred.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(-(centred + centred.T) / 4)
    values = np.maximum(values[::-1], 0)
    xy, share = np.zeros((len(distances), 2)), np.zeros(2)
    for axis in range(min(2, len(distances))):
        # Rounding must not look like an axis.
        if values[axis] <= values[0] * len(distances) * np.finfo(np.float64).eps:
            continue
        column = vectors[:, -1 - axis]
        far = np.abs(column)
        sign = np.sign(column[np.argmax(far >= far.max() / 2)])
        xy[:, axis] = sign * column * np.sqrt(values[axis])
        share[axis] = values[axis] / values.sum()
    return xy, share


def _mds(
    distances: NDArray[np.float64], classical: NDArray[np.float64], seed: int, shared: _SharedSettings
) -> tuple[NDArray[np.float64], MdsSettings]:
    xy, iterations = classical, 0
    if distances.any():
        xy, _, iterations = smacof(
            distances,
            metric=True,
            init=_jittered(classical, seed),
            n_init=1,
            n_jobs=1,
            max_iter=SMACOF_ITERATIONS,
            eps=SMACOF_EPS,
            random_state=0,  # unused: the start is given
            return_n_iter=True,
            normalized_stress=False,
        )
    return xy, MdsSettings(
        **shared,
        algorithm="metric SMACOF",
        start="classical scaling",
        jitter=JITTER,
        seed=seed,
        max_iter=SMACOF_ITERATIONS,
        eps=SMACOF_EPS,
        iterations=int(iterations),
    )


def _tsne(
    distances: NDArray[np.float64], classical: NDArray[np.float64], settings: Landscape, shared: _SharedSettings
) -> tuple[NDArray[np.float64], TsneSettings]:
    points = len(distances)
    unused = ""
    if points < MIN_TSNE_POINTS:
        unused = f"t-SNE needs {MIN_TSNE_POINTS} points or more: classical scaling is shown for these {points}"
    elif not distances.any():
        unused = "all points are the same: t-SNE has nothing to lay out"
    if unused:
        return classical, TsneSettings(
            **_with_note(shared, unused),
            algorithm="classical scaling",
            seed=settings.seed,
            perplexity_asked=settings.perplexity,
            perplexity=None,
        )
    perplexity = min(settings.perplexity, (points - 1) / NEIGHBOURS_PER_PERPLEXITY)
    large = (
        f"perplexity {settings.perplexity:g} is too large for {points} points: "
        f"{perplexity:g} used, a third of a point's neighbours"
    )
    tsne = TSNE(
        n_components=2,
        metric="precomputed",
        perplexity=perplexity,
        method="exact" if points <= MAX_EXACT_POINTS else "barnes_hut",
        init=TSNE_START * _jittered(classical / classical[:, 0].std(), settings.seed),
        learning_rate="auto",
        early_exaggeration=12.0,
        max_iter=TSNE_ITERATIONS,
        n_jobs=1,
        random_state=0,  # unused: the start is given
    )
    xy = tsne.fit_transform(distances.copy())  # it squares its input in place
    return xy, TsneSettings(
        **(_with_note(shared, large) if perplexity < settings.perplexity else shared),
        algorithm=f"t-SNE, {tsne.method}",
        seed=settings.seed,
        perplexity_asked=settings.perplexity,
        perplexity=float(perplexity),
        start="classical scaling",
        start_std=TSNE_START,
        jitter=JITTER,
        early_exaggeration=float(tsne.early_exaggeration),
        learning_rate=float(tsne.learning_rate_),
        angle=float(tsne.angle) if tsne.method == "barnes_hut" else None,
        max_iter=TSNE_ITERATIONS,
        iterations=int(tsne.n_iter_),
        kl_divergence=float(tsne.kl_divergence_),
    )


def _with_note(shared: _SharedSettings, note: str) -> _SharedSettings:
    return {**shared, "notes": (*shared["notes"], note)}


def _jittered(xy: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    noise = np.random.default_rng(seed).standard_normal(xy.shape)
    return np.asarray(xy + JITTER * xy[:, 0].std() * noise, dtype=np.float64)


def _require_distances(distances: NDArray[np.float64]) -> None:
    shape = distances.shape
    if len(shape) != 2 or shape[0] != shape[1] or not shape[0]:
        raise InputError("SF451", f"distances have shape {list(shape)}", where="landscape", fix="give [points, points]")
    sound = np.isfinite(distances).all() and (distances >= 0).all()
    if not (sound and (distances == distances.T).all() and not np.diagonal(distances).any()):
        raise InputError(
            "SF451",
            "distances are not finite, at least 0, symmetric, and zero on the diagonal",
            where="landscape",
            fix="take them from distance_matrix",
        )
