"""Token ids as text, by the tokenizer beside the base."""

import numpy as np
import pytest

import samefn
from samefn.comparison.input_text import SHOWN_TOKENS, input_text
from samefn.datasets.example_set import ExampleSet

WORDS = ["[PAD]", "[CLS]", "[SEP]", "good", "bad", "film", "<b>"]
IDS = np.array([[1, 3, 5, 2, 0], [1, 4, 5, 6, 2]])


def made_tokenizer():
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, "[PAD]"))
    tokenizer.add_special_tokens(WORDS[:3])
    return tokenizer


def examples(ids=IDS, **more):
    return ExampleSet({"input_ids": ids, **more}, np.arange(len(ids)).astype(np.str_))


def test_the_text_of_tokens(tmp_path):
    made_tokenizer().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes(b"")
    for base in (tmp_path, tmp_path / "model.onnx"):
        text_of, warnings = input_text(str(base), examples())
        assert (text_of(0), text_of(1), warnings) == ("good film", "bad film <b>", ())


def test_padding_and_tokens_that_the_tokenizer_does_not_know(tmp_path):
    made_tokenizer().save(str(tmp_path / "tokenizer.json"))
    text_of, _ = input_text(
        str(tmp_path), examples(np.array([[3, 4, 5], [-1, 2**40, 5]]), attention_mask=IDS[:, :3] > 1)
    )
    assert (text_of(0), text_of(1)) == ("bad film", "film")


@pytest.mark.parametrize(("length", "more"), [(SHOWN_TOKENS, False), (SHOWN_TOKENS + 1, True)])
def test_a_long_text_says_that_it_is_cut(tmp_path, length, more):
    made_tokenizer().save(str(tmp_path / "tokenizer.json"))
    text_of, _ = input_text(str(tmp_path), examples(np.full((1, length), 3)))
    assert text_of(0).split().count("good") == SHOWN_TOKENS
    assert text_of(0).endswith("[...]") == more


def test_no_tokens_or_no_tokenizer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert input_text(str(tmp_path), examples()) == (None, ())
    (tmp_path / "tokenizer.json").write_text("{}")
    # (A model in memory has a name, and no folder.)
    assert input_text("base", examples()) == (None, ())
    assert input_text(str(tmp_path), examples(IDS / 2)) == (None, ())
    assert input_text(str(tmp_path), ExampleSet({"x": IDS}, np.array(["a", "b"]))) == (None, ())


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe", b"", b'{"model": 3}'])
def test_a_tokenizer_that_cannot_be_read_is_a_warning(tmp_path, content):
    (tmp_path / "tokenizer.json").write_bytes(content)
    text_of, (warning,) = input_text(str(tmp_path), examples())
    assert text_of is None
    assert "tokenizer.json" in warning or "tokenizers" in warning


def test_the_text_is_in_the_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made_tokenizer().save("tokenizer.json")
    draw = np.random.default_rng(0)
    ids = draw.integers(3, 6, (40, 5))
    logits = draw.normal(size=(2, 40, 3))
    for name, values in zip(("base", "other"), logits, strict=True):
        np.savez(f"{name}.npz", logits=values)
    np.savez("data.npz", input_ids=ids)
    report = samefn.compare("base.npz", "other.npz", data="data.npz").report
    assert report.changed
    for one in report.changed:
        assert one.text == " ".join(WORDS[token] for token in ids[int(one.id)])
        assert one.values == () or one.values[0].values == tuple(ids[int(one.id)].tolist())
