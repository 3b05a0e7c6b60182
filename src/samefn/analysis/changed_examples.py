"""The inputs that changed, the most telling first."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from samefn.schema.report import ChangedExample
from samefn.statistics.shards import Shard, batches

SHOWN = 8
# What of the rows is needed here.
READ_COLUMNS = ("id", "label", "base_top", "top", "base_confidence", "confidence", "total_variation")


def changed_examples(
    rows: Mapping[str, Sequence[Shard]],
    candidates: Sequence[str],
    class_names: Sequence[str],
    picture: Callable[[str], str | None],
) -> list[ChangedExample]:
    """Up to eight inputs a candidate whose top class is not the base's, those that moved furthest first.

    Args:
        rows: of one evaluation set, by model, in parts.
        candidates: ids, in the order of the report.
        class_names: by class index.
        picture: a data URI for an example's id, or None.
    """
    return [
        ChangedExample(
            candidate=candidate,
            id=row["id"],
            label=None if row["label"] is None else class_names[row["label"]],
            base_top=class_names[row["base_top"]],
            top=class_names[row["top"]],
            base_confidence=row["base_confidence"],
            confidence=row["confidence"],
            image=picture(row["id"]),
        )
        for candidate in candidates
        for row in _most_telling(rows[candidate]).iter_rows(named=True)
    ]


def _most_telling(shards: Sequence[Shard]) -> pl.DataFrame:
    """Of one candidate's rows those whose prediction changed and that moved furthest, found batch by batch."""
    kept = pl.DataFrame()
    for shard in shards:
        for batch in batches(shard, READ_COLUMNS):
            changed = batch.filter(pl.col("top") != pl.col("base_top"))
            every = pl.concat([kept, changed]) if kept.height else changed
            kept = every.sort(["total_variation", "id"], descending=[True, False]).head(SHOWN)
    return kept
