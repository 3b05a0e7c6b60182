"""The example's script makes small models, and the comparison puts them in their order; skipped without the extra."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import samefn
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError

pytest.importorskip("transformers", reason="the extra hf is not installed")
SCRIPT = Path(__file__).parents[2] / "examples" / "language" / "train_gpt.py"
WORDS = ("the", "king", "and", "queen", "of", "all", "thy", "sorrow", "shall", "be", "mine", "own", "good", "lord")
SMALL = ("--steps", "12", "--seeds", "2", "--context", "16", "--width", "16", "--layers", "1", "--vocabulary", "280")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    draw = random.Random(0)
    (folder / "text.txt").write_text(" ".join(draw.choice(WORDS) for _ in range(3000)))
    subprocess.run(
        [sys.executable, SCRIPT, folder / "text.txt", folder / "models", *SMALL],
        check=True,
        capture_output=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": ""},
    )
    return folder / "models"


def compare(made, candidates, independents=(), n_ctx=None, **more):
    def source(name):
        return ModelSource(path=str(made / name))

    return samefn.compare(
        source("base"),
        [source(name) for name in candidates],
        data=made / "heldout.txt",
        independents=[source(name) for name in independents],
        n_ctx=n_ctx,
        **more,
    )


@pytest.mark.slow
def test_rounding_moves_a_model_the_more_the_fewer_bits_are_left(made, tmp_path):
    report = compare(made, ("float16", "int8", "int4"), ("seed-2",), cost=True).report
    moved = {one.candidate: one.value for one in report.language if one.figure == "kld_mean"}
    assert 0 < moved["candidate-1"] < moved["candidate-2"] < moved["candidate-3"] < moved["independent-1"]
    assert report.study["n_ctx"] == 16  # the longest window of the models
    sizes = {model.id: model.bytes for model in report.models}
    assert sizes["candidate-1"] < sizes["base"]
    assert all(one.value < 1 for one in report.relative_distances)
    for model in report.models:
        assert model.cost.parameters >= model.cost.nonzero > 0
        assert model.cost.whole == model.cost.one  # of one window
        assert model.cost.one.median > 0
        assert (model.cost.whole.batch, model.cost.memory > 0) == (1, True)
        assert not model.all_notes


@pytest.mark.slow
def test_models_of_other_tokenizers_are_refused(made, tmp_path):
    tokenizer = made / "float16" / "tokenizer.json"
    original = tokenizer.read_text()
    changed = json.loads(original)
    changed["model"]["merges"].reverse()
    tokenizer.write_text(json.dumps(changed))
    try:
        with pytest.raises(InputError, match=r"merges.*SF342"):
            compare(made, ("float16",))
    finally:
        tokenizer.write_text(original)
    with pytest.raises(InputError, match=r"16 tokens.*32"):
        compare(made, ("int8",), n_ctx=32)
