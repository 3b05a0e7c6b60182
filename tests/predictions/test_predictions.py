"""The door: what is let in, what is refused, and what is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.predictions.trajectory import Trajectory, read_trajectory, trajectory_bytes

IDS = ["a", "b", "c"]
LOGITS = np.array([[1.0, 2.0], [0.0, 0.0], [-3.0, 5.0]])


@given(arrays(np.float64, (3, 4), elements=st.floats(-80, 80)))
def test_logits_become_log_probabilities(logits):
    log_probs = Predictions.from_logits("m", logits, IDS).log_probs
    for row, logit in zip(log_probs, logits, strict=True):
        total = sum(np.exp(x - logit.max()) for x in logit)
        for got, x in zip(row, logit, strict=True):
            assert got == pytest.approx(x - logit.max() - np.log(total), abs=1e-5)


def test_the_three_doors_agree():
    a = Predictions.from_logits("m", LOGITS, IDS)
    b = Predictions.from_log_probs("m", a.log_probs, IDS)
    c = Predictions.from_probabilities("m", np.exp(a.log_probs.astype(np.float64)), IDS, resolution=1e-6)
    np.testing.assert_array_equal(a.log_probs, b.log_probs)
    np.testing.assert_allclose(a.log_probs, c.log_probs, atol=1e-6)


def test_a_tie_takes_the_lowest_class():
    assert Predictions.from_logits("m", LOGITS, IDS).predicted_class.tolist() == [1, 0, 1]


def test_accuracy_counts_the_labels_met():
    assert Predictions.from_logits("m", LOGITS, IDS, [1, 1, 1]).accuracy == pytest.approx(2 / 3)
    assert Predictions.from_logits("m", LOGITS, IDS).accuracy is None


def test_int8_softmax_outputs_are_renormalised_and_it_is_said():
    # One step of 1/256 too much in the first row; an exact zero in the second.
    probabilities = np.array([[129, 128], [256, 0], [100, 156]]) / 256
    found = Predictions.from_probabilities("m", probabilities, IDS, resolution=1 / 256)
    assert np.exp(found.log_probs[0]).sum() == pytest.approx(1)
    assert "1 of 3 rows did not sum to one" in found.notes[0]
    assert "1 probabilities are exactly zero" in found.notes[1]
    assert found.log_probs[1, 1] == -np.inf


@pytest.mark.parametrize(
    ("door", "values", "words"),
    [
        ("from_logits", [[1, np.nan], [0, 0], [0, 0]], "'a' .*1 of 3 rows.*SF402"),
        ("from_logits", [[1, np.inf], [0, 0], [0, 0]], "infinite.*SF402"),
        ("from_log_probs", LOGITS, "positive.*SF402"),
        ("from_log_probs", [[-9.0, -9.0], [-1.0, -1.0], [0, -99]], "sum to one.*SF402"),
        ("from_probabilities", LOGITS, "outside 0..1.*SF402"),
        ("from_probabilities", [[0.2, 0.2], [1, 0], [1, 0.0]], "sum to one.*SF402"),
        ("from_probabilities", [[0.0, 0.0], [1, 0], [1, 0.0]], "sum to one.*SF402"),
        ("from_logits", [1.0, 2.0, 3.0], "shape.*SF400"),
        ("from_logits", [[1.0], [2.0], [3.0]], r"\[3, 1\].*SF400"),
        ("from_logits", np.zeros((3, 2), np.int8), "dtype int8.*SF400"),
        ("from_logits", np.zeros((0, 2)), r"\[0, 2\].*SF400"),
    ],
)
def test_what_is_refused(door, values, words):
    with pytest.raises(InputError, match=words):
        getattr(Predictions, door)("m", np.asarray(values), IDS)


@pytest.mark.parametrize(
    ("ids", "labels", "words"),
    [
        (["a", "b"], None, "ids for 3.*SF403"),
        (["a", "b", "a"], None, "'a' occurs 2 times.*SF403"),
        (IDS, [0, 1], r"shape \[2\].*SF404"),
        (IDS, [0, 1, 2], "'c' has label 2.*SF404"),
        (IDS, [0, 1, -1], "label -1.*SF404"),
        (IDS, [0.0, 1.0, 1.0], "dtype float64.*SF404"),
    ],
)
def test_ids_and_labels_that_do_not_fit(ids, labels, words):
    with pytest.raises(InputError, match=words):
        Predictions.from_logits("m", LOGITS, ids, labels)


def test_pairing_names_the_first_difference():
    a = Predictions.from_logits("a", LOGITS, IDS, [0, 1, 1])
    for other, words in [
        (Predictions.from_logits("b", LOGITS, ["a", "x", "c"]), "row 1 .*'b'.*'x'.*SF411"),
        (Predictions.from_logits("b", LOGITS, IDS, [0, 1, 0]), "'c' has label 1 .* 0 .*SF411"),
        (Predictions.from_logits("b", LOGITS[:2], IDS[:2]), "3 against 2 examples.*SF411"),
        (Predictions.from_logits("b", np.zeros((3, 3)), IDS), "2 against 3 classes.*SF411"),
    ]:
        with pytest.raises(InputError, match=words):
            require_same_inputs(a, other)
    require_same_inputs(a, Predictions.from_logits("b", LOGITS + 1, IDS))


def test_a_trajectory_survives_the_disk_bit_for_bit(tmp_path):
    moments = tuple(Predictions.from_logits("m", LOGITS * k, IDS, [0, 1, 1], {"runtime": "x"}) for k in (1, 2))
    trajectory = Trajectory("m", (0, 1), moments)
    path = tmp_path / "t.safetensors"
    path.write_bytes(trajectory_bytes(trajectory))
    again = read_trajectory(path, "m")
    assert again.epochs == (0, 1)
    for a, b in zip(trajectory.moments, again.moments, strict=True):
        np.testing.assert_array_equal(a.log_probs, b.log_probs)
        require_same_inputs(a, b)
        assert dict(b.provenance) == {"runtime": "x"}
    assert trajectory_bytes(again) == path.read_bytes()


def test_a_file_that_is_no_trajectory(tmp_path):
    path = tmp_path / "t.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="SF412"):
        read_trajectory(path, "m")


@pytest.mark.parametrize("epochs", [(0,), (1, 0), (0, 0)])
def test_a_trajectory_needs_increasing_epochs(epochs):
    moment = Predictions.from_logits("m", LOGITS, IDS)
    with pytest.raises(InputError, match="SF410"):
        Trajectory("m", epochs, (moment, moment))


def test_printed_they_show_no_arrays():
    assert str(Predictions.from_logits("int8", LOGITS, IDS)) == "Predictions(model='int8', provenance={}, notes=())"
