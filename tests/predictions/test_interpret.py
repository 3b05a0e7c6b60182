"""The kind of scores by their values, and predictions made from them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.predictions import chunks
from samefn.predictions.interpret import detect_output_kind, to_predictions
from samefn.predictions.predictions import Predictions, require_same_inputs

LOGITS = np.array([[1.0, 2.0, -1.0], [0.5, 0.25, 3.0], [-3.0, 5.0, 0.0], [2.0, 2.5, 1.0]])
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
IDS = list("abcd")


@given(arrays(np.float64, (6, 4), elements=st.floats(-30, 30)))
def test_a_softmax_is_told_from_its_logarithm(logits: NDArray[np.float64]) -> None:
    shifted = logits - logits.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    assert detect_output_kind(probabilities) == "probabilities"
    assert detect_output_kind(probabilities.astype(np.float16)) == "probabilities"
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    assert detect_output_kind(log_probs.astype(np.float32)) == "log-probabilities"


def test_logits_and_labels() -> None:
    assert detect_output_kind(LOGITS) == "logits"
    assert detect_output_kind(-np.abs(LOGITS) - 1) == "logits"  # all below 0, and no distribution
    assert detect_output_kind(np.array([2, 0, 1], dtype=np.uint8)) == "labels"
    assert detect_output_kind(np.array(["cat", "dog"])) == "labels"


def test_a_row_that_looks_like_a_distribution_by_chance_makes_no_doubt() -> None:
    many = np.tile(LOGITS, (10, 1))
    many[7] = [0.25, 0.5, 0.25]
    assert detect_output_kind(many) == "logits"  # one of 40 rows


def test_rows_with_nan_tell_nothing() -> None:
    holed = PROBABILITIES.copy()
    holed[0, 1] = np.nan
    assert detect_output_kind(holed) == "probabilities"
    with pytest.raises(InputError, match="SF406"):
        detect_output_kind(np.full((2, 3), np.nan))


ABOVE_ONE = PROBABILITIES * [[1.2], [1.0], [1.0], [1.0]]
ABOVE_ONE[3, 0] = 1.3
# A part of the message that tells this doubt from others, and the code.
DOUBTS = {
    "sigmoids": (1 / (1 + np.exp(-LOGITS)), "from 0 to 1,.*SF406"),
    "sums near one": (PROBABILITIES * 1.01, "from 0 to 2,.*SF406"),
    "rounded to int8": (np.round(PROBABILITIES * 100) / 128, "0.00390625.*SF406"),
    "one above 1": (ABOVE_ONE, "50% .*SF406"),
    "one row of four looks alike": (np.vstack([PROBABILITIES[:1], LOGITS[1:]]), "25% .*SF406"),
    "sums of one, values below 0": (np.array([[1.5, -0.5], [-1.0, 2.0]]), "sum to one,.*SF406"),
    "logarithms that are rounded": (np.round(np.log(PROBABILITIES), 2), "0 or less,.*SF406"),
    "percentages": (PROBABILITIES * 100, "sum to 100.*SF406"),
    "whole numbers": (np.array([[3, 4], [5, 6]], dtype=np.int8), "int8.*SF407"),
    "one float an example": (np.array([0.5, 1.5]), r"\[2\] and dtype float64.*SF400"),
    "three axes": (np.zeros((2, 3, 4)), r"\[2, 3, 4\].*SF400"),
    "complex numbers": (LOGITS.astype(complex), "complex128.*SF400"),
}


@pytest.mark.parametrize(("values", "message"), DOUBTS.values(), ids=DOUBTS.keys())
def test_doubt_is_an_error(values: NDArray[Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        detect_output_kind(values, "model.onnx")
    assert caught.value.where == "model.onnx"


def test_a_resolution_explains_rounded_probabilities() -> None:
    rounded = np.round(PROBABILITIES * 256) / 256
    off = rounded * [[1.0], [1.0], [1.0], [254 / 256]]
    with pytest.raises(InputError, match="SF406"):
        detect_output_kind(off)
    assert detect_output_kind(off, resolution=1 / 256) == "probabilities"


def test_the_three_kinds_of_scores_give_one_thing() -> None:
    kinds = {"logits": LOGITS, "log-probabilities": np.log(PROBABILITIES), "probabilities": PROBABILITIES}
    for kind, values in kinds.items():
        found = to_predictions("m", values, IDS, [1, 2, 1, 0], kind, None, None)  # type: ignore[arg-type]
        np.testing.assert_allclose(found.log_probs, np.log(PROBABILITIES), atol=1e-6)
        assert found.accuracy == 0.75


def test_whole_numbers_are_multiplied_by_their_step() -> None:
    steps = np.array([[0, 64, 192], [128, 128, 0]], dtype=np.uint8)
    found = to_predictions("m", steps, list("ab"), None, "probabilities", 1 / 256, None)
    np.testing.assert_allclose(np.exp(found.log_probs), [[0, 0.25, 0.75], [0.5, 0.5, 0]], atol=1e-7)
    logits = to_predictions("m", steps, list("ab"), None, "logits", 0.5, None)
    np.testing.assert_array_equal(logits.log_probs, Predictions.from_logits("m", steps * 0.5, list("ab")).log_probs)
    with pytest.raises(InputError, match="SF407"):
        to_predictions("m", steps, list("ab"), None, "logits", None, None)


def test_transposed_scores_have_their_own_error() -> None:
    with pytest.raises(InputError, match=r"\[2, 4\] for 4 examples.*SF401"):
        to_predictions("m", LOGITS.T[:2], IDS, None, "logits", None, None)


def test_answers_alone() -> None:
    found = to_predictions("m", np.array([2, 0, 1]), list("abc"), [2, 0, 0], "labels", None, {"runtime": "saved"})
    assert (found.predicted_class.tolist(), found.classes, found.accuracy) == ([2, 0, 1], 3, pytest.approx(2 / 3))
    assert found.notes == ("it gives predicted classes only, no probabilities",)
    assert np.isnan(found.log_probs).all()
    assert found.log_probs.strides == (0, 0)  # nothing is stored for what is not known
    part = found.part(np.array([True, False, True]))
    assert (part.ids.tolist(), part.predicted_class.tolist(), part.labels) == (
        ["a", "c"],
        [2, 1],
        pytest.approx([2, 0]),
    )
    assert part.log_probs.shape == (2, 3)


def test_answers_by_name() -> None:
    found = to_predictions(
        "m", np.array(["dog", "cat"]), list("ab"), [1, 1], "labels", None, None, ["cat", "dog", "eel"]
    )
    assert (found.predicted_class.tolist(), found.classes) == ([1, 0], 3)
    with pytest.raises(InputError, match=r"'dgo'.*dog.*SF409"):
        to_predictions("m", np.array(["dgo", "cat"]), list("ab"), None, "labels", None, None, ["cat", "dog"])
    with pytest.raises(InputError, match="SF409"):
        to_predictions("m", np.array(["dog", "cat"]), list("ab"), None, "labels", None, None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([-1, 0]), "example 'a'.*SF402"),
        (np.array([0, 2**40]), "example 'b'.*SF402"),
        (np.array([0, 2**63], dtype=np.uint64), "row 1.*SF402"),
        (np.array([0.0, 1.0]), "float64.*SF408"),
        (np.array([[0, 1], [1, 0]]), r"\[2, 2\].*SF408"),
    ],
)
def test_answers_that_are_none(values: NDArray[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        to_predictions("m", values, list("ab"), None, "labels", None, None)


def test_answers_must_be_classes_of_the_other_model() -> None:
    scores = Predictions.from_logits("base", LOGITS, IDS)
    require_same_inputs(scores, Predictions.from_hard_predictions("few", [0, 1, 1, 0], IDS))
    far = Predictions.from_hard_predictions("far", [0, 1, 3, 0], IDS)
    for pair in ((scores, far), (far, scores)):
        with pytest.raises(InputError, match=r"far: example 'c' .* 3, .* 3 classes.*SF409"):
            require_same_inputs(*pair)


@pytest.mark.parametrize("kind", ["logits", "log-probabilities", "probabilities"])
def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(50, 7))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    values = {"logits": logits, "log-probabilities": np.log(probabilities), "probabilities": probabilities * 1.0005}[
        kind
    ]
    at_once = to_predictions("m", values, range(50), None, kind, None, None)
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 20)  # two rows at a time
    monkeypatch.setattr(chunks, "MAX_BYTES_IN_MEMORY", 100)  # the result lies in a file
    found = to_predictions("m", values, range(50), None, kind, None, None)
    np.testing.assert_array_equal(found.log_probs, at_once.log_probs)
    assert isinstance(found.log_probs.base, np.memmap)
    assert found.notes == at_once.notes
    values[33, 2] = np.nan
    with pytest.raises(InputError, match=r"example '33' .*1 of 50 rows.*SF402"):
        to_predictions("m", values, range(50), None, kind, None, None)
