"""Files of llama.cpp's log-probabilities for the tests of this room."""

import struct

import numpy as np
import pytest

from samefn.runtimes.language import scored_part


@pytest.fixture
def logits_file(tmp_path):
    """Write a file of logits: `logits_file(name, log_probs [chunks, n_ctx, n_vocab], tokens [chunks, n_ctx])`."""

    def write(name, log_probs, tokens):
        chunks, n_ctx, n_vocab = log_probs.shape
        part = scored_part(n_ctx)
        content = b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, chunks) + np.asarray(tokens, "<i4").tobytes()
        for row in log_probs[:, part].reshape(-1, n_vocab):
            least, scale = row.min(), (row.max() - row.min()) / 65535
            steps = np.rint((row - least) / scale).astype("<u2")
            content += struct.pack("<ff", scale, least) + steps.tobytes() + bytes(2 * (n_vocab % 2))
        path = tmp_path / f"{name}.kld"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def unwritten(monkeypatch):
    """No pages and figures: they take longer than the comparison."""
    monkeypatch.setattr("samefn.comparison.language.write_report", lambda *_: None)
