"""Rows in Parquet shards, more than memory holds: every measure with an interval, in one pass."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.verdict.intervals import Estimate, estimates
from samefn.verdict.paired import merged_pairs, paired
from samefn.verdict.scale import Scale, scale_of
from samefn.verdict.summary import CLASSES, COLUMNS, Summary, merged, summarised
from samefn.verdict.summary_intervals import summary_estimates

BATCH = 2**17  # rows held at a time: some 20 MiB
IN_MEMORY = 20_000  # up to as many rows a candidate, the bootstrap itself is taken
NAMED = ("evaluation", "base", "candidate")  # columns that tell comparisons apart, where rows have them
READ = (*NAMED, "id", *CLASSES, *COLUMNS)


def summarise(
    shards: Mapping[str, Sequence[str | Path]],
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    emit: Emit = silent,
) -> list[Estimate]:
    """Every measure of every candidate, with intervals, from shards of its rows in any order and grouping.

    The order of the shards, of the rows in them and how rows are divided among them do not change a bit of the answer.
    Up to 20,000 rows it is that of `estimates` over the rows in the order of their ids, above that of
    `summary_estimates`, in memory that holds a batch of rows and not all of them.

    Args:
        shards: for each candidate's id the Parquet files of its rows, as `samefn.rows` gives them.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.
        resamples: how many bootstrap resamples.
        seed: of the resampling.
        emit: told after each shard how many are done.

    Returns:
        The estimates, candidate after candidate, each in the order of the measures' table.

    Raises:
        InputError: a file that is no Parquet or not of rows, a shard given twice, rows of several comparisons under
            one candidate, candidates about other examples, or what `estimates` refuses. An example that stands in two
            different shards is not found: that would take all ids in memory.
    """
    paths_of = {candidate: _paths(candidate, paths) for candidate, paths in shards.items()}
    examples = {candidate: sum(_height(path) for path in paths) for candidate, paths in paths_of.items()}
    if max(examples.values(), default=0) > IN_MEMORY:
        found = {candidate: summary(paths, candidate, emit) for candidate, paths in paths_of.items()}
        return summary_estimates(found, confidence, resamples, seed)
    for candidate, paths in paths_of.items():
        summary(paths, candidate, emit)  # for what it refuses
    frames = {candidate: _whole(paths) for candidate, paths in paths_of.items()}
    return estimates(frames, confidence, resamples, seed)


def _paths(candidate: str, paths: Sequence[str | Path]) -> list[Path]:
    if isinstance(paths, str | Path):
        raise InputError("one path in place of a list", where=candidate, fix=f"give [{str(paths)!r}]")
    return [Path(path) for path in paths]


def summary(paths: Sequence[Path], candidate: str = "rows", emit: Emit = silent) -> Summary:
    """The summary of the rows of one candidate, read batch by batch.

    Args:
        paths: Parquet files.
        candidate: what events and errors call them.
        emit: told after each file.

    Returns:
        The summary, the same to the bit in any order and grouping of the rows.

    Raises:
        InputError: as `summarise`.
    """
    found, names = Summary(), set[tuple[str, ...]]()
    seen: dict[tuple[int, int], Path] = {}
    for done, path in enumerate(paths, start=1):
        of_shard = Summary()
        for batch in batches(path):
            named = [name for name in NAMED if name in batch.columns]
            names.update(batch.select(named).unique().rows() if named else [])
            of_shard = merged([of_shard, summarised(batch, str(path))])
        key = of_shard.examples, of_shard.ids
        if of_shard.examples and key in seen:
            raise InputError(f"holds the same examples as {seen[key]}", where=str(path), fix="give each shard once")
        seen[key] = path
        if len(names) > 1:
            raise InputError(
                f"holds rows of several comparisons, such as {' and '.join(sorted(map(str, names))[:2])}",
                where=str(path),
                fix="write the rows of each candidate and evaluation set into shards of their own",
            )
        found = merged([found, of_shard])
        emit(Event("progress", candidate, path.name, done=done, total=len(paths)))
    return found


def scale_shards(
    measure: str,
    candidate: Sequence[Path],
    replicate: Sequence[Path],
    strangers: Sequence[Sequence[Path]],
    confidence: float = 0.95,
) -> Scale:
    """The scale of a candidate by one distance, from shards, read batch by batch.

    Args:
        measure: name of the distance: a column of the rows.
        candidate: shards of the candidate's rows.
        replicate: of those of the base measured again; none to take its noise for 0.
        strangers: of those of each independently trained model, at least one.
        confidence: of the interval, above 0 and below 1.

    Returns:
        The scale, the same to the bit in any order and grouping of the shards.

    Raises:
        InputError: as `summarise`; shards that do not hold the same examples in the same order for every model; no
            strangers.
    """
    models = [candidate, *([replicate] if replicate else []), *strangers]
    if not strangers or len({len(paths) for paths in models}) > 1 or not candidate:
        raise InputError(
            f"{len(strangers)} strangers, and shards in numbers {[len(paths) for paths in models]}",
            where="scale",
            fix="give one stranger or more, and for every model the same shards in the same order",
        )
    parts = None
    for paths in zip(*models, strict=True):
        if len({_height(path) for path in paths}) > 1:
            raise _unlike(paths)
        for side_by_side in zip(*(batches(path, ("id", measure)) for path in paths), strict=True):
            first = side_by_side[0]
            if any(measure not in one.columns or not one["id"].equals(first["id"]) for one in side_by_side):
                raise _unlike(paths)
            columns = [one[measure].cast(pl.Float64).to_numpy() for one in side_by_side]
            c, f, *d = columns if replicate else [columns[0], np.zeros(first.height), *columns[1:]]
            part = paired(c, f, np.stack(d))
            parts = part if parts is None else merged_pairs([parts, part])
    if parts is None:
        raise InputError("the shards hold no rows", where="scale")
    return scale_of(parts.moments(), parts.examples, parts.mean_floor, confidence)


def _unlike(paths: Sequence[Path]) -> InputError:
    return InputError(
        "the models' rows are about other examples, in another order, or without the distance",
        where=", ".join(map(str, paths)),
        fix="write the shards of all models with the same examples in the same order",
    )


def _whole(paths: Sequence[Path]) -> pl.DataFrame:
    """All rows, in an order of their own: by id."""
    found = [batch.drop(NAMED, strict=False) for path in paths for batch in batches(path)]
    return pl.concat(found, how="diagonal_relaxed").sort("id", *COLUMNS) if found else pl.DataFrame()


def batches(path: Path, wanted: Sequence[str] = READ) -> Iterator[pl.DataFrame]:
    """The rows, in pieces; of the wanted columns those that there are.

    Raises:
        InputError: the file is no Parquet.
    """
    try:
        lazy = pl.scan_parquet(path, glob=False)
        present = set(lazy.collect_schema().names())
        columns = [name for name in wanted if name in present]
        for start in range(0, _height(path), BATCH):
            yield lazy.select(columns).slice(start, BATCH).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({error})", where=str(path)) from error


def _height(path: Path) -> int:
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({error})", where=str(path)) from error
