"""Changed predictions by class and by slice, counted."""

from collections.abc import Mapping
from typing import TypeAlias

import polars as pl

from samefn.predictions.about import CLASS

# What is counted of each part, and the column of rows that says it.
COUNTED = {"changed": "disagreement", "negative_flips": "negative_flips", "positive_flips": "positive_flips"}
# In front of a slice's name in the columns of rows, where the slice could have the name of another column.
SLICE = "slice:"

PartKey: TypeAlias = tuple[str, str]
"""A part of the examples: the slice, `class` for the classes, and its value. A class is its number as text."""


def count_parts(rows: pl.DataFrame, *also: str) -> pl.DataFrame:
    """Examples and changed predictions of each part.

    Args:
        rows: as `samefn.rows` gives them, with a column `slice:NAME` for each slice.
        also: columns by whose values the parts are divided further.

    Returns:
        The columns `by` and `value`, those of `also`, `examples`, and those of `COUNTED`, whole numbers; 0 where the
        rows have no labels.
    """
    label = "base_top" if rows["label"].null_count() else "label"
    slices = {CLASS: label} | {name.removeprefix(SLICE): name for name in rows.columns if name.startswith(SLICE)}
    counts = [pl.len().cast(pl.Int64).alias("examples")]
    counts += [pl.col(column).cast(pl.Int64).sum().alias(name) for name, column in COUNTED.items()]
    return pl.concat(
        rows.group_by(pl.col(column).cast(pl.String).alias("value"), *also)
        .agg(counts)
        .select(pl.lit(by).alias("by"), pl.all())
        for by, column in slices.items()
    )


def added_parts(parts: pl.DataFrame, *also: str) -> pl.DataFrame:
    """The counts of several batches, added up."""
    return parts.group_by("by", "value", *also).agg(pl.col("examples", *COUNTED).sum())


def parts_table(parts: pl.DataFrame) -> Mapping[tuple[str, str, str], int]:
    """The counts by slice, value, and what is counted: these add up over batches."""
    names = ("examples", *COUNTED)
    return {(row["by"], row["value"], name): row[name] for row in parts.iter_rows(named=True) for name in names}
