"""Maps by meaning: not coordinates but facts about them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA

from samefn.config.study import Landscape
from samefn.core.errors import InputError
from samefn.landscape import maps
from samefn.landscape.distances import distance_matrix
from samefn.schema.landscape import MapMethod, MapQuality, MapSettings

Array = NDArray[np.float64]
METHODS: tuple[MapMethod, ...] = get_args(MapMethod)
SETTINGS = Landscape(perplexity=8)


@dataclass
class Made:
    """A map with its points as an array."""

    settings: MapSettings
    quality: MapQuality
    xy: Array


def make_map(distances: Array, method: MapMethod, settings: Landscape) -> Made:
    made = maps.make_map(distances, method, settings, [(f"m{n}", None) for n in range(len(distances))], "all")
    assert made.method == method
    assert [point.model for point in made.points] == [f"m{n}" for n in range(len(distances))]
    return Made(made.settings, made.quality, np.array([[point.x, point.y] for point in made.points]))


def between(points: Array) -> Array:
    return np.asarray(squareform(pdist(points)))


def trajectories(models: int = 3, epochs: int = 15) -> list[NDArray[np.float32]]:
    """Models that start near one another and go each its own way, as training does; model after model."""
    rng = np.random.default_rng(7)
    points = []
    for _ in range(models):
        start, end = rng.normal(size=(80, 10)) * 0.5, rng.normal(size=(80, 10)) * 4
        for epoch in range(epochs):
            raw = np.exp(start + (end - start) * (epoch + 5) / (epochs + 5))
            points.append((raw / raw.sum(axis=1, keepdims=True)).astype(np.float32))
    return points


@pytest.mark.parametrize("method", METHODS)
def test_trajectories_stay_apart_and_in_order(method: MapMethod) -> None:
    models, epochs = 3, 15
    made = make_map(distance_matrix(trajectories(models, epochs)), method, SETTINGS)
    shown = between(made.xy)
    np.fill_diagonal(shown, np.inf)
    model = np.repeat(np.arange(models), epochs)
    nearest = shown.argmin(axis=1)
    assert np.array_equal(model[nearest], model)
    # The nearest point on the map is a neighbouring epoch; t-SNE may now and then show the one after it.
    assert np.mean(np.abs(nearest - np.arange(models * epochs)) == 1) > 0.9
    for i in range(models):  # The last epoch is the farthest of its trajectory from the first.
        first = i * epochs
        assert shown[first, first + 1 : first + epochs].argmax() == epochs - 2
    for name in ("trustworthiness", "neighbours_kept"):
        figure = getattr(made.quality, name)
        assert figure is not None
        assert figure > 0.8


# t-SNE sets even copies a little apart: no two points may be all of each other's neighbourhood.
@pytest.mark.parametrize(("method", "limit"), [("pca", 1e-12), ("mds", 1e-3), ("tsne", 0.05)])
def test_identical_points_coincide_or_nearly(method: MapMethod, limit: float) -> None:
    points = trajectories()
    points += [points[14]] * 3
    shown = between(make_map(distance_matrix(points), method, SETTINGS).xy)
    copies = [14, 45, 46, 47]
    assert shown[np.ix_(copies, copies)].max() < limit * shown.max()


@pytest.mark.parametrize("method", METHODS)
def test_the_unit_of_the_distances_does_not_matter(method: MapMethod) -> None:
    distances = distance_matrix(trajectories())
    # A power of two changes no digit.
    one, small = (make_map(unit * distances, method, SETTINGS) for unit in (1.0, 2.0**-30))
    assert np.array_equal(small.xy, one.xy if method == "tsne" else one.xy * 2.0**-30)
    assert dict(small.quality) == pytest.approx(dict(one.quality), rel=1e-9)


def test_pca_is_that_of_the_points() -> None:
    points = trajectories()
    made = make_map(distance_matrix(points), "pca", SETTINGS)
    flat = np.array([point.ravel() for point in points], np.float64) / np.sqrt(points[0].shape[0])
    pca = PCA(n_components=2, svd_solver="full")
    expected = pca.fit_transform(flat)
    signs = np.sign((made.xy * expected).sum(axis=0))
    np.testing.assert_allclose(made.xy, signs * expected, atol=1e-7)
    assert made.settings.explained_variance == pytest.approx(tuple(pca.explained_variance_ratio_), rel=1e-6)


@pytest.mark.parametrize("seed", range(8))  # A library's own signs would be right in one of 2**16.
def test_pca_has_its_signs_from_the_points_not_from_the_library(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(20, 6))
    xy = make_map(between(points), "pca", SETTINGS).xy
    for axis in range(2):
        far = np.abs(xy[:, axis]) >= np.abs(xy[:, axis]).max() / 2
        assert xy[np.argmax(far), axis] > 0
    np.testing.assert_allclose(make_map(between(-points), "pca", SETTINGS).xy, xy, atol=1e-9)


@pytest.mark.parametrize("method", ["pca", "mds"])
def test_points_truly_in_a_plane_are_recovered(method: MapMethod) -> None:
    plane = np.random.default_rng(2).normal(size=(40, 2)) @ np.random.default_rng(3).normal(size=(2, 9))
    made = make_map(between(plane), method, SETTINGS)
    np.testing.assert_allclose(between(made.xy), between(plane), atol=1e-3 * between(plane).max())
    assert dict(made.quality) == pytest.approx({"trustworthiness": 1, "neighbours_kept": 1, "stress": 0}, abs=1e-3)


def test_mds_keeps_distances_better_than_pca() -> None:
    distances = between(np.random.default_rng(4).normal(size=(40, 12)))
    error = {
        method: np.sum((between(make_map(distances, method, SETTINGS).xy) - distances) ** 2)
        for method in ("pca", "mds")
    }
    assert error["mds"] < 0.7 * error["pca"]


@pytest.mark.parametrize("method", ["mds", "tsne"])
def test_points_that_classical_scaling_lays_onto_one_another_part(method: MapMethod) -> None:
    # Along the third and fourth axis these lie in front of and behind the plane that classical scaling shows.
    rng = np.random.default_rng(5)
    front = np.hstack([rng.normal(size=(12, 2)) * 3, np.full((12, 1), 1.0)])
    distances = between(np.vstack([front, front * [1, 1, -1]]))
    classical, made = (make_map(distances, m, SETTINGS).xy for m in ("pca", method))
    apart = [np.linalg.norm(xy[:12] - xy[12:], axis=1).min() / np.ptp(xy) for xy in (classical, made)]
    assert apart[0] < 1e-9
    assert apart[1] > 1e-3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_few_points_keep_their_distances_where_two_dimensions_can(method: MapMethod, count: int) -> None:
    corners = np.array([[0, 0], [3, 0], [0, 4], [3, 4]], np.float64)[:count]  # 3, 4 and 5 apart.
    made = make_map(between(corners), method, Landscape())
    np.testing.assert_allclose(between(made.xy) / between(made.xy).max(initial=1e-300), _unit(corners), atol=1e-3)
    assert made.settings.neighbours == (None if count < 3 else 1)
    assert any("neighbours are too many" in note for note in notes(made))
    assert any("t-SNE needs 5 points" in note for note in notes(made)) == (method == "tsne")


def _unit(points: Array) -> Array:
    return between(points) / max(float(between(points).max()), 1e-300)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 40])
def test_points_all_the_same_lie_in_one_place(method: MapMethod, count: int) -> None:
    made = make_map(np.zeros((count, count)), method, SETTINGS)
    assert np.array_equal(made.xy, np.zeros((count, 2)))
    assert {value for _, value in made.quality} == {None}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [5, 6, 12])
def test_small_maps_are_finite_and_spread(method: MapMethod, count: int) -> None:
    line = np.arange(count, dtype=np.float64)[:, None] * [1.0, 2.0]  # One dimension only: the hardest start.
    made = make_map(between(line), method, Landscape())
    assert np.isfinite(made.xy).all()
    assert np.ptp(made.xy[:, 0]) > 0
    assert made.xy.shape == (count, 2)
    assert made.xy.dtype == np.float64


def notes(made: Made) -> tuple[str, ...]:
    return made.settings.notes


def test_a_perplexity_too_large_is_reduced_and_said() -> None:
    distances = distance_matrix(trajectories())  # 45 points: 44 others, a third of them 14.67.
    fits, large = (make_map(distances, "tsne", Landscape(perplexity=p)) for p in (14, 30))
    assert (fits.settings.perplexity_asked, fits.settings.perplexity, notes(fits)) == (14, 14, ())
    assert large.settings.perplexity_asked == 30
    assert large.settings.perplexity == pytest.approx(44 / 3)
    assert notes(large) == ("perplexity 30 is too large for 45 points: 14.6667 used, a third of a point's neighbours",)


@pytest.mark.parametrize("method", METHODS)
def test_settings_are_json_and_name_what_decides(method: MapMethod) -> None:
    made = make_map(distance_matrix(trajectories()), method, Landscape(perplexity=8, seed=2**62))
    settings = json.loads(made.settings.model_dump_json())
    assert settings["libraries"].keys() == {"numpy", "scipy", "scikit-learn"}
    assert settings.get("seed") == (None if method == "pca" else 2**62)
    assert settings["neighbours"] == 10


@pytest.mark.parametrize("method", ["mds", "tsne"])
def test_the_seed_is_used(method: MapMethod) -> None:
    distances = distance_matrix(trajectories())
    one, other = (make_map(distances, method, Landscape(perplexity=8, seed=seed)).xy for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_distances_are_left_alone() -> None:
    distances = distance_matrix(trajectories())
    before = distances.copy()
    for method in METHODS:
        make_map(distances, method, SETTINGS)
    assert np.array_equal(distances, before)


def test_many_points_are_approximated_by_barnes_hut_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    distances = distance_matrix(trajectories())
    exact = make_map(distances, "tsne", SETTINGS)
    monkeypatch.setattr(maps, "MAX_EXACT_POINTS", 44)
    approximate = make_map(distances, "tsne", SETTINGS)
    assert (exact.settings.algorithm, exact.settings.angle) == ("t-SNE, exact", None)
    assert (approximate.settings.algorithm, approximate.settings.angle) == ("t-SNE, barnes_hut", 0.5)
    assert approximate.quality.trustworthiness == pytest.approx(exact.quality.trustworthiness, abs=0.05)


THREADS_PROGRAM = """
import hashlib
import numpy as np
from samefn.landscape import maps
from samefn.landscape.distances import distance_matrix
from samefn.config.study import Landscape
maps.TSNE_ITERATIONS = 260
raw = np.exp(np.random.default_rng(0).normal(size=(160, 400, 10)))
matrix = distance_matrix(list((raw / raw.sum(axis=-1, keepdims=True)).astype(np.float32)))
print(hashlib.sha256(matrix.tobytes()).hexdigest())
models = [("m", epoch) for epoch in range(len(matrix))]
made = [maps.make_map(matrix, method, Landscape(), models, "all") for method in ("pca", "mds", "tsne")]
maps.MAX_EXACT_POINTS = 100
made.append(maps.make_map(matrix, "tsne", Landscape(), models, "all"))
for each in made:
    print(each.settings.algorithm, hashlib.sha256(each.model_dump_json().encode()).hexdigest(), each.quality)
"""


def test_the_same_bits_whatever_the_number_of_threads() -> None:
    """Of 160 points, an eigendecomposition left to itself has other bits on one thread than on two."""
    said = []
    for threads in ("1", "2"):
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", THREADS_PROGRAM],
            env={**os.environ, **dict.fromkeys(variables, threads)},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(done.stdout.splitlines())
    assert len(said[0]) == 5
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "distances",
    [
        np.zeros((0, 0)),
        np.zeros((2, 3)),
        np.zeros(4),
        np.array([[0, np.nan], [np.nan, 0]]),
        np.array([[0.0, -1], [-1, 0]]),
        np.array([[0.0, 1], [2, 0]]),
        np.array([[1.0, 1], [1, 1]]),
    ],
)
def test_refuses_what_are_not_distances(distances: Array) -> None:
    with pytest.raises(InputError, match="SF451"):
        make_map(distances, "pca", SETTINGS)
