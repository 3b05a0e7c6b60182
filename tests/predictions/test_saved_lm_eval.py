"""Samples of lm-evaluation-harness: log-likelihoods of choices become log-probabilities."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.predictions.saved.lm_eval import SOFTMAX
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


def refused(path: Path, output: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, output)
    return caught.value


def test_log_likelihoods_are_normalised_over_the_choices(tmp_path: Path) -> None:
    found = read(written(tmp_path / "x.jsonl", sample(4, [-10.0, -10.0 - math.log(3)], "1"), sample(2, [-1, -1], "0")))
    # exp(-10) to exp(-10)/3 is 3 to 1.
    np.testing.assert_allclose(np.exp(found.values.astype(float)), [[0.75, 0.25], [0.5, 0.5]], rtol=1e-12)
    assert found.returns == "log-probabilities"
    assert found.ids is not None and found.ids.tolist() == ["4", "2"]  # noqa: PT018
    assert found.true is not None and found.true.tolist() == [1, 0]  # noqa: PT018
    assert found.notes == (SOFTMAX,)


def test_a_missing_choice_has_probability_0(tmp_path: Path) -> None:
    found = read(written(tmp_path / "x.jsonl", sample(0, [-1, -2, -3], "2"), sample(1, [-1, -1], "0")))
    assert np.exp(found.values.astype(float))[1].tolist() == [0.5, 0.5, 0]
    assert "2 to 3 choices" in found.notes[1]


def test_the_target_may_be_the_text_of_the_right_choice(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", sample(0, [-1, -2], "choice 1"), sample(1, [-1, -2], "0"))
    found = read(path)
    assert found.true is not None and found.true.tolist() == [1, 0]  # noqa: PT018
    found = read(written(path, sample(0, [-1, -2], "something else"), sample(1, [-1, -2], "0")))
    assert found.true is None
    assert "right choice" in found.notes[1]


def test_without_filtered_responses_the_first_response_counts(tmp_path: Path) -> None:
    old = sample(0, [-1, -2], "0")
    del old["filtered_resps"], old["filter"]
    old["resps"] = [[[-1.0, False]], [[-2.0, True]]]  # unquoted, as the harness holds them
    found = read(written(tmp_path / "x.jsonl", old))
    assert found.values[0, 0] - found.values[0, 1] == pytest.approx(1)  # type: ignore[operator]


def test_one_filter_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", sample(0, [-1, -2], "0"), sample(0, [-3, -2], "0", filter="strict"))
    assert refused(path).code == "SF423"
    assert "none, strict" in refused(path).what
    assert read(path, "strict").values.argmax(axis=1).tolist() == [1]
    assert refused(path, "lax").code == "SF422"
    assert "'lax'" in refused(path, "lax").what


@pytest.mark.parametrize(
    ("line", "code", "part"),
    [
        (
            json.dumps(sample(0, [-1, -2], "0")) + "\n" + json.dumps(sample(0, [-1, -2], "0")),
            "SF403",
            "id '0'",
        ),
        ("{", "SF424", "line 1"),
        ("[" * 100_000, "SF424", "line 1"),
        ("[1, 2]", "SF426", "doc_id"),
        (json.dumps({"doc_id": 1, "target": []}), "SF426", "doc_id"),
        (json.dumps({"doc_id": 1, "target": "x", "filtered_resps": ["an answer"]}), "SF426", "two"),
        (
            json.dumps({"doc_id": 1, "target": "x", "filtered_resps": ["a", "b"]}),
            "SF426",
            "not a log-likelihood",
        ),
        (json.dumps({"doc_id": 1, "target": "x", "resps": "none"}), "SF426", "two"),
        (json.dumps(sample(0, [-1, math.nan], "0")), "SF426", "nan"),
        (json.dumps(sample(0, [-math.inf, -math.inf], "0")), "SF426", "probability 0"),
        (
            json.dumps({"doc_id": 1, "target": "x", "filtered_resps": [[{}, 1], [[], 2]]}),
            "SF426",
            "not a log-likelihood",
        ),
        ("\n\n", "SF420", "no predictions"),
    ],
)
def test_what_is_refused(tmp_path: Path, line: str, code: str, part: str) -> None:
    (tmp_path / "x.jsonl").write_text(line)
    error = refused(tmp_path / "x.jsonl")
    assert part in error.what
    assert error.code == code
