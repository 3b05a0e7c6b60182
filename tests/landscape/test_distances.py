"""The distance matrix against plain definitions, and what must hold of every one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform

from samefn.core.errors import InputError
from samefn.landscape import distances as module
from samefn.landscape.distances import distance_matrix

Points = list[NDArray[np.float32]]


def softmax_points(seed: int, points: int, examples: int, classes: int, temperature: float = 1.0) -> Points:
    rng = np.random.default_rng(seed)
    raw = np.exp(rng.normal(size=(points, examples, classes)) / temperature)
    return list((raw / raw.sum(axis=-1, keepdims=True)).astype(np.float32))


def reference(points: Points) -> NDArray[np.float64]:
    flat = np.array([point.astype(np.float64).ravel() for point in points])
    return np.asarray(squareform(pdist(flat)) / np.sqrt(points[0].shape[0]))


def test_is_the_root_mean_square_over_examples() -> None:
    p = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]], np.float32)
    q = np.array([[0, 1, 0], [0, 1, 0], [0.5, 0, 0.5]], np.float32)
    # Squared L2 of the rows: 2, 0 and 0.25 + 0.25; their mean is 2.5 / 3.
    assert distance_matrix([p, q])[0, 1] == pytest.approx((2.5 / 3) ** 0.5, rel=1e-12)


def test_agrees_with_scipy_in_one_block_and_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    points = softmax_points(0, points=12, examples=57, classes=5)
    np.testing.assert_allclose(distance_matrix(points), reference(points), rtol=1e-10)
    monkeypatch.setattr(module, "BLOCK_BYTES", 8 * 12 * 5 * 10)  # Ten examples a block, the last one short.
    np.testing.assert_allclose(distance_matrix(points), reference(points), rtol=1e-10)


@given(
    seed=st.integers(0, 2**32 - 1),
    points=st.integers(1, 6),
    examples=st.integers(1, 9),
    classes=st.integers(2, 6),
    temperature=st.sampled_from([0.01, 0.3, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_is_a_bounded_symmetric_metric(seed: int, points: int, examples: int, classes: int, temperature: float) -> None:
    matrix = distance_matrix(softmax_points(seed, points, examples, classes, temperature))
    assert matrix.shape == (points, points)
    assert matrix.dtype == np.float64
    assert np.array_equal(matrix, matrix.T)
    assert not np.diagonal(matrix).any()
    assert matrix.min() >= 0
    assert matrix.max() <= 2**0.5 + 1e-6
    through = (matrix[:, :, None] + matrix[None, :, :]).min(axis=1)
    assert np.all(matrix <= through + 1e-12)


def test_certain_and_always_contrary_is_root_two() -> None:
    p = np.tile(np.array([[1, 0]], np.float32), (7, 1))
    assert distance_matrix([p, p[:, ::-1]])[0, 1] == pytest.approx(2**0.5, rel=1e-12)


def test_equal_points_are_exactly_zero_apart() -> None:
    points = softmax_points(1, points=20, examples=200, classes=10)
    points += [points[3].copy(), points[3].copy(), points[7].copy()]
    matrix = distance_matrix(points)
    same = [(3, 20), (3, 21), (20, 21), (7, 22)]
    assert {(i, j) for i, j in np.argwhere(np.triu(matrix == 0, k=1))} == set(same)


@pytest.mark.parametrize("step", [1e-2, 1e-3, 1e-5, 1e-7])
def test_close_pairs_are_accurate_among_far_ones(step: float) -> None:
    points = softmax_points(2, points=6, examples=300, classes=10, temperature=0.2)
    moved = points[0].astype(np.float64)
    moved[:, 0], moved[:, 1] = moved[:, 0] * (1 - step), moved[:, 1] + moved[:, 0] * step
    points.append(moved.astype(np.float32))
    np.testing.assert_allclose(distance_matrix(points), reference(points), rtol=1e-6)


def test_close_pairs_need_their_own_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the accuracy promised is missed: the rule that picks the pairs is not idle."""
    points = softmax_points(2, points=6, examples=300, classes=10, temperature=0.2)
    moved = points[0].copy()
    moved[0, 0] = np.nextafter(moved[0, 0], np.float32(1))
    points.append(moved)
    true = reference(points)[0, 6]
    assert distance_matrix(points)[0, 6] == pytest.approx(true, rel=1e-6)
    monkeypatch.setattr(module, "RECOMPUTED_BELOW", -1.0)
    assert distance_matrix(points)[0, 6] != pytest.approx(true, rel=1e-6)


def test_what_all_points_share_does_not_cost_accuracy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Centring alone, without the recomputation of close pairs, is accurate where all points are close."""
    monkeypatch.setattr(module, "RECOMPUTED_BELOW", -1.0)
    common = softmax_points(5, points=1, examples=300, classes=10)[0]
    away = softmax_points(6, points=8, examples=300, classes=10)
    points = [((1 - 1e-4) * common + 1e-4 * point).astype(np.float32) for point in away]
    np.testing.assert_allclose(distance_matrix(points), reference(points), rtol=1e-11, atol=1e-12)


def test_order_of_examples_and_of_points_does_not_matter() -> None:
    points = softmax_points(3, points=8, examples=64, classes=4)
    matrix = distance_matrix(points)
    order = np.random.default_rng(0).permutation(64)
    np.testing.assert_allclose(distance_matrix([point[order] for point in points]), matrix, rtol=1e-12)
    np.testing.assert_allclose(distance_matrix(points[::-1]), matrix[::-1, ::-1], rtol=1e-12)
    one_moved = [points[0][order], *points[1:]]
    assert not np.allclose(distance_matrix(one_moved)[0], matrix[0])


def test_points_are_left_alone() -> None:
    points = softmax_points(4, points=3, examples=5, classes=3)
    before = [point.copy() for point in points]
    distance_matrix(points)
    assert all(np.array_equal(point, old) for point, old in zip(points, before, strict=True))


good = np.full((2, 2), 0.5, np.float32)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "SF450"),
        ([np.ones(4, np.float32)], r"point 0 .*\[4\].*SF450"),
        ([good, np.full((3, 2), 0.5, np.float32)], r"point 1 .*\[3, 2\].*SF450"),
        ([good, np.log(good)], "point 1 .*SF450"),
        ([good, good * 2], "point 1 .*SF450"),
        ([good, good * np.nan], "point 1 .*SF450"),
        ([good, np.array([[0.5, 0.5], [-0.5, 1.5]], np.float32)], "point 1 .*SF450"),
    ],
)
def test_refuses_what_are_not_distributions_over_the_same_examples(points: Points, message: str) -> None:
    with pytest.raises(InputError, match=message):
        distance_matrix(points)
