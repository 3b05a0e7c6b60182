"""Samples of lm-evaluation-harness: log-likelihoods of choices become log-probabilities."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.read import SavedPredictions, read_saved


def sample(doc: int, likelihoods: list[float], target: str, **more: Any) -> dict[str, Any]:
    """A line as lm-evaluation-harness 0.4 writes it: all numbers of responses as text."""
    pairs = [[str(value), "False"] for value in likelihoods]
    return {
        "doc_id": doc,
        "doc": {"question": "?"},
        "target": target,
        "arguments": {f"gen_args_{i}": {"arg_0": "Q:", "arg_1": f" choice {i}"} for i in range(len(pairs))},
        "resps": [[pair] for pair in pairs],
        "filtered_resps": pairs,
        "filter": "none",
        "metrics": ["acc"],
        "acc": 1.0,
        **more,
    }


def written(path: Path, *samples: Any) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in samples) + "\n")
    return path


def read(path: Path, output: str = "") -> SavedPredictions:
    return read_saved(ModelSource(path=str(path), output=output))


def refused(path: Path, output: str = "") -> str:
    with pytest.raises(InputError) as caught:
        read(path, output)
    return str(caught.value)


def test_log_likelihoods_are_normalised_over_the_choices(tmp_path: Path) -> None:
    found = read(written(tmp_path / "x.jsonl", sample(4, [-10.0, -10.0 - math.log(3)], "1"), sample(2, [-1, -1], "0")))
    # exp(-10) to exp(-10)/3 is 3 to 1.
    np.testing.assert_allclose(np.exp(found.values.astype(float)), [[0.75, 0.25], [0.5, 0.5]], rtol=1e-12)
    assert found.returns == "log-probabilities"
    assert found.ids is not None and found.ids.tolist() == ["4", "2"]  # noqa: PT018
    assert found.true is not None and found.true.tolist() == [1, 0]  # noqa: PT018
    assert "softmax of the choices' log-likelihoods" in found.notes[0]


def test_a_missing_choice_has_probability_0(tmp_path: Path) -> None:
    found = read(written(tmp_path / "x.jsonl", sample(0, [-1, -2, -3], "2"), sample(1, [-1, -1], "0")))
    assert np.exp(found.values.astype(float))[1].tolist() == [0.5, 0.5, 0]
    assert found.notes[1] == "questions have 2 to 3 choices; a missing one has probability 0"


def test_the_right_choice_may_be_told_by_its_text(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", sample(0, [-1, -2], "choice 1"), sample(1, [-1, -2], "0"))
    found = read(path)
    assert found.true is not None and found.true.tolist() == [1, 0]  # noqa: PT018
    found = read(written(path, sample(0, [-1, -2], "something else"), sample(1, [-1, -2], "0")))
    assert found.true is None
    assert "which choice is right is not told" in found.notes[1]


def test_without_filtered_responses_the_first_response_counts(tmp_path: Path) -> None:
    old = sample(0, [-1, -2], "0")
    del old["filtered_resps"], old["filter"]
    old["resps"] = [[[-1.0, False]], [[-2.0, True]]]  # unquoted, as the harness holds them
    found = read(written(tmp_path / "x.jsonl", old))
    assert found.values[0, 0] - found.values[0, 1] == pytest.approx(1)  # type: ignore[operator]


def test_one_filter_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", sample(0, [-1, -2], "0"), sample(0, [-3, -2], "0", filter="strict"))
    assert "responses of 2 filters: none, strict; say which with `output`" in refused(path)
    assert read(path, "strict").values.argmax(axis=1).tolist() == [1]
    assert "has no filter 'lax'; it has none, strict" in refused(path, "lax")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (json.dumps(sample(0, [-1, -2], "0")) + "\n" + json.dumps(sample(0, [-1, -2], "0")), "id '0' occurs 2 times"),
        ("{", "line 1 is not JSON"),
        ("[" * 100_000, "line 1 is not JSON"),
        ("[1, 2]", "no doc_id and target"),
        (json.dumps({"doc_id": 1, "target": []}), "no doc_id and target"),
        (json.dumps({"doc_id": 1, "target": "x", "filtered_resps": ["an answer"]}), "two choices or more"),
        (
            json.dumps({"doc_id": 1, "target": "x", "filtered_resps": ["a", "b"]}),
            "a response that is no log-likelihood",
        ),
        (json.dumps({"doc_id": 1, "target": "x", "resps": "none"}), "two choices or more"),
        (json.dumps(sample(0, [-1, math.nan], "0")), "has the log-likelihood nan"),
        (json.dumps(sample(0, [-math.inf, -math.inf], "0")), "gives every choice probability 0"),
        (json.dumps({"doc_id": 1, "target": "x", "filtered_resps": [[{}, 1], [[], 2]]}), "no log-likelihood"),
        ("\n\n", "holds no samples"),
    ],
)
def test_what_is_refused(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "x.jsonl").write_text(line)
    assert message in refused(tmp_path / "x.jsonl")
