"""Files of log-probabilities that llama.cpp writes (`llama-perplexity --kl-divergence-base FILE`), window by window.

The form, from llama.cpp's tools/perplexity/perplexity.cpp; all little-endian:

- 8 bytes `_logits_`, then int32 n_ctx, n_vocab, n_chunk, then the tokens, int32 [n_chunk, n_ctx];
- for each chunk n_ctx - 1 - n_ctx / 2 records of nv = 2 ((n_vocab + 1) / 2) + 4 uint16, whole-number division: two
  float32, scale and least log-probability, then n_vocab uint16 q with ln p = scale q + least, and a filler where
  n_vocab is odd.

A log-probability more than 16 below the largest is written as q = 0, which then is an upper bound. ik_llama.cpp writes
the same form and cuts off at 24. The tokens are those of the text: where the model puts a beginning-of-text token, it
stood in the first place of every chunk.
"""

import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file
from samefn.runtimes.language.model import SHORTEST, Dictionary, Scored, Tokens, true_tokens

MARK = b"_logits_"
HEADER = struct.Struct("<8siii")
STEPS = 65535
CUT = 16.0 - 1e-3  # nats over which a record whose least step is a bound reaches at least, as float32 keeps it
LARGEST = 2**24  # tokens of a vocabulary
ROWS = 32  # read at a time, in float64
ABOVE_ONE = 1e-3  # by which the rounding of float32 may lift a log-probability above 0


class LlamaLogits:
    """A file of log-probabilities. One window is in memory at a time.

    Args:
        path: the file.

    Raises:
        InputError: it is not whole, or not of that form.
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
            raise InputError("SF3042", f"cannot be read ({error.strerror or error})", where=str(path)) from error
        if tokens.min() < 0 or tokens.max() >= vocabulary:
            raise InputError("SF3043", f"has tokens outside its vocabulary of {vocabulary:,}", where=str(path))
        self._tokens = tokens.astype(np.int64).reshape(self._count, self.window)
        self.dictionary = Dictionary(vocabulary)

    def windows(self, text: str | None, length: int) -> Tokens:
        """The file's windows; a text is not needed, and not read."""
        del text, length
        return self._tokens

    def scored(self, place: int, window: Tokens) -> Scored:
        """What the file says of one window.

        All as written: of a token that is cut off the bound.
        """
        records, wanted = self._read(place), true_tokens(window)
        count, size = len(records), self.dictionary.size
        log_probs = np.empty((count, size), dtype=np.float32)
        cut_off = np.empty((count, size), dtype=np.bool_)
        true, rounding = np.empty(count), np.empty(count)
        for start in range(0, count, ROWS):
            rows = slice(start, start + ROWS)
            heads = np.ascontiguousarray(records[rows, :4]).view("<f4").astype(np.float64)
            scale, least = heads[:, :1], heads[:, 1:]
            if not np.isfinite(heads).all() or (scale < 0).any() or (scale * STEPS + least > ABOVE_ONE).any():
                raise InputError("SF3044", f"chunk {place} holds no log-probabilities", where=str(self._path))
            steps = records[rows, 4 : 4 + size]
            written = steps * scale + least
            log_probs[rows] = written
            cut_off[rows] = (steps == 0) & (scale * STEPS > CUT)
            true[rows] = np.take_along_axis(written, wanted[rows, None], axis=1)[:, 0]
            rounding[rows] = scale[:, 0] / 2
        return Scored(log_probs, true, cut_off, rounding)

    def facts(self) -> Mapping[str, Json]:
        """Which form it is of."""
        return {"runtime": "llama.cpp logits"}

    def weights(self) -> None:
        """A file of answers has none."""

    def _read(self, place: int) -> NDArray[np.uint16]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._start + place * self._bytes, os.SEEK_SET)
                content = file.read(self._bytes)
        except OSError as error:
            raise InputError("SF3045", f"cannot be read ({error.strerror or error})", where=str(self._path)) from error
        if len(content) != self._bytes:
            raise InputError("SF3046", f"ends within chunk {place}", where=str(self._path))
        return np.frombuffer(content, dtype="<u2").reshape(self._records, self._width)


def open_llama_logits(source: ModelSource) -> LlamaLogits:
    """Open a file of log-probabilities.

    Raises:
        InputError: as `LlamaLogits`.
    """
    return LlamaLogits(Path(source.path))


def _header(head: bytes, path: Path) -> tuple[int, int, int]:
    if len(head) < HEADER.size or not head.startswith(MARK):
        raise InputError(
            "SF3047",
            "is no file of logits of llama.cpp",
            where=str(path),
            fix="write one with llama-perplexity --kl-divergence-base FILE",
        )
    _, window, vocabulary, count = HEADER.unpack(head)
    if window < SHORTEST or not 1 < vocabulary <= LARGEST or count < 2:
        raise InputError(
            "SF3048",
            f"says n_ctx {window}, n_vocab {vocabulary}, n_chunk {count}: windows of {SHORTEST} tokens or more,"
            f" 2 to {LARGEST:,} tokens known and two chunks or more are needed",
            where=str(path),
        )
    return window, vocabulary, count


def _require_size(size: int, start: int, of_chunk: int, count: int, path: Path) -> None:
    expected = start + of_chunk * count
    if size == expected:
        return
    if size < expected:
        whole = max(0, size - start) // of_chunk
        raise InputError(
            "SF3049",
            f"has {size:,} of {expected:,} bytes: {whole} of {count} chunks are whole",
            where=str(path),
            fix="let llama-perplexity finish",
        )
    raise InputError("SF3050", f"has {size - expected:,} bytes more than its header says", where=str(path))
