"""Files of log-probabilities that llama.cpp writes (`llama-perplexity --kl-divergence-base FILE`), window by window.

The format, from llama.cpp's tools/perplexity/perplexity.cpp; all little-endian:

- 8 bytes `_logits_`, then int32 n_ctx, n_vocab, n_chunk, then the tokens, int32 [n_chunk, n_ctx];
- for each chunk n_ctx - 1 - n_ctx / 2 records of nv = 2 ((n_vocab + 1) / 2) + 4 uint16, whole-number division: two
  float32, scale and least log-probability, then n_vocab uint16 q with ln p = scale q + least, and padding where
  n_vocab is odd.

A log-probability more than 16 below the largest is written as q = 0, which then is an upper bound. ik_llama.cpp writes
the same format and cuts off at 24. The tokens are those of the text; where the model has a beginning-of-text token, it
replaced the first token of every chunk.
"""

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file, unreadable
from samefn.runtimes.language.model import MIN_WINDOW, ScoredWindow, Tokens, Vocabulary, true_tokens

SIGNATURE = b"_logits_"
HEADER = struct.Struct("<8siii")
STEPS = 65535
# A record that spans at least so many nats was cut off; 16 in llama.cpp, less the rounding of float32.
CUT_OFF_RANGE = 16.0 - 1e-3
MAX_VOCABULARY = 2**24
ROWS_PER_READ = 32  # decoded at a time, in float64
MAX_LOG_PROB = 1e-3  # instead of 0: float32 rounds


class LlamaLogits:
    """A file of log-probabilities. One window is in memory at a time.

    Args:
        path: the file.

    Raises:
        InputError: it is incomplete, or not in that format.
    """

    fixed = True

    def __init__(self, path: Path) -> None:
        self._path = path
        size = require_file(path)
        try:
            with path.open("rb") as file:
                head = file.read(HEADER.size)
                self.window, vocabulary, self._count = _header(head, path)
                self._start = HEADER.size + 4 * self.window * self._count
                self._records = self.window - 1 - self.window // 2
                self._width = 2 * ((vocabulary + 1) // 2) + 4
                self._bytes = 2 * self._records * self._width
                _require_size(size, self._start, self._bytes, self._count, path)
                tokens = np.frombuffer(file.read(self._start - HEADER.size), dtype="<i4")
        except OSError as error:
            raise unreadable(error, path) from error
        if tokens.min() < 0 or tokens.max() >= vocabulary:
            raise InputError("SF351", f"has tokens outside its vocabulary of {vocabulary:,}", where=str(path))
        self._tokens = tokens.astype(np.int64).reshape(self._count, self.window)
        self.vocabulary = Vocabulary(vocabulary)

    def windows(self, text: str | None, length: int) -> Tokens:
        """The file's own windows; a text is not needed."""
        del text, length
        return self._tokens

    def token_numbers(self, text: str, characters: Sequence[int]) -> Tokens:
        """Refused: the file holds tokens and no tokenizer."""
        del text, characters
        raise InputError(
            "SF346",
            "a file of logits has no tokenizer to find documents with",
            where=str(self._path),
            fix="give the numbers of the windows at which documents begin, as in data.documents = [12, 40]",
        )

    def scored(self, number: int, window: Tokens) -> ScoredWindow:
        """The file's log-probabilities for one window; where they are cut off, the upper bound."""
        records, targets = self._read(number), true_tokens(window)
        count, size = len(records), self.vocabulary.size
        log_probs = np.empty((count, size), dtype=np.float32)
        cut_off = np.empty((count, size), dtype=np.bool_)
        true, rounding = np.empty(count), np.empty(count)
        for start in range(0, count, ROWS_PER_READ):
            rows = slice(start, start + ROWS_PER_READ)
            heads = np.ascontiguousarray(records[rows, :4]).view("<f4").astype(np.float64)
            scale, least = heads[:, :1], heads[:, 1:]
            if not np.isfinite(heads).all() or (scale < 0).any() or (scale * STEPS + least > MAX_LOG_PROB).any():
                raise InputError("SF351", f"chunk {number} holds no log-probabilities", where=str(self._path))
            steps = records[rows, 4 : 4 + size]
            decoded = steps * scale + least
            log_probs[rows] = decoded
            cut_off[rows] = (steps == 0) & (scale * STEPS > CUT_OFF_RANGE)
            true[rows] = np.take_along_axis(decoded, targets[rows, None], axis=1)[:, 0]
            rounding[rows] = scale[:, 0] / 2
        return ScoredWindow(log_probs, true, cut_off, rounding)

    def facts(self) -> Mapping[str, Json]:
        """The format of the file."""
        return {"runtime": "llama.cpp logits"}

    def weights(self) -> None:
        """None: the file holds no weights."""

    def _read(self, number: int) -> NDArray[np.uint16]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._start + number * self._bytes, os.SEEK_SET)
                content = file.read(self._bytes)
        except OSError as error:
            raise unreadable(error, self._path) from error
        if len(content) != self._bytes:
            raise InputError("SF351", f"ends within chunk {number}", where=str(self._path))
        return np.frombuffer(content, dtype="<u2").reshape(self._records, self._width)


def open_llama_logits(source: ModelSource) -> LlamaLogits:
    """Open a file of log-probabilities.

    Raises:
        InputError: as `LlamaLogits`.
    """
    return LlamaLogits(Path(source.path))


def _header(head: bytes, path: Path) -> tuple[int, int, int]:
    if len(head) < HEADER.size or not head.startswith(SIGNATURE):
        raise InputError(
            "SF350",
            "is not a file of logits of llama.cpp",
            where=str(path),
            fix="write one with llama-perplexity --kl-divergence-base FILE",
        )
    _, window, vocabulary, count = HEADER.unpack(head)
    if window < MIN_WINDOW or not 1 < vocabulary <= MAX_VOCABULARY or count < 2:
        raise InputError(
            "SF350",
            f"its header has n_ctx {window}, n_vocab {vocabulary}, n_chunk {count}; n_ctx must be {MIN_WINDOW} or more,"
            f" n_vocab 2 to {MAX_VOCABULARY:,}, and n_chunk 2 or more",
            where=str(path),
        )
    return window, vocabulary, count


def _require_size(size: int, start: int, chunk_bytes: int, count: int, path: Path) -> None:
    expected = start + chunk_bytes * count
    if size == expected:
        return
    if size < expected:
        complete = max(0, size - start) // chunk_bytes
        raise InputError(
            "SF351",
            f"has {size:,} of {expected:,} bytes: only {complete} of {count} chunks are complete",
            where=str(path),
            fix="let llama-perplexity finish",
        )
    raise InputError("SF351", f"has {size - expected:,} bytes more than its header says", where=str(path))
