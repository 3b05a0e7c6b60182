"""The one batch loop: order, filling up, what is refused, and what is run again alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samefn.core.errors import InputError
from samefn.runtimes.inference import infer_batches, pick_output


@given(examples=st.integers(1, 40), batch=st.integers(1, 50), fixed=st.booleans())
def test_every_example_is_run_once_in_order_in_full_batches(examples: int, batch: int, fixed: bool) -> None:
    sizes = []

    def run(arrays):
        sizes.append(len(arrays["x"]))
        return np.stack([arrays["x"], -arrays["x"]], axis=1)

    values = np.arange(examples, dtype=np.float32)
    scores = infer_batches(run, {"x": values}, batch, "net", fixed=fixed)
    assert scores.tolist() == [[value, -value] for value in values.tolist()]
    rest = examples % batch or batch
    assert sizes == [batch] * (-(-examples // batch) - 1) + [batch if fixed else rest]


@pytest.mark.parametrize(
    ("arrays", "batch"),
    [({"x": np.zeros(0)}, 1), ({"x": np.zeros(2), "y": np.zeros(3)}, 1), ({"x": np.zeros(2)}, 0), ({}, 1)],
    ids=["no examples", "two lengths", "no batch", "no inputs"],
)
def test_what_cannot_be_cut_is_refused(arrays, batch):
    with pytest.raises(InputError, match="SF312"):
        infer_batches(lambda _: np.zeros((1, 2)), arrays, batch, "net")


@pytest.mark.parametrize(
    ("outputs", "code"),
    [
        ([np.zeros((2, 3, 1), np.float32)], "SF314"),
        ([np.zeros((1, 3), np.float32), np.zeros((1, 4), np.float32)], "SF311"),
        ([np.zeros((1, 3), np.float32)], "SF311"),
        ([np.zeros((2, 1), np.float32)], "SF314"),
        ([np.zeros((2, 3), np.int64)], "SF314"),
    ],
    ids=["three dimensions", "classes differ", "a row is missing", "one class", "whole numbers"],
)
def test_what_is_not_a_row_of_scores_an_example_is_refused(outputs: list[np.ndarray], code: str) -> None:
    left = iter(outputs)
    with pytest.raises(InputError, match=f"net.*{code}"):
        infer_batches(lambda _: next(left), {"x": np.zeros(2)}, 2 // len(outputs), "net")


def test_a_batch_that_fails_is_run_again_one_by_one():
    def run(arrays):
        if 3 in arrays["x"]:
            raise InputError("SF315", "no threes", where="net")
        return np.stack([arrays["x"], arrays["x"]], axis=1)

    values, failed = np.arange(6, dtype=np.float32), {}
    scores = infer_batches(run, {"x": values}, 4, "net", rows=slice(1, 6), failed=failed)
    assert failed == {3: "no threes"}
    np.testing.assert_array_equal(scores[:, 0], [1, 2, np.nan, 4, 5])
    with pytest.raises(InputError, match="no threes"):  # without a list to note them in
        infer_batches(run, {"x": values}, 4, "net")
    with pytest.raises(InputError, match="no threes"):  # where every example of the batch fails
        infer_batches(run, {"x": values[3:4]}, 4, "net", failed={})


def test_an_output_is_picked_by_name_or_place():
    outputs = {"logits": np.zeros(1), "features": np.ones(1)}
    assert pick_output(outputs, "features", "net") is outputs["features"]
    assert pick_output(outputs, "1", "net") is outputs["features"]
    for name in ("", "2", "other"):
        with pytest.raises(InputError, match="SF313"):
            pick_output(outputs, name, "net")


def test_one_row_for_a_batch_is_the_models_fault_and_no_example_hides_it():
    # Run alone, every example would have its row, and the mean over one is the right answer.
    def mean(arrays):
        return np.stack([arrays["x"], arrays["x"]], axis=1).mean(axis=0, keepdims=True)

    failed = {}
    with pytest.raises(InputError, match=r"1 rows.*4 examples.*SF311"):
        infer_batches(mean, {"x": np.arange(8, dtype=np.float32)}, 4, "net", failed=failed)
    assert failed == {}
