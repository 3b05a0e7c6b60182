"""Independents that are worse than the base."""

import numpy as np
import pytest

from samefn.verdict import independents


def simulated(accuracy: float, seed: int, examples: int = 5000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A base that is right on 90 % and an independent that is right independently of it."""
    draws = np.random.default_rng(seed)
    base_right, right = draws.random(examples) < 0.9, draws.random(examples) < accuracy
    both_wrong = ~base_right & ~right
    return base_right, right, (base_right != right) | (both_wrong & (draws.random(examples) < 0.9))


def accuracy_gap(base_right: np.ndarray, right: np.ndarray, changed: np.ndarray) -> float | None:
    lost, won = (int(np.sum(one)) for one in (base_right & ~right, ~base_right & right))
    return independents.accuracy_gap(lost, won, int(changed.sum()), len(right))


def test_equally_good_independents_pass() -> None:
    assert sum(accuracy_gap(*simulated(0.9, seed)) is not None for seed in range(200)) == 0


def test_a_much_worse_independent_is_named_with_its_gap() -> None:
    for seed in range(20):
        gap = accuracy_gap(*simulated(0.7, seed))
        assert gap == pytest.approx(0.2, abs=0.03)


def test_a_gap_that_chance_explains_is_none() -> None:
    # 2 of 10 wrong against 1 of 10: nobody knows.
    base_right = np.array([True] * 9 + [False])
    right = np.array([False] + [True] * 8 + [False])
    assert accuracy_gap(base_right, right, base_right != right) is None


def test_a_better_independent_is_no_weaker_one() -> None:
    assert accuracy_gap(*simulated(0.99, 0)) is None
