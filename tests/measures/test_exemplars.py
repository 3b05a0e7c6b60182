"""Exemplars that a population of compressed models answers otherwise."""

from collections import Counter

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.measures.exemplars import changed_exemplars


def mode(answers: list[int]) -> int:
    counts = Counter(answers)
    return min(answer for answer in counts if counts[answer] == max(counts.values()))


@pytest.mark.parametrize("models", [1, 2, 5])
def test_against_counting(models: int) -> None:
    draws = np.random.default_rng(models)
    base, compressed = draws.integers(3, size=(4, 300)), draws.integers(3, size=(models, 300))
    expected = [mode(p) != mode(q) for p, q in zip(base.T.tolist(), compressed.T.tolist(), strict=True)]
    assert 0 < sum(expected) < 300
    assert changed_exemplars(base, compressed).tolist() == expected


def test_ties_go_to_the_lowest_class() -> None:
    # 2 and 1 tie: class 1, like the single other model; 0 and 1 tie: class 0.
    assert changed_exemplars([[2, 0], [1, 1]], [[1, 1]]).tolist() == [False, True]


def test_order_of_models_does_not_matter() -> None:
    draws = np.random.default_rng(0)
    base, compressed = draws.integers(5, size=(6, 100)), draws.integers(5, size=(3, 100))
    assert np.array_equal(changed_exemplars(base, compressed), changed_exemplars(base[::-1], compressed[[1, 2, 0]]))


@pytest.mark.parametrize(
    ("compressed", "what"),
    [
        ([0, 1], r"shape \[2\].*SF442"),
        (np.zeros((0, 2), dtype=int), r"shape \[0, 2\].*SF442"),
        ([[0.0, 1.0]], "float64.*SF442"),
        ([[0, 1, 1]], "2 against 3 examples.*SF442"),
    ],
)
def test_what_is_not_a_population_is_refused(compressed: object, what: str) -> None:
    with pytest.raises(InputError, match=what):
        changed_exemplars([[0, 1]], compressed)  # type: ignore[arg-type]
