"""Undeclared copies are found, inputs drawn one by one raise no alarm: by enumeration and by simulation."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from samefn.statistics.repeats import Repeats, repeated_inputs, repeated_predictions
from samefn.statistics.serial_correlation import correlated_figures, correlated_flags

ALARM, FACTOR = 0.0025, 1.2


def pairs_of(flags: np.ndarray, classes: np.ndarray) -> int:
    """Neighbouring flagged inputs within each class, in a plain loop."""
    last: dict[int, bool] = {}
    pairs = 0
    for flag, of in zip(flags.tolist(), classes.tolist(), strict=True):
        pairs += bool(flag and last.get(of, False))
        last[of] = flag
    return pairs


def test_the_probability_is_that_of_all_orders() -> None:
    # Class 0 has 5 inputs, 3 of them flagged; class 1 has 4, 2 flagged, in mixed order: 10 * 6 orders are as likely.
    classes = np.array([0, 1, 0, 0, 1, 1, 0, 1, 0])
    flags = np.array([1, 0, 1, 0, 1, 1, 1, 0, 0], dtype=bool)
    observed, as_many, orders = pairs_of(flags, classes), 0, 0
    zero, one = np.flatnonzero(classes == 0), np.flatnonzero(classes == 1)
    for first in combinations(zero, 3):
        for second in combinations(one, 2):
            drawn = np.zeros(9, dtype=bool)
            drawn[[*first, *second]] = True
            as_many += pairs_of(drawn, classes) >= observed
            orders += 1
    assert correlated_flags(flags, classes).p_value == pytest.approx(as_many / orders)


def test_many_flags_are_near_the_exact_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(5)
    flags, classes = draws.random(1500) < 0.3, draws.integers(0, 3, 1500)
    exact = correlated_flags(flags, classes).p_value
    monkeypatch.setattr("samefn.statistics.serial_correlation.MOST_EXACT", 0)
    assert correlated_flags(flags, classes).p_value == pytest.approx(exact, abs=0.01)


def audit(draws: np.random.Generator, inputs: int, rate: float, copies: int) -> tuple[np.ndarray, ...]:
    """Changed flags, distances and classes; inputs are harder or easier, and copies follow each other."""
    groups = inputs // copies
    classes = draws.integers(0, 10, groups)
    hardness = draws.lognormal(0, 1.5, groups) * (1 + classes % 3)  # classes differ
    changed = draws.random(groups) < np.minimum(1, rate * hardness / hardness.mean())
    distance = np.repeat(hardness, copies) * draws.lognormal(0, 0.1, groups * copies)
    return np.repeat(changed, copies), distance, np.repeat(classes, copies)


@pytest.mark.parametrize(("inputs", "rate"), [(400, 0.01), (1000, 0.005), (3000, 0.05)])
def test_inputs_drawn_one_by_one_raise_no_alarm(inputs: int, rate: float) -> None:
    draws, alarms, audits = np.random.default_rng(1), 0, 200
    for number in range(audits):
        flags, figures, classes = audit(draws, inputs, rate, 1)
        order = np.argsort(classes, kind="stable") if number % 2 else np.arange(inputs)  # or sorted by class
        for found in (
            correlated_flags(flags[order], classes[order]),
            correlated_figures(figures[order], classes[order]),
        ):
            alarms += found.p_value < ALARM and found.factor > FACTOR
    assert alarms / audits <= 0.01


@pytest.mark.parametrize(("inputs", "rate"), [(400, 0.01), (1000, 0.005), (3000, 0.05)])
def test_copies_in_groups_of_eight_are_found(inputs: int, rate: float) -> None:
    draws, found, audits = np.random.default_rng(2), 0, 60
    for _ in range(audits):
        flags, figures, classes = audit(draws, inputs, rate, 8)
        signs = [correlated_flags(flags, classes), correlated_figures(figures, classes)]
        found += any(one.p_value < ALARM and one.factor > FACTOR for one in signs)
    assert found / audits >= 0.95


def test_the_factor_is_the_size_of_the_groups() -> None:
    draws = np.random.default_rng(3)
    flags, figures, classes = audit(draws, 8000, 0.1, 8)
    assert correlated_flags(flags, classes).factor == pytest.approx(8, rel=0.2)
    assert correlated_figures(figures, classes).factor == pytest.approx(8, rel=0.2)


def test_nothing_that_varies() -> None:
    none = np.zeros(9, dtype=bool)
    assert correlated_flags(none, np.zeros(9, int)).p_value == 1
    assert correlated_figures(np.zeros(9), np.zeros(9, int)).p_value == 1


def pictures(draws: np.random.Generator, count: int) -> np.ndarray:
    """Smooth patches with noise of the camera, [count, 3, 32, 32]."""
    patches = np.kron(draws.normal(size=(count, 3, 8, 8)), np.ones((1, 1, 4, 4))) * 40
    return np.clip(128 + patches + draws.normal(size=(count, 3, 32, 32)) * 8, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [0, 2])
def test_near_copies_among_inputs(noise: int) -> None:
    draws = np.random.default_rng(4)
    copies = np.repeat(pictures(draws, 50), 8, axis=0)[draws.permutation(400)].astype(np.float64)
    changed = np.clip(copies + draws.normal(size=copies.shape) * noise, 0, 255).astype(np.uint8)
    found = repeated_inputs({"image": changed})
    assert found.examples >= 390
    assert found.factor == pytest.approx(8, rel=0.05)


@pytest.mark.parametrize(
    "inputs",
    [
        pictures(np.random.default_rng(5), 1500),
        np.random.default_rng(6).normal(size=(1500, 3)) @ np.random.default_rng(7).normal(size=(3, 100)),
        (np.random.default_rng(8).random((1500, 40)) < 0.1).astype(np.float32),
        np.random.default_rng(9).integers(0, 3, (1500, 8)),
        np.cumsum(np.random.default_rng(10).integers(0, 90, (1500, 64)), axis=1),
    ],
    ids=["pictures", "three directions", "rare features", "few values", "tokens"],
)
def test_inputs_that_are_no_copies(inputs: np.ndarray) -> None:
    assert repeated_inputs({"x": inputs}).factor < 1.01


def predicted(draws: np.random.Generator, count: int, levels: int | None = None) -> pl.DataFrame:
    p, q = (draws.dirichlet(np.ones(4), count) for _ in range(2))
    if levels:
        p, q = (np.round(one * levels) / levels for one in (p, q))
    return pl.DataFrame(
        {
            "base_top": p.argmax(axis=1),
            "top": q.argmax(axis=1),
            "base_confidence": p.max(axis=1),
            "confidence": q.max(axis=1),
            "total_variation": np.abs(p - q).sum(axis=1) / 2,
        }
    )


def test_copies_by_predictions_alone() -> None:
    draws = np.random.default_rng(11)
    rows = predicted(draws, 100)
    copies = rows[np.repeat(np.arange(100), 8)][draws.permutation(800)]
    assert repeated_predictions(copies) == Repeats(800, 8.0)
    assert repeated_predictions(predicted(draws, 5000)).factor == 1
    # A vote of ten trees gives the same probabilities for other inputs too.
    assert repeated_predictions(predicted(draws, 5000, 10)) == Repeats(0, 1.0)
    without = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("base_confidence"))
    assert repeated_predictions(without) == Repeats(0, 1.0)
