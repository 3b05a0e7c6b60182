"""The frame of rows: its columns, and what it refuses to pair."""

import math
import tracemalloc

import numpy as np
import polars as pl
import pytest

import samefn
from samefn.core.errors import InputError
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions


def made(model: str, probabilities: list[list[float]], labels: list[int] | None, ids: str = "ab") -> Predictions:
    return Predictions.from_probabilities(model, np.array(probabilities), list(ids), labels)


BASE = made("base", [[0.75, 0.25], [0.375, 0.625]], [0, 0])
CANDIDATE = made("candidate", [[0.5, 0.5], [0.875, 0.125]], [0, 0])


def test_what_both_models_say_example_by_example() -> None:
    frame = samefn.rows(BASE, CANDIDATE)
    said = frame.select("id", "label", "base_top", "top", "base_right", "right", "disagreement", "positive_flips")
    assert said.rows() == [("a", 0, 0, 0, True, True, 0.0, 0.0), ("b", 0, 1, 0, False, True, 1.0, 1.0)]
    # Half the L1 norms: (.25 + .25)/2 and (.5 + .5)/2. Stored log-probabilities are float32.
    assert frame["total_variation"].to_list() == pytest.approx([0.25, 0.5], rel=1e-6)
    assert frame["base_confidence"].to_list() == pytest.approx([0.75, 0.625], rel=1e-6)
    assert frame["confidence"].to_list() == pytest.approx([0.5, 0.875], rel=1e-6)
    # Of two classes the score is twice the squared probability of the wrong one.
    assert frame["base_brier"].to_list() == pytest.approx([2 * 0.25**2, 2 * 0.625**2], rel=1e-6)
    assert frame["brier"].to_list() == pytest.approx([2 * 0.5**2, 2 * 0.125**2], rel=1e-6)


def test_columns_are_always_the_same() -> None:
    unlabelled = (
        Predictions("base", BASE.log_probs, BASE.ids),
        Predictions("c", CANDIDATE.log_probs, CANDIDATE.ids),
    )
    with_labels, without = samefn.rows(BASE, CANDIDATE), samefn.rows(*unlabelled)
    assert without.schema == with_labels.schema
    measured = [name for name, measure in MEASURES.items() if measure.per_example]
    assert with_labels.columns[12:] == measured
    needing = {"label", "base_right", "right", "base_brier", "brier", "negative_flips", "positive_flips"}
    assert {column for column in without.columns if without[column].null_count()} == needing
    assert without.drop(needing).equals(with_labels.drop(needing))


def test_either_side_may_bring_the_labels() -> None:
    unlabelled = Predictions("candidate", CANDIDATE.log_probs, CANDIDATE.ids)
    assert samefn.rows(BASE, unlabelled).equals(samefn.rows(BASE, CANDIDATE))
    assert samefn.rows(unlabelled, BASE).equals(samefn.rows(CANDIDATE, BASE))


def test_infinite_divergences_are_kept() -> None:
    frame = samefn.rows(BASE, made("candidate", [[1.0, 0.0], [0.375, 0.625]], [0, 0]))
    assert frame["kl_divergence"].to_list() == [math.inf, 0.0]
    assert frame["kl_divergence_reverse"][0] == pytest.approx(math.log(4 / 3), rel=1e-6)


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (made("other", [[0.5, 0.5], [0.9, 0.1]], [0, 0], ids="ba"), "row 0 .*'a'.*'b'.*SF411"),
        (made("other", [[0.5, 0.5], [0.9, 0.1]], [0, 1]), "example 'b' has label 0 .* 1 .*SF411"),
        (made("other", [[0.5, 0.5]], [0], ids="a"), "2 against 1 examples.*SF411"),
        (made("other", [[0.5, 0.3, 0.2], [0.9, 0.1, 0.0]], [0, 0]), "2 against 3 classes.*SF411"),
    ],
)
def test_other_examples_are_not_paired(other: Predictions, what: str) -> None:
    with pytest.raises(InputError, match=what):
        samefn.rows(BASE, other)


def test_rows_survive_parquet(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    frame = samefn.rows(BASE, CANDIDATE)
    frame.write_parquet(path)
    assert pl.read_parquet(path).equals(frame)


def answers(model: str, chosen: list[int], labels: list[int] | None) -> Predictions:
    return Predictions.from_hard_predictions(model, chosen, ["a", "b"], labels, classes=2)


def test_answers_alone_on_either_side() -> None:
    # The candidate answers 0 and 0, the base 0 and 1.
    whole = samefn.rows(BASE, CANDIDATE)
    for base in (BASE, answers("base", [0, 1], [0, 0])):
        for candidate in (CANDIDATE, answers("candidate", [0, 0], [0, 0])):
            if base is BASE and candidate is CANDIDATE:
                continue
            frame = samefn.rows(base, candidate)
            assert frame.schema == whole.schema
            needing = {name for name, one in MEASURES.items() if one.per_example and one.needs_probabilities}
            needing |= {"base_confidence", "confidence", "base_brier", "brier", "base_margin", "margin"}
            assert {column for column in frame.columns if frame[column].null_count() == 2} == needing
            assert frame.drop(needing).equals(whole.drop(needing))


def test_what_needs_no_probabilities_has_a_value_of_answers_alone() -> None:
    frame = samefn.rows(answers("base", [0, 1], [0, 0]), answers("candidate", [1, 0], [0, 0]))
    known = {name: measure.value(frame) for name, measure in MEASURES.items() if not measure.needs_probabilities}
    # Each is right once, never on the same example: kappa (0 - 1/2) / (1 - 1/2).
    assert known == {
        "accuracy_deviation": 0,
        "disagreement": 1,
        "normalised_disagreement": 2,
        "negative_flips": 0.5,
        "positive_flips": 0.5,
        "error_agreement": -1,
        "agreement_base_right": 0,
        "agreement_base_wrong": 0,
    }
    assert all(measure.value(frame) is None for measure in MEASURES.values() if measure.needs_probabilities)


def test_rows_of_mapped_predictions_copy_no_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, random = tmp_path_factory.mktemp("mapped"), np.random.default_rng(0)
    ids, labels = np.arange(4000).astype(str), random.integers(0, 500, 4000)
    made_ones = [Predictions.from_logits(name, random.normal(size=(4000, 500)), ids, labels) for name in "pq"]
    for one in made_ones:
        np.save(folder / f"{one.model}.npy", one.log_probs)
    mapped = [
        Predictions(one.model, np.load(folder / f"{one.model}.npy", mmap_mode="r"), ids, labels) for one in made_ones
    ]
    expected = samefn.rows(*made_ones)
    samefn.rows(*(one.part(slice(9)) for one in mapped))  # compiles for arrays that cannot be written
    tracemalloc.start()
    try:
        found = samefn.rows(*mapped)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.equals(expected)
    assert peak < made_ones[0].log_probs.nbytes / 2  # 4 of 8 MB; a float64 copy has 16
