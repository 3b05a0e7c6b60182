"""Plain JSON lines, and true classes under the names that people give them."""

import json

import numpy as np
import polars as pl
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.read import read_saved

SCORES = [[1.5, 0.5, -2.0], [3.0, 4.0, 5.5]]


def read(path, *lines):
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return read_saved(ModelSource(path=str(path)))


def test_lines_of_id_label_and_prediction(tmp_path):
    found = read(
        tmp_path / "x.jsonl",
        {"id": "b", "label": "cat", "prediction": "dog", "text": "?"},
        {"id": "a", "label": "dog", "prediction": "dog"},
    )
    assert (found.values.tolist(), found.true.tolist(), found.ids.tolist()) == (["dog"] * 2, [0, 1], ["b", "a"])
    assert found.class_names == ("cat", "dog")


def test_lines_of_scores(tmp_path):
    found = read(tmp_path / "x.jsonl", *({"y_true": n, "logits": row} for n, row in enumerate(SCORES)))
    np.testing.assert_array_equal(found.values, SCORES)
    assert (found.returns, found.true.tolist()) == ("logits", [0, 1])


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ({"id": 1}, "'prediction'.*SF425"),
        ({"id": 1, "prediction": "cat"}, "another type.*SF425"),
        ({"id": 1, "prediction": None}, "another type.*SF425"),
        ({"id": 1, "prediction": 1 << 70}, "64 bits.*SF425"),
        ([1], "JSON object.*SF425"),
    ],
)
def test_a_line_unlike_the_first_is_named(tmp_path, second, what):
    with pytest.raises(InputError, match=what) as caught:
        read(tmp_path / "x.jsonl", {"id": 0, "prediction": 2}, second)
    assert caught.value.where.endswith("x.jsonl:2")


@pytest.mark.parametrize("name", ["y_true", "target", "label_id"])
def test_true_classes_by_other_names(tmp_path, name):
    pl.DataFrame({"logit_0": [1.0, 2.0], "logit_1": [0.5, 3.0], name: [1, 0]}).write_csv(tmp_path / "x.csv")
    np.savez(tmp_path / "x.npz", logits=np.array(SCORES), **{name: np.array([1, 0])})
    for file in ("x.csv", "x.npz"):
        assert read_saved(ModelSource(path=str(tmp_path / file))).true.tolist() == [1, 0]


def test_floats_of_such_a_name_are_no_classes(tmp_path):
    pl.DataFrame({"logit_0": [1.0, 2.0], "logit_1": [0.5, 3.0], "target": [0.5, 0.1]}).write_csv(tmp_path / "x.csv")
    assert read_saved(ModelSource(path=str(tmp_path / "x.csv"))).true is None
