"""Causal language models of transformers, from a folder that the test makes; skipped where the extra is missing."""

import importlib
import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.file_types import file_type
from samefn.runtimes.language.model import true_tokens

transformers = pytest.importorskip("transformers", reason="the extra hf is not installed")
tokenizers = pytest.importorskip("tokenizers", reason="the extra hf is not installed")
TokenizerFile = importlib.import_module("samefn.runtimes.language.tokenizer_file").TokenizerFile

TEXT = "the king of all the sorrow shall be mine and all the lords of the king "


def made_tokenizer(first=None):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=290,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    if first:
        tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
            single=first, special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
        )
    return tokenizer


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lm") / "base"
    tokenizer = made_tokenizer()
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=tokenizer.get_vocab_size(),
        n_positions=24,
        n_embd=8,
        n_layer=1,
        n_head=2,
        bos_token_id=None,
        eos_token_id=None,
        initializer_range=0.5,
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "copy")


def opened(folder):
    from samefn.runtimes.language.causal_lm import open_causal_lm  # noqa: PLC0415  (needs the extra)

    return open_causal_lm(ModelSource(path=str(folder)))


def edited(path, **changes):
    told = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(told))


def test_it_scores_the_second_half_of_each_window(whole):
    model = opened(whole)
    windows = model.windows(TEXT * 3, 16)
    ids = made_tokenizer().encode(TEXT * 3).ids
    np.testing.assert_array_equal(windows.reshape(-1), ids[: windows.size])
    assert len(ids) - windows.size < 16
    scored = model.scored(1, windows[1])
    reference = transformers.GPT2LMHeadModel.from_pretrained(whole).eval()
    for place in range(8, 15):  # each prediction from the tokens before it alone
        with torch.no_grad():
            logits = reference(torch.tensor(windows[1][: place + 1])[None]).logits[0, -1].double()
        expected = torch.log_softmax(logits, dim=0).numpy()
        np.testing.assert_allclose(scored.log_probs[place - 8], expected, atol=2e-5)
        assert scored.true[place - 8] == pytest.approx(expected[windows[1][place + 1]], abs=2e-5)
    assert scored.true.shape == true_tokens(windows[1]).shape == (7,)


def test_it_runs_one_window_as_any_model_runs_a_batch(whole):
    model = opened(whole)
    window = model.windows(TEXT * 3, 16)[:1]
    [spec] = model.inputs
    [log_probs] = model.run({spec.name: window}).values()
    assert (spec.dtype, spec.batch) == ("int64", 1)
    np.testing.assert_array_equal(log_probs[0], model.scored(0, window[0]).log_probs)


def test_weights_are_loaded_when_it_is_first_run(folder):
    lacking(folder)
    model = opened(folder)
    window = model.windows(TEXT * 3, 16)[0]  # what the plan needs
    with pytest.raises(InputError, match="SF374"):
        model.scored(0, window)


def test_what_it_says_of_itself(whole, folder):
    model = opened(whole)
    assert file_type(whole) == "causal-lm"
    assert (model.vocabulary.size, model.window, model.fixed) == (made_tokenizer().get_vocab_size(), 24, False)
    stored = model.weights()
    assert stored.bytes == (whole / "model.safetensors").stat().st_size
    # Width 8, one layer: embeddings, 4 matrices (8x24, 8x8, 8x32, 32x8) and their biases, three norms of 2 x 8.
    size = model.vocabulary.size
    assert stored.parameters == 8 * (size + 24) + (192 + 24) + (64 + 8) + (256 + 32) + (256 + 8) + 48
    facts = model.facts()
    assert (facts["stored"], facts["computed"]) == (["F32"], "float32")
    assert facts == opened(folder).facts()  # of the same content in another place


def test_half_precision_is_stored_and_not_computed(folder):
    before = opened(folder)
    window = before.windows(TEXT * 3, 16)[0]
    one = before.scored(0, window)
    weights = transformers.GPT2LMHeadModel.from_pretrained(folder)
    weights.half().save_pretrained(folder)
    after = opened(folder)
    assert after.facts()["stored"] == ["F16"]
    assert after.facts() != before.facts()
    other = after.scored(0, window)
    assert other.log_probs.dtype == np.float32
    assert 0 < np.abs(one.log_probs - other.log_probs).max() < 0.05


def test_a_first_token_stands_before_the_text_and_in_every_window(folder):
    made_tokenizer(first="<s> $A").save(str(folder / "tokenizer.json"))
    model = opened(folder)
    windows = model.windows(TEXT * 3, 16)
    first = made_tokenizer().token_to_id("<s>")
    assert windows[0, 0] == first
    changed = windows[1].copy()
    changed[0] = first
    assert windows[1, 0] != first
    np.testing.assert_array_equal(model.scored(1, windows[1]).log_probs, model.scored(1, changed).log_probs)


def test_tokenizers_are_told_apart_by_content(folder):
    parts = opened(folder).vocabulary.parts
    told = json.loads((folder / "tokenizer.json").read_text())
    told["model"]["merges"] = told["model"]["merges"][::-1]
    (folder / "tokenizer.json").write_text(json.dumps(told))
    other = opened(folder).vocabulary.parts
    assert [part for part in parts if parts[part] != other[part]] == ["merges"]


def test_code_of_the_folders_own_is_never_run(folder):
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    edited(folder / "config.json", auto_map={"AutoModelForCausalLM": "evil.Model"})
    with pytest.raises(InputError, match=r"auto_map.*SF372"):
        opened(folder)


def lacking(folder):
    model = transformers.GPT2LMHeadModel.from_pretrained(folder)
    kept = {name: one.clone() for name, one in model.state_dict().items() if "c_fc" not in name}
    del kept["lm_head.weight"]  # shared with the embedding
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def outside(folder):
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "../base/model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def truncated(folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])


def larger_tokenizer(folder):
    told = json.loads((folder / "tokenizer.json").read_text())
    told["model"]["vocab"]["zzzz"] = len(told["model"]["vocab"])
    (folder / "tokenizer.json").write_text(json.dumps(told))


def file_with(name, content):
    return lambda folder: (folder / name).write_text(content)


BAD = {
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "SF371"),
    "pickled": (
        lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"),
        "SF371",
    ),
    "truncated": (truncated, "SF302"),
    "lacking": (lacking, "SF374"),
    "outside": (outside, "SF371"),
    "another size": (
        lambda folder: edited(folder / "config.json", n_embd=16),
        "SF330|SF374",
    ),
    "unknown kind": (
        lambda folder: edited(folder / "config.json", model_type="no-such-model"),
        "SF330",
    ),
    "not JSON": (file_with("config.json", "{"), "SF370"),
    "a list": (file_with("config.json", "[]"), "SF370"),
    "adapter": (file_with("adapter_config.json", "{}"), "SF373"),
    "no tokenizer": (lambda folder: (folder / "tokenizer.json").unlink(), "SF344"),
    "no such tokenizer": (file_with("tokenizer.json", '{"model": {"type": "BPE"}}'), "is no tokenizer"),
    "two tokens around": (
        lambda folder: made_tokenizer(first="<s> $A <s>").save(str(folder / "tokenizer.json")),
        r"adds 2 tokens.*SF344",
    ),
    "larger tokenizer": (larger_tokenizer, "SF345"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_folder_is_one_line(folder, how):
    spoil, code = BAD[how]
    spoil(folder)
    with pytest.raises(InputError, match=code) as caught:
        opened(folder).weights()
    assert "\n" not in str(caught.value)


def test_too_little_text_is_refused(whole):
    with pytest.raises(InputError, match="SF340"):
        opened(whole).windows("the king", 16)
    with pytest.raises(InputError, match="SF340"):
        opened(whole).windows(None, 16)


def test_characters_are_found_in_tokens(tmp_path):
    """Plainly: the token that holds a character is the first that ends beyond it. Tokens have a letter a byte."""
    for first in (None, "<s> $A"):
        path = tmp_path / f"{bool(first)}.json"
        tokenizer = made_tokenizer(first)
        tokenizer.save(str(path))
        tokens = tokenizer.encode(TEXT).tokens
        ends = np.cumsum([0 if one == "<s>" else len(one) for one in tokens])
        characters = [0, 1, 5, TEXT.index("shall"), TEXT.index("lords"), len(TEXT) - 1]
        expected = [next(n for n, end in enumerate(ends) if end > place) for place in characters]
        assert TokenizerFile(path).numbers(TEXT, characters).tolist() == expected
