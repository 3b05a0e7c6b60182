"""Files of llama.cpp's log-probabilities for the tests of this room."""

import struct

import numpy as np
import pytest

from samefn.runtimes.language.model import scored_part

F = np.float32


def record(logits, cut):
    """log_softmax(n_vocab, logits, log_prob, tok) of perplexity.cpp for one row, in its float32."""
    top = logits.max()
    low = max(logits.min(), top - F(cut))
    least = (low - top) - F(np.log(np.exp(logits - top).sum(dtype=np.float64)))
    scale = (top - low) / F(65535)
    steps = np.where(logits > low, np.rint((F(1) / scale) * (logits - low)), 0).astype("<u2")
    return struct.pack("<ff", scale, least) + steps.tobytes() + bytes(2 * (len(logits) % 2))


@pytest.fixture
def logits_file(tmp_path):
    """Write a file of logits: `logits_file(name, logits [chunks, n_ctx, n_vocab], tokens [chunks, n_ctx], cut)`.

    `cut` is how far below the largest they are cut off: 16 as llama.cpp does it, 24 as ik_llama.cpp.
    """

    def write(name, logits, tokens, cut=16):
        chunks, n_ctx, n_vocab = logits.shape
        content = b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, chunks) + np.asarray(tokens, "<i4").tobytes()
        rows = np.asarray(logits, F)[:, scored_part(n_ctx)].reshape(-1, n_vocab)
        path = tmp_path / f"{name}.kld"
        path.write_bytes(content + b"".join(record(row, cut) for row in rows))
        return path

    return write
