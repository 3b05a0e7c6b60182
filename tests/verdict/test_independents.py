"""What is wrong with independents: worse or better than the base, too near, too unequal."""

from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2

from samefn.core.errors import InputError
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.statistics.moments import moment_sums
from samefn.verdict import independents
from samefn.verdict.independents import accuracy_problems, pair_problems, unequal_distances
from samefn.verdict.independents_of_rows import pair_differences, pair_differences_of_rows


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


def test_a_gap_counts_either_way() -> None:
    assert accuracy_gap(*simulated(0.99, 0)) == pytest.approx(0.09, abs=0.01)


def test_a_gap_as_honest_trainings_have_is_none() -> None:
    # A quarter of the distance, and shown: 1300 lost and 700 won of 100,000, 2400 changed.
    assert independents.accuracy_gap(1300, 700, 2400, 100_000) is None
    assert independents.accuracy_gap(2000, 500, 2700, 100_000) == 0.015
    assert independents.accuracy_gap(2000, 500, 2700, 100_000, worth=0.001) is None  # 100 inputs' worth of groups


@pytest.mark.parametrize(("confidence", "worth"), [(0.95, 1.0), (0.9, 0.5)])
def test_gaps_together_are_held_against_those_of_unequal_independents(confidence: float, worth: float) -> None:
    examples, distance = 10_000, 0.1

    def flips(*gaps: int) -> list[tuple[int, int, int]]:
        return [(400 + gap, 400, int(distance * examples)) for gap in gaps]

    def least(of: list[tuple[int, int, int]]) -> float:
        m = len(of)
        shares = [(lost / examples, won / examples) for lost, won, _ in of]
        inputs = np.mean([lost + won - (lost - won) ** 2 for lost, won in shares]) / (worth * examples)
        four_of_five = chi2.ppf(0.2, m) / m * ((0.27 * distance) ** 2 + inputs)
        by_chance = chi2.ppf(1 - (1 - confidence) / 2, m) / m * inputs
        return float(np.sqrt(max(four_of_five, by_chance)))

    unequal = flips(50, -300, 280)
    assert independents.unequal_gap(unequal, examples, confidence, worth) == pytest.approx(least(unequal))
    assert independents.unequal_gap(unequal[:2], examples, confidence, worth) == np.inf
    assert independents.unequal_gap(flips(50, -60, 80), examples, confidence, worth) == np.inf
    found = accuracy_problems(unequal, 9000, 0.1, examples, confidence, worth)
    assert [(one.code, one.models, one.figure) for one in found] == [
        ("more accurate", (1,), 0.03),
        ("less accurate", (2,), 0.028),
    ]


def test_accuracy_both_ways_and_failed_trainings() -> None:
    flips = []
    for accuracy in (0.7, 0.9, 0.99, 0.1):
        base_right, right, changed = simulated(accuracy, 1)
        flips.append((int((base_right & ~right).sum()), int((~base_right & right).sum()), int(changed.sum())))
    found = accuracy_problems(flips, int(base_right.sum()), 0.12, 5000)
    assert [(one.code, one.models) for one in found] == [
        ("less accurate", (0,)),
        ("more accurate", (2,)),
        ("failed training", (3,)),
    ]
    assert [one.figure for one in found] == pytest.approx([0.2, 0.09, 0.8], abs=0.02)


def test_nearer_pairs_are_named_by_their_models() -> None:
    # Five models 100 apart on 1000 inputs, but two pairs: the base and the last, the second and third independents.
    differ = np.full((5, 5), 100) - 100 * np.eye(5, dtype=int)
    differ[0, 4] = differ[4, 0] = 30
    differ[2, 3] = differ[3, 2] = 50
    found = pair_problems(differ, 1000)
    assert [(one.code, one.models, one.figure) for one in found] == [
        ("near the base", (3,), pytest.approx(0.3)),
        ("near twins", (1, 2), pytest.approx(0.5)),
    ]
    # 3 of 100 against 10 of 100 may be chance; and of one independent there is nothing to compare with.
    assert pair_problems(differ // 10, 100) == []
    assert pair_problems(differ[:2, :2], 1000) == []
    assert pair_problems(differ, 1000, worth=0.1) == []  # nor do groups of ten say more


@pytest.mark.parametrize(
    ("distances", "named"), [((0.1, 0.1, 0.1), False), ((0.06, 0.1, 0.14), True), ((0.05, 0.15), False)]
)
def test_unequal_distances_are_named_from_three_on(distances: tuple[float, ...], named: bool) -> None:
    apart = (np.random.default_rng(0).random((len(distances), 5000)) < np.array(distances)[:, None]).astype(float)
    found = unequal_distances(moment_sums(np.zeros(5000), np.zeros(5000), apart).moments())
    assert (found is not None) == named
    if found:
        # The spread is that of the distances, .04 / .1, what 5000 inputs add taken off.
        assert (found.code, found.models, found.figure) == ("unequal distances", (0, 1, 2), pytest.approx(0.4, rel=0.1))


def test_few_inputs_do_not_make_distances_unequal() -> None:
    # 100 inputs make distances of .1 vary by 30 %.
    named = 0
    for seed in range(200):
        apart = (np.random.default_rng(seed).random((4, 100)) < 0.1).astype(float)
        named += unequal_distances(moment_sums(np.zeros(100), np.zeros(100), apart).moments()) is not None
    assert named <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_pairs_of_rows_are_those_of_the_predictions(tmp_path: Path) -> None:
    predicted = np.random.default_rng(0).integers(3, size=(4, 90))
    ids = [str(at) for at in range(90)]
    base, *others = (Predictions.from_logits(str(at), 5.0 * np.eye(3)[one], ids) for at, one in enumerate(predicted))
    tables = [rows(base, other) for other in others]
    expected = np.zeros((4, 4), dtype=int)
    for one, other in combinations(range(4), 2):
        expected[one, other] = expected[other, one] = sum(
            a != b for a, b in zip(predicted[one], predicted[other], strict=True)
        )
    assert (pair_differences(predicted) == expected).all()
    assert (pair_differences_of_rows([[table] for table in tables]) == expected).all()
    shards = []
    for at, table in enumerate(tables):
        table[:40].write_parquet(tmp_path / f"{at}.parquet")
        shards.append([tmp_path / f"{at}.parquet", table[40:]])
    assert (pair_differences_of_rows(shards) == expected).all()
    with pytest.raises(InputError, match="SF466"):
        pair_differences_of_rows([[tables[0]], [tables[1].reverse()]])
    with pytest.raises(InputError, match="SF464"):
        pair_differences_of_rows([[pl.DataFrame(tables[0][:0])]])
