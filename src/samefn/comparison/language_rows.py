"""Score models side by side, window by window; only rows are kept, a shard for every few windows."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.language_tails import with_common_tails
from samefn.core.canonical import Json, digest
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.runtimes.language import LanguageModel, Scored, Tokens, scored_part, true_tokens
from samefn.schema.report import Role
from samefn.spec.keys import TEXT_ROWS, TEXT_ROWS_ALGORITHM
from samefn.store.disk import write_atomically

SHARD = 8  # windows: what an interruption can cost
BLOCK, BASE_TRUE, TRUE = "block", "base_log_true", "log_true"
BOUNDED, ROUNDING = "bounded", "rounding"


@dataclass(frozen=True, eq=False)
class Speaker:
    """One model of a comparison.

    Attributes:
        id: unique in the comparison; a folder's name.
        name: for people.
        role: base, candidate or independent.
        model: what answers.
    """

    id: str
    name: str
    role: Role
    model: LanguageModel


@dataclass(frozen=True)
class Shards:
    """The rows of one model against the base.

    Attributes:
        paths: Parquet files, each of whole windows, in their order.
    """

    paths: tuple[Path, ...]


def scored_shards(base: Speaker, others: Sequence[Speaker], windows: Tokens, out: Path, emit: Emit) -> list[Shards]:
    """Rows of every other model against the base, made where they are not there already.

    Args:
        base: the base.
        others: candidates and independents.
        windows: [windows, length].
        out: the folder for a folder of shards a model. A shard of the same models, files and tokens is not made again.
        emit: told after each shard.

    Returns:
        The shards, in the order of `others`.

    Raises:
        InputError: a model cannot run.
        StorageError: a shard cannot be written.
    """
    of_base = base.model.facts()
    keys = {one.id: _key(of_base, one.model.facts(), windows) for one in others}
    paths: dict[str, list[Path]] = {one.id: [] for one in others}
    for start in range(0, len(windows), SHARD):
        stop = min(start + SHARD, len(windows))
        lacking = []
        for one in others:
            path = out / one.id / f"{start:06d}-{stop:06d}.{keys[one.id][:16]}.parquet"
            paths[one.id].append(path)
            if not _whole(path, _ids(start, stop, windows.shape[1])):
                lacking.append((one, path))
        if lacking:
            _score(base, lacking, windows, range(start, stop))
        emit(Event("progress", base.name, "windows", done=stop, total=len(windows)))
    for one in others:
        for stale in set((out / one.id).glob("*.parquet")) - set(paths[one.id]):
            stale.unlink()
    return [Shards(tuple(paths[one.id])) for one in others]


def columns_of(shards: Shards, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Columns of all rows, in the order of the text, as float64.

    Raises:
        InputError: a shard cannot be read.
    """
    try:
        frame = pl.concat([pl.read_parquet(path, columns=list(names)) for path in shards.paths])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({error})", where=str(shards.paths[0].parent)) from error
    return {name: frame[name].cast(pl.Float64).to_numpy() for name in names}


def require_same_tokens(base: Speaker, other: Speaker, windows: Tokens, found: Tokens) -> None:
    """Check that a model speaks the base's language.

    Raises:
        InputError: another vocabulary, other merges or settings of the tokenizer, or other tokens of the text.
    """
    here, there, where = base.model.dictionary, other.model.dictionary, other.name
    if here.size != there.size:
        raise InputError(f"knows {there.size:,} tokens, the base {here.size:,}: they cannot be compared", where=where)
    if here.parts and there.parts:
        for part, sha256 in here.parts.items():
            if there.parts.get(part) != sha256:
                raise InputError(
                    f"its tokenizer's {part} differ{'s' if part == 'vocabulary' else ''} from the base's",
                    where=where,
                    fix="compare models that share a tokenizer.json",
                )
    if windows.shape != found.shape:
        raise InputError(
            f"has {len(found)} windows of {found.shape[1]} tokens, the base {len(windows)} of {windows.shape[1]}",
            where=where,
            fix="give both the same text and the same n_ctx",
        )
    different = np.argwhere(windows != found)
    if len(different):
        window, place = different[0]
        raise InputError(
            f"token {place} of window {window} is {found[window, place]}, the base's {windows[window, place]}",
            where=where,
            fix="give both the same text",
        )


def _key(base: Mapping[str, Json], other: Mapping[str, Json], windows: Tokens) -> str:
    told: dict[str, Json] = {
        "algorithm": TEXT_ROWS_ALGORITHM,
        "base": base,
        "other": other,
        "tokens": hashlib.sha256(np.ascontiguousarray(windows, dtype="<i8").tobytes()).hexdigest(),
        "length": windows.shape[1],
    }
    return digest(TEXT_ROWS.of(told))


def _score(base: Speaker, others: Sequence[tuple[Speaker, Path]], windows: Tokens, places: range) -> None:
    """The rows of some windows; of each window one model's answers beside the base's are in memory."""
    frames: dict[str, list[pl.DataFrame]] = {one.id: [] for one, _ in others}
    for place in places:
        window = windows[place]
        of_base = base.model.scored(place, window)
        ids = np.array(_ids(place, place + 1, len(window)))
        for one, _ in others:
            frames[one.id].append(_rows(of_base, one.model.scored(place, window), window, ids, place))
    for one, path in others:
        buffer = io.BytesIO()
        pl.concat(frames[one.id]).write_parquet(buffer, compression="zstd")
        write_atomically(path, buffer.getvalue())


def _rows(base: Scored, other: Scored, window: Tokens, ids: NDArray[np.str_], place: int) -> pl.DataFrame:
    labels = true_tokens(window)
    of_base, of_other = with_common_tails(base, other)
    frame = rows(Predictions("base", of_base, ids, labels), Predictions("other", of_other, ids, labels))
    bounded = [
        np.take_along_axis(one.cut_off, labels[:, None], axis=1)[:, 0]
        for one in (base, other)
        if one.cut_off is not None
    ]
    rounding = [one.rounding for one in (base, other) if one.rounding is not None]
    return frame.with_columns(
        pl.lit(place, dtype=pl.Int64).alias(BLOCK),
        pl.Series(BASE_TRUE, base.true),
        pl.Series(TRUE, other.true),
        pl.Series(BOUNDED, np.any(bounded, axis=0) if bounded else np.zeros(len(ids), dtype=np.bool_)),
        pl.Series(ROUNDING, np.max(rounding, axis=0) if rounding else np.zeros(len(ids))),
    )


def _ids(start: int, stop: int, length: int) -> list[str]:
    """Names of the scored tokens: number of the window and place of the token in it."""
    part = scored_part(length)
    return [f"{place:06d}:{at + 1:06d}" for place in range(start, stop) for at in range(part.start, part.stop)]


def _whole(path: Path, ids: list[str]) -> bool:
    """Whether a shard is there with all its rows."""
    if not path.is_file():
        return False
    try:
        return pl.read_parquet(path)["id"].to_list() == ids
    except (OSError, pl.exceptions.PolarsError):
        return False
