"""The frame of rows: its columns, and what it refuses to pair."""

import math

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
    said = frame.select("id", "label", "base_top", "top", "base_right", "right", "disagreement", "flips_recovery")
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
    assert with_labels.columns[10:] == measured
    needing = {"label", "base_right", "right", "base_brier", "brier", "flips_harm", "flips_recovery"}
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
        (made("other", [[0.5, 0.5], [0.9, 0.1]], [0, 0], ids="ba"), "row 0 is example 'a' in one and 'b'"),
        (made("other", [[0.5, 0.5], [0.9, 0.1]], [0, 1]), "example 'b' has label 0 in one and 1"),
        (made("other", [[0.5, 0.5]], [0], ids="a"), "2 against 1 examples"),
        (made("other", [[0.5, 0.3, 0.2], [0.9, 0.1, 0.0]], [0, 0]), "2 against 3 classes"),
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
