"""The inputs that changed, the most telling first."""

from collections.abc import Callable, Sequence

import polars as pl

from samefn.schema.report import ChangedExample

SHOWN = 8
# What of the rows is needed here.
CHANGED_COLUMNS = ("id", "label", "base_top", "top", "base_confidence", "confidence", "total_variation")


def changed_examples(
    rows: pl.DataFrame,
    candidates: Sequence[str],
    class_names: Sequence[str],
    picture: Callable[[str], str | None],
) -> list[ChangedExample]:
    """Up to eight inputs a candidate whose top class is not the base's, those that moved furthest first.

    Args:
        rows: of one evaluation set.
        candidates: ids, in the order of the report.
        class_names: by class index.
        picture: a data URI for an example's id, or None.
    """
    found = []
    for candidate in candidates:
        moved = most_telling(rows.filter(pl.col("candidate") == candidate))
        found += [
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
            for row in moved.iter_rows(named=True)
        ]
    return found


def most_telling(rows: pl.DataFrame) -> pl.DataFrame:
    """Of one candidate's rows the eight whose answer changed and that moved furthest, the furthest first."""
    changed = rows.filter(pl.col("top") != pl.col("base_top"))
    return changed.sort(["total_variation", "id"], descending=[True, False]).head(SHOWN)
