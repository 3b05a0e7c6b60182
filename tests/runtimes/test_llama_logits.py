"""Files of llama.cpp's log-probabilities, from a writer that follows log_softmax of its perplexity.cpp step by step."""

import struct

import numpy as np
import pytest

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.file_types import file_type
from samefn.runtimes.language.llama_logits import open_llama_logits
from samefn.runtimes.language.model import true_tokens

F = np.float32


def record(logits, cut=16):
    """log_softmax(n_vocab, logits, log_prob, tok) of perplexity.cpp: one record as uint16."""
    top, low = F(max(logits)), F(min(logits))
    low = max(low, F(top - F(cut)))
    total = 0.0
    for value in logits:
        total += float(np.exp(F(value - top)))
    log_total = F(np.log(total))
    least, scale = F(F(low - top) - log_total), F(F(top - low) / F(65535))
    steps = []
    for value in logits:
        step = 0
        if scale and value > low:
            step = int(np.rint(F(F(1 / scale) * F(value - low))))
        steps.append(step)
    if len(steps) % 2:
        steps.append(12345)  # the filler is whatever was in memory
    return struct.pack("<ff", scale, least) + struct.pack(f"<{len(steps)}H", *steps)


def written(path, logits, tokens, cut=16):
    """A file, from logits [chunks, n_ctx, n_vocab] and tokens [chunks, n_ctx]."""
    chunks, n_ctx, n_vocab = logits.shape
    content = b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, chunks)
    content += np.asarray(tokens, dtype="<i4").tobytes()
    for chunk in logits.astype(F):
        for position in range(n_ctx // 2, n_ctx - 1):
            content += record(chunk[position], cut)
    path.write_bytes(content)
    return path


def drawn(seed=0, chunks=3, n_ctx=10, n_vocab=7, spread=3.0):
    random = np.random.default_rng(seed)
    logits = random.normal(size=(chunks, n_ctx, n_vocab)) * spread
    return logits.astype(F), random.integers(n_vocab, size=(chunks, n_ctx))


def exact(logits):
    logits = logits.astype(np.float64)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def opened(path):
    return open_llama_logits(ModelSource(path=str(path)))


@pytest.mark.parametrize(("n_ctx", "n_vocab"), [(10, 7), (9, 8), (4, 2)])
def test_it_reads_back_what_was_written_to_half_a_step(tmp_path, n_ctx, n_vocab):
    logits, tokens = drawn(n_ctx=n_ctx, n_vocab=n_vocab)
    model = opened(written(tmp_path / "base.kld", logits, tokens))
    assert (model.vocabulary.size, model.window, model.fixed) == (n_vocab, n_ctx, True)
    np.testing.assert_array_equal(model.windows(None, n_ctx), tokens)
    for place, window in enumerate(tokens):
        scored = model.scored(place, window)
        expected = exact(logits[place, n_ctx // 2 : n_ctx - 1])
        step = (logits[place].max() - logits[place].min()) / 65535
        np.testing.assert_allclose(scored.log_probs, expected, atol=step)
        # Position j predicts token j + 1: the last n_ctx - 1 - n_ctx / 2 tokens are scored.
        plain = [expected[i][window[n_ctx // 2 + 1 + i]] for i in range(n_ctx - 1 - n_ctx // 2)]
        assert (np.abs(scored.true - plain) <= scored.rounding + 1e-6).all()
        assert len(true_tokens(window)) == len(plain)
        assert not scored.cut_off.any()


@pytest.mark.parametrize("cut", [16, 24])  # of llama.cpp and of ik_llama.cpp
def test_what_is_cut_off_is_an_upper_bound(tmp_path, cut):
    logits = np.zeros((2, 4, 6), dtype=F)
    logits[..., 1:] = -40.0  # five tokens far below the cut
    logits[..., 1] = -2.0
    tokens = np.full((2, 4), 5)
    scored = opened(written(tmp_path / "cut.kld", logits, tokens, cut)).scored(0, tokens[0])
    np.testing.assert_array_equal(scored.cut_off, [[False, False, True, True, True, True]])
    # The bound that is written: the largest log-probability less the cut.
    top = -np.log(1 + np.exp(-2.0))
    np.testing.assert_allclose(scored.true, top - cut, atol=1e-4)
    np.testing.assert_allclose(scored.log_probs, [[top, top - 2, *[top - cut] * 4]], atol=2e-4)


def test_equal_logits_have_no_scale(tmp_path):
    logits, tokens = np.ones((2, 6, 4), dtype=F), np.zeros((2, 6), dtype=int)
    scored = opened(written(tmp_path / "flat.kld", logits, tokens)).scored(1, tokens[1])
    np.testing.assert_allclose(scored.log_probs, np.log(0.25), rtol=1e-6)
    np.testing.assert_allclose(scored.true, np.log(0.25), rtol=1e-6)


def test_its_content_tells_it(tmp_path):
    assert file_type(written(tmp_path / "x.bin", *drawn())) == "llama-logits"


def header(n_ctx, n_vocab, n_chunk):
    return b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, n_chunk)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "SF350"),
        (b"_logits_\x01", "SF350"),
        (b"GGUF" + bytes(100), "SF350"),
        (header(512, 32000, 2**31 - 1), "0 of 2147483647 chunks.*SF351"),
        (header(2**31 - 1, 2**24, 2**31 - 1), "SF351"),
        (header(-512, 32000, 4), "n_ctx -512.*SF350"),
        (header(512, -1, 4), "n_vocab -1.*SF350"),
        (header(512, 2**30, 4), "n_vocab 1073741824.*SF350"),
        (header(512, 32000, 0), "n_chunk 0.*SF350"),
        (header(1, 32000, 4), "n_ctx 1.*SF350"),
    ],
)
def test_a_bad_header_is_one_line(tmp_path, content, message):
    path = tmp_path / "bad.kld"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        opened(path)
    assert "\n" not in str(caught.value)


def test_damaged_bodies_are_refused(tmp_path):
    path = written(tmp_path / "whole.kld", *drawn())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(InputError, match=r"2 of 3 chunks.*SF351"):
        opened(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(InputError, match=r"1 bytes more.*SF351"):
        opened(path)
    path.write_bytes(whole[:20] + struct.pack("<i", 7) + whole[24:])  # the vocabulary is 0 to 6
    with pytest.raises(InputError, match=r"vocabulary of 7.*SF351"):
        opened(path)


@pytest.mark.parametrize("head", [(np.nan, -1.0), (-0.1, -1.0), (0.1, 1.0), (0.0, np.inf), (1e30, -1e30)])
def test_records_that_are_no_log_probabilities_are_refused(tmp_path, head):
    logits, tokens = drawn()
    path = written(tmp_path / "bad.kld", logits, tokens)
    content, start = path.read_bytes(), 20 + 4 * tokens.size
    path.write_bytes(content[:start] + struct.pack("<ff", *head) + content[start + 8 :])
    with pytest.raises(InputError, match=r"chunk 0.*SF351"):
        opened(path).scored(0, tokens[0])
