"""Rows in Parquet shards, more than memory holds: every measure with an interval, in one pass."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.statistics.intervals import Estimate, estimates
from samefn.statistics.summaries import CLASSES, COLUMNS, Summary, merged, summarised
from samefn.statistics.summary_intervals import summary_estimates

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
    examples = {candidate: sum(height(path) for path in paths) for candidate, paths in paths_of.items()}
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
        for start in range(0, height(path), BATCH):
            yield lazy.select(columns).slice(start, BATCH).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({error})", where=str(path)) from error


def height(path: Path) -> int:
    """How many rows a file holds, without reading them.

    Raises:
        InputError: the file is no Parquet.
    """
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as Parquet ({error})", where=str(path)) from error
