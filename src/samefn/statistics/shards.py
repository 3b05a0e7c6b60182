"""Rows in parts, tables in memory or Parquet files: every measure with an interval, in one pass."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import polars as pl

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.measures.stored_rows import scan_rows
from samefn.predictions.about import GROUP, GROUP_NAME, ID
from samefn.schema.base import Compared
from samefn.schema.report import MeasureEntry
from samefn.statistics.intervals import estimates, require_same_examples
from samefn.statistics.parts import SLICE
from samefn.statistics.summaries import CLASSES, COLUMNS, OPTIONAL, Summary, merged, summarised

Shard: TypeAlias = pl.DataFrame | Path
"""Some rows: a table, or the Parquet file that holds it."""

BATCH = 2**17  # rows held at a time: some 20 MiB
NAMED = ("evaluation", "base", "candidate")  # columns that tell comparisons apart, where rows have them
READ = (*NAMED, "id", *CLASSES, *COLUMNS, *OPTIONAL)


def summarise(
    rows: Mapping[str, pl.DataFrame | Sequence[pl.DataFrame | str | Path]],
    confidence: float = 0.95,
    emit: Emit = silent,
) -> list[MeasureEntry]:
    """Every measure of every candidate, with intervals, from its rows, in any order and in any number of parts.

    The order of the parts, of the rows in them and how rows are divided among them do not change a bit of the result.
    Of rows in files a batch is in memory at a time.

    Args:
        rows: for each candidate's id its rows as `samefn.rows` gives them: a table, or tables and Parquet files that
            each hold some of them.
        confidence: the share of repetitions in which an interval covers the truth, above 0 and below 1.
        emit: receives an event for each part.

    Returns:
        The entries, candidate after candidate, each in the order of the measures' table.

    Raises:
        InputError: a file that is no Parquet or not of rows, a part given twice, rows of several comparisons under
            one candidate, candidates about other examples, no examples, missing figures, a confidence out of range. An
            example that stands in two different parts is not found: that would take all ids in memory.
    """
    found = {candidate: summary(shards_of(parts, candidate), candidate, emit) for candidate, parts in rows.items()}
    require_same_examples(found)
    return [entry for candidate, one in found.items() for entry in estimates(one, Compared(candidate), confidence)]


def shards_of(parts: pl.DataFrame | Sequence[pl.DataFrame | str | Path], where: str) -> list[Shard]:
    """What a caller gave as parts of rows: one table, or tables and paths.

    Raises:
        InputError: one path in place of a list.
    """
    if isinstance(parts, pl.DataFrame):
        return [parts]
    if isinstance(parts, str | Path):
        raise InputError("SF470", "one path in place of a list", where=where, fix=f"give [{str(parts)!r}]")
    return [part if isinstance(part, pl.DataFrame) else Path(part) for part in parts]


def summary(
    shards: Sequence[Shard], candidate: str = "rows", emit: Emit = silent, about: pl.DataFrame | None = None
) -> Summary:
    """The summary of the rows of one candidate, read batch by batch.

    Args:
        shards: its rows.
        candidate: what events and errors call them.
        emit: receives an event for each shard.
        about: the table of groups and slices; None without any.

    Returns:
        The summary, the same to the bit in any order and grouping of the rows.

    Raises:
        InputError: as `summarise`.
    """
    found, names = Summary(), set[tuple[str, ...]]()
    seen: dict[tuple[int, int], str] = {}
    for done, shard in enumerate(shards, start=1):
        where = _named(shard, candidate, done)
        of_shard = Summary()
        for batch in batches(shard, READ, about):
            named = [name for name in NAMED if name in batch.columns]
            names.update(batch.select(named).unique().rows() if named else [])
            of_shard = merged([of_shard, summarised(batch, where)])
        key = of_shard.examples, of_shard.ids
        if of_shard.examples and key in seen:
            raise InputError(
                "SF471", f"holds the same examples as {seen[key]}", where=where, fix="give each shard once"
            )
        seen[key] = where
        if len(names) > 1:
            raise InputError(
                "SF475",
                f"holds rows of several comparisons, such as {' and '.join(sorted(map(str, names))[:2])}",
                where=where,
                fix="write the rows of each candidate and evaluation set into shards of their own",
            )
        found = merged([found, of_shard])
        emit(Event("progress", candidate, Path(where).name, done=done, total=len(shards)))
    return found


def batches(shard: Shard, wanted: Sequence[str] = READ, about: pl.DataFrame | None = None) -> Iterator[pl.DataFrame]:
    """The rows, in pieces; of the wanted columns those that there are.

    Args:
        shard: the rows.
        wanted: names of columns; `id` among them, where there is a table to join.
        about: the table of groups and slices, as `about_examples` makes it. A row then has its example's `group`, where
            there are groups, and a column `slice:NAME` for each slice.

    Raises:
        InputError: the file is no Parquet, or an example is not in the table.
    """
    try:
        lazy = shard.lazy() if isinstance(shard, pl.DataFrame) else scan_rows(shard)
        present = set(lazy.collect_schema().names())
        columns = [name for name in wanted if name in present]
        for start in range(0, height(shard), BATCH):
            batch = lazy.select(columns).slice(start, BATCH).collect()
            yield batch if about is None else with_about(batch, about, str(shard) if isinstance(shard, Path) else "")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("SF472", f"cannot be read as Parquet ({error})", where=str(shard)) from error


def with_about(batch: pl.DataFrame, about: pl.DataFrame, where: str) -> pl.DataFrame:
    """Rows with the groups and slices of their examples, in the same order.

    Raises:
        InputError: an example is not in the table.
    """
    about = about.drop(GROUP_NAME, strict=False)
    named = about.rename({name: f"{SLICE}{name}" for name in about.columns if name not in (ID, GROUP)})
    joined = batch.join(named, on=ID, how="left", maintain_order="left")
    if (lost := joined[named.columns[-1]].null_count()) and batch.height:
        raise InputError("SF476", f"{lost} of {batch.height} examples have no group or slice", where=where)
    return joined


def height(shard: Shard) -> int:
    """How many rows a shard holds, without reading them.

    Raises:
        InputError: the file is no Parquet.
    """
    if isinstance(shard, pl.DataFrame):
        return shard.height
    try:
        return int(pl.scan_parquet(shard, glob=False).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("SF472", f"cannot be read as Parquet ({error})", where=str(shard)) from error


def _named(shard: Shard, candidate: str, number: int) -> str:
    """What an error calls a shard."""
    return str(shard) if isinstance(shard, Path) else f"{candidate}, part {number}"
