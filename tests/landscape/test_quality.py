"""The figures of a map: what a perfect, a scaled, a random and a collapsed map score."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import pdist, squareform

from samefn.landscape.quality import map_quality, neighbours_kept, stress, trustworthiness, usable_neighbours

Array = NDArray[np.float64]


def plane(points: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(points, 2))


def between(xy: Array) -> Array:
    return np.asarray(squareform(pdist(xy)))


@pytest.mark.parametrize("scale", [1.0, 1e-6, 500.0])
def test_a_map_perfect_up_to_scale_and_turn_scores_one_one_zero(scale: float) -> None:
    xy = plane(50)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    quality = map_quality(between(xy), scale * xy @ turn + 3, 10)
    assert quality.trustworthiness == 1
    assert quality.neighbours_kept == 1
    assert quality.stress == pytest.approx(0, abs=1e-9)


def test_a_random_map_scores_low() -> None:
    quality = map_quality(between(plane(200, seed=1)), plane(200, seed=2), 10)
    # By chance half of the trust, and 10 of 199 neighbours.
    assert quality.trustworthiness == pytest.approx(0.5, abs=0.08)
    assert quality.neighbours_kept == pytest.approx(10 / 199, abs=0.03)
    assert quality.stress is not None
    assert quality.stress > 0.3


def nearest(distances: Array, i: int, k: int) -> list[int]:
    return sorted((j for j in range(len(distances)) if j != i), key=lambda j: float(distances[i, j]))[:k]


def mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)


def test_figures_agree_with_their_definitions_in_plain_loops() -> None:
    true, xy, k = between(np.random.default_rng(3).normal(size=(30, 5))), plane(30, seed=4), 7
    shown, n = between(xy), 30
    kept = mean(len(set(nearest(true, i, k)) & set(nearest(shown, i, k))) / k for i in range(n))
    assert neighbours_kept(true, xy, k) == pytest.approx(kept, rel=1e-12)
    rank = [{j: r + 1 for r, j in enumerate(nearest(true, i, n))} for i in range(n)]
    penalty = sum(max(0, rank[i][j] - k) for i in range(n) for j in nearest(shown, i, k))
    trust = 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty
    assert trustworthiness(true, xy, k) == pytest.approx(trust, rel=1e-12)


def test_stress_is_the_least_over_all_scalings() -> None:
    true, xy = between(np.random.default_rng(5).normal(size=(20, 5))), plane(20, seed=6)
    t, d = squareform(true), pdist(xy)
    best = minimize_scalar(lambda b: np.sum((d - b * t) ** 2) / np.sum(d**2), bounds=(0, 10), method="bounded")
    assert stress(true, xy) == pytest.approx(best.fun**0.5, rel=1e-6)


def test_ties_with_the_last_neighbour_count_as_near() -> None:
    # Four points equally far from each other: whichever the map shows as nearest is nearest in truth.
    true = np.ones((4, 4)) - np.eye(4)
    assert neighbours_kept(true, plane(4), 1) == 1


def test_neighbours_are_reduced_to_what_the_points_allow() -> None:
    assert [usable_neighbours(points, 10) for points in (1, 2, 3, 4, 5, 20, 21, 22)] == [
        None,
        None,
        1,
        1,
        2,
        9,
        10,
        10,
    ]
    for points in range(3, 30):  # scikit-learn refuses half of the points or more.
        assert trustworthiness(between(plane(points)), plane(points), usable_neighbours(points, 10)) == 1


def test_undefined_figures_are_none() -> None:
    same = np.zeros((6, 6))
    nothing = {"trustworthiness": None, "neighbours_kept": None, "stress": None}
    assert dict(map_quality(same, np.zeros((6, 2)), 2)) == nothing
    assert dict(map_quality(np.zeros((1, 1)), np.zeros((1, 2)), None)) == nothing
    pair = map_quality(between(plane(2)), plane(2), None)
    assert pair.trustworthiness is None
    assert pair.neighbours_kept is None


def test_a_collapsed_map_has_stress_one() -> None:
    assert stress(between(plane(5)), np.zeros((5, 2))) == 1
