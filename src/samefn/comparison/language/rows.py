"""Rows of language models, one for each scored token: made window by window, read in batches of whole windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.language.tails import with_common_tails
from samefn.core.errors import InputError
from samefn.measures.language import BASE_TRUE, BLOCK, SOURCE_COLUMNS, TRUE, columns_of_rows
from samefn.measures.pairs import Floats
from samefn.measures.rows import rows
from samefn.measures.stored_rows import scan_rows
from samefn.predictions.predictions import Predictions
from samefn.runtimes.language.model import ScoredWindow, Tokens, scored_part, true_tokens
from samefn.statistics.block_sums import BlockBatch, BlockSums
from samefn.statistics.shards import height

BOUNDED, ROUNDING_COLUMN = "bounded", "rounding"
# Rows read at a time, and stored as one group: about 10 MiB.
TOKEN_ROW_GROUP = 2**15


def window_rows(base: ScoredWindow, other: ScoredWindow, window: Tokens, number: int) -> pl.DataFrame:
    """The rows of one window.

    Args:
        base: its scores by the base.
        other: its scores by another model.
        window: its tokens, [length].
        number: of the window in the text, from 0.
    """
    labels, ids = true_tokens(window), np.array(token_ids(number, len(window)))
    of_base, of_other = with_common_tails(base, other)
    frame = rows(Predictions("base", of_base, ids, labels), Predictions("other", of_other, ids, labels))
    bounded = [
        np.take_along_axis(scored.cut_off, labels[:, None], axis=1)[:, 0]
        for scored in (base, other)
        if scored.cut_off is not None
    ]
    rounding = [scored.rounding for scored in (base, other) if scored.rounding is not None]
    return frame.with_columns(
        pl.lit(number, dtype=pl.Int64).alias(BLOCK),
        pl.Series(BASE_TRUE, base.true),
        pl.Series(TRUE, other.true),
        pl.Series(BOUNDED, np.any(bounded, axis=0) if bounded else np.zeros(len(ids), dtype=np.bool_)),
        pl.Series(ROUNDING_COLUMN, np.max(rounding, axis=0) if rounding else np.zeros(len(ids))),
    )


def token_ids(number: int, length: int) -> list[str]:
    """Ids of the scored tokens of a window: its number and the place of the token in it.

    >>> token_ids(3, 8)
    ['000003:000005', '000003:000006', '000003:000007']
    """
    part = scored_part(length)
    return [f"{number:06d}:{place + 1:06d}" for place in range(part.start, part.stop)]


@dataclass(frozen=True)
class TokenRows:
    """The rows of one model against the base, with the columns of `samefn.measures.language` beside their own.

    Attributes:
        paths: Parquet files, each of whole windows, in the order of the text.
        scored: tokens of each window.
        documents: the windows at which documents begin, the first among them; empty where none are declared.
    """

    paths: tuple[Path, ...]
    scored: int
    documents: tuple[int, ...] = ()

    def units(self, sums: BlockSums) -> BlockSums:
        """Sums over windows as sums over documents; over windows where no documents are declared."""
        return sums.joined(self.documents) if self.documents else sums

    def batches(self, names: Sequence[str]) -> Iterator[BlockBatch]:
        """Some columns as float64, whole windows at a time: `samefn.statistics.block_sums.Blocked`.

        Raises:
            InputError: a file cannot be read.
        """
        for path in self.paths:
            lazy = scan_rows(path)
            try:
                own = set(lazy.collect_schema().names())
                read = {*(name for name in names if name in own), *(() if own.issuperset(names) else SOURCE_COLUMNS)}
                step = max(1, TOKEN_ROW_GROUP // self.scored) * self.scored
                for start in range(0, height(path), step):
                    frame = lazy.select(sorted(read)).slice(start, step).collect()
                    yield self._batch(frame, names)
            except (OSError, pl.exceptions.PolarsError) as error:
                raise InputError("SF472", f"cannot be read as Parquet ({error})", where=str(path)) from error

    def _batch(self, frame: pl.DataFrame, names: Sequence[str]) -> BlockBatch:
        columns: dict[str, Floats] = {name: frame[name].cast(pl.Float64).to_numpy() for name in frame.columns}
        if not columns.keys() >= set(names):
            columns |= columns_of_rows(columns)
        codes: NDArray[np.int64] = np.arange(frame.height) // self.scored
        return BlockBatch(codes, {name: columns[name] for name in names})
