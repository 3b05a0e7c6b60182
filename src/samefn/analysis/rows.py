"""The rows of every model beside what it is compared with: made from predictions, and written one after another."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import polars as pl

from samefn.analysis.subject import Subject
from samefn.measures.rows import rows
from samefn.measures.stored_rows import scan_rows
from samefn.schema.report import ModelEntry
from samefn.statistics.shards import Shard

Rows: TypeAlias = Mapping[str, Mapping[str, Sequence[Shard]]]
"""By evaluation set, the first deciding, and model: its rows in parts, tables in memory or Parquet files.

Of one set all models have the same number of parts, with the same examples in the same order. The set `UNLABELLED` may
lack models.
"""
UNLABELLED = "unlabelled"
"""Name of the set of further inputs without labels, which count for the first answer of verdicts on the first set."""


def rows_of(subjects: Sequence[Subject]) -> dict[str, dict[str, list[Shard]]]:
    """The rows of all models but the base on every evaluation set, each set and model in one part."""
    by_id = {subject.id: subject for subject in subjects}
    return {
        name: {
            one.id: [rows(by_id[one.compared_with].trajectories[name].last, one.trajectories[name].last)]
            for one in subjects
            if one.compared_with is not None
        }
        for name in subjects[0].trajectories
    }


def compared_with(entry: ModelEntry, base: ModelEntry) -> str:
    """Id of the model that a model's rows compare it with: a replicate's parent, else the base."""
    return entry.parent or base.id if entry.role == "replicate" else base.id


def all_rows(entries: Sequence[ModelEntry], rows: Rows) -> pl.LazyFrame:
    """All rows, set after set and model after model, with the columns evaluation, base and candidate in front.

    Args:
        entries: the models, the base first.
        rows: those of every model but the base.
    """
    bases = {entry.id: compared_with(entry, entries[0]) for entry in entries[1:]}
    frames = [
        _lazy(parts).select(
            *(pl.lit(text).alias(name) for name, text in _named(evaluation, bases[model], model).items()), pl.all()
        )
        for evaluation, of_set in rows.items()
        for model, parts in of_set.items()
    ]
    return pl.concat(frames, how="diagonal") if frames else pl.LazyFrame()


def _named(evaluation: str, base: str, candidate: str) -> dict[str, str]:
    return {"evaluation": evaluation, "base": base, "candidate": candidate}


def _lazy(parts: Sequence[Shard]) -> pl.LazyFrame:
    # Parts stored by other versions may lack columns.
    return pl.concat(
        [part.lazy() if isinstance(part, pl.DataFrame) else scan_rows(part) for part in parts], how="diagonal"
    )
