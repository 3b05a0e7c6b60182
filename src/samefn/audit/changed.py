"""The inputs that changed, the most telling first."""

from collections.abc import Callable, Sequence

import polars as pl

from samefn.reports.contract import ChangedExample

SHOWN = 8


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
        moved = (
            rows.filter((pl.col("candidate") == candidate) & (pl.col("top") != pl.col("base_top")))
            .sort(["total_variation", "id"], descending=[True, False])
            .head(SHOWN)
        )
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
