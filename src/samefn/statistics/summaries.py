"""What the measures need of rows, as whole numbers that add up: shards give the same in any order and grouping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import combinations_with_replacement

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.calibration import BINS, EDGES
from samefn.measures.distances import ROUNDING
from samefn.measures.floored import ALL_MEASURES, FLOORED
from samefn.measures.measure import Measure
from samefn.measures.pairs import Floats
from samefn.measures.table import MEASURES
from samefn.statistics.exact_sums import exact_sum, exact_sums
from samefn.statistics.parts import count_parts, parts_table

COLUMNS = tuple(dict.fromkeys(name for measure in MEASURES.values() for name in measure.columns))
# Columns that rows have only where the step of probabilities is known.
OPTIONAL = tuple(measure.name for measure in FLOORED.values())

CLASSES = ("label", "base_top", "top")

# Columns of 0 and 1: how often each pattern of them occurs says all about them.
BINARY = tuple(
    name for name in COLUMNS if name in {"base_right", "right"} or (name in MEASURES and MEASURES[name].binary)
)
# Measures of other figures: their means, variances and skewness come from sums of products of up to three columns.
OF_FIGURES = tuple(m for m in ALL_MEASURES.values() if not m.of_columns and not set(m.columns) <= set(BINARY))
# Confidence is binned as the calibration error has it: what is right, and how sure it was.
BINNED = {"base_right": "base_confidence", "right": "confidence"}

LARGEST = 1e80  # no figure of float32 log-probabilities comes near it, and its cube has an exact sum


@dataclass(frozen=True)
class Summary:
    """Rows of one candidate against its base, summed up. All figures are whole numbers; merging adds them.

    Attributes:
        examples: how many rows.
        ids: sum of the ids' 64-bit hashes, equal for the same examples in any order (and the same version of Polars).
        beyond_rounding: rows whose probabilities differ by more than rounding, a total variation above `ROUNDING`.
        moved: rows on which more than half of the probability moved to other classes.
        missing: by column, rows without a figure.
        infinite: by measure of `OF_FIGURES`, rows where it is infinite; they are left out of its sums.
        patterns: how many rows have a pattern of `BINARY`; bit i of the key is the i-th.
        sums: by measure of `OF_FIGURES` and one to three of its columns, the sum of these columns' product in units of
            2^-1074, each column as its departure from what a model against itself has.
        gaps: by column of `BINNED` and bin, the sum of right less confidence in units of 2^-1074.
        parts: by slice, value, and what is counted of this part of the rows, as `parts_table` has them. The classes are
            the slice `class`: the label, or the base's prediction where there are no labels.
    """

    examples: int = 0
    ids: int = 0
    beyond_rounding: int = 0
    moved: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    infinite: Mapping[str, int] = field(default_factory=dict)
    patterns: Mapping[int, int] = field(default_factory=dict)
    sums: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    gaps: Mapping[tuple[str, int], int] = field(default_factory=dict)
    parts: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


def merged(summaries: Iterable[Summary]) -> Summary:
    """One summary of the rows of all, the same to the bit in any order and grouping.

    >>> merged([Summary(2, infinite={"kl": 2}), Summary(3, infinite={"kl": 1})]).infinite
    {'kl': 3}
    """
    totals = dict.fromkeys(("examples", "ids", "beyond_rounding", "moved"), 0)
    tables: dict[str, dict[object, int]] = {one.name: {} for one in fields(Summary) if one.name not in totals}
    for summary in summaries:
        for name in totals:
            totals[name] += getattr(summary, name)
        for name, table in tables.items():
            for key, number in getattr(summary, name).items():
                table[key] = table.get(key, 0) + number
    return Summary(**totals, **tables)  # type: ignore[arg-type]  # the fields' keys differ


def summarised(rows: pl.DataFrame, where: str = "rows") -> Summary:
    """Sum up rows.

    Args:
        rows: as `samefn.rows` gives them, in any order.
        where: what an error calls them.

    Returns:
        The summary; of no rows, that of nothing.

    Raises:
        InputError: a column is missing, or has figures for only some of the rows, or figures that no measure gives.
    """
    _require_columns(rows, where)
    if rows.is_empty():
        return Summary()
    there = (*COLUMNS, *(name for name in OPTIONAL if name in rows.columns and not rows[name].has_nulls()))
    columns = {name: values for name in there if (values := _column(rows, name, where)) is not None}
    apart = {name: _departure(columns, name) for name in columns}
    bits = {name: _bit(columns[name], name, where) for name in BINARY if name in columns}
    known = [measure for measure in ALL_MEASURES.values() if set(measure.columns) <= set(columns)]
    sums: dict[tuple[str, ...], int] = {}
    infinite: dict[str, int] = {}
    for measure in known:
        if measure in OF_FIGURES:
            infinite[measure.name], found = _sums(measure, [apart[name] for name in measure.columns])
            sums |= found
    return Summary(
        examples=rows.height,
        ids=_ids(rows),
        beyond_rounding=_above(columns, ROUNDING),
        moved=_above(columns, 0.5),
        missing={name: rows.height for name in (*COLUMNS, *OPTIONAL) if name not in columns},
        infinite=infinite,
        patterns=_counted(sum((bit << BINARY.index(name) for name, bit in bits.items()), np.zeros(rows.height, int))),
        sums=sums,
        gaps={
            (right, at): gap
            for right, sure in BINNED.items()
            if right in columns and sure in columns
            for at, gap in enumerate(_gaps(columns[right], columns[sure]))
        },
        parts=parts_table(count_parts(rows)),
    )


def products(columns: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Every choice of one to three columns, with repetition: the products whose sums are kept.

    >>> products(["x"])
    (('x',), ('x', 'x'), ('x', 'x', 'x'))
    """
    names = tuple(columns)
    return tuple(one for degree in (1, 2, 3) for one in combinations_with_replacement(names, degree))


def _sums(measure: Measure, apart: list[Floats]) -> tuple[int, dict[tuple[str, ...], int]]:
    """How many rows are infinite, and the sums over the others."""
    finite = np.logical_and.reduce([np.isfinite(values) for values in apart])
    infinite = len(finite) - int(np.count_nonzero(finite))
    of = {name: values[finite] if infinite else values for name, values in zip(measure.columns, apart, strict=True)}
    made: dict[tuple[str, ...], Floats] = {}
    for names in products(measure.columns):
        # Always multiplied in this order, so that a row's product has the same rounding wherever it is.
        made[names] = made[names[:-1]] * of[names[-1]] if len(names) > 1 else of[names[0]]
    return infinite, {(measure.name, *names): exact_sum(values) for names, values in made.items()}


def _departure(columns: Mapping[str, Floats], name: str) -> Floats:
    """A column, less what a model against itself has in it: variances of small changes then lose no digits."""
    if name in ALL_MEASURES:
        identical = ALL_MEASURES[name].identical
        return columns[name] - identical if identical else columns[name]
    return columns[name] if name.startswith("base_") else columns[name] - columns[f"base_{name}"]


def _above(columns: Mapping[str, Floats], bound: float) -> int:
    """On how many rows more probability than that moved; 0 without probabilities."""
    moved = columns.get("total_variation")
    return 0 if moved is None else int(np.count_nonzero(moved > bound))


def _gaps(right: Floats, confidence: Floats) -> tuple[int, ...]:
    bins = np.searchsorted(EDGES, confidence, side="left")
    return exact_sums(right - confidence, bins.astype(np.int64), BINS)


def _counted(keys: NDArray[np.integer]) -> dict[int, int]:
    found, counts = np.unique(keys, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _ids(rows: pl.DataFrame) -> int:
    hashes = rows["id"].hash().to_numpy()
    return int((hashes & 0xFFFFFFFF).sum()) + (int((hashes >> 32).sum()) << 32)


def _bit(values: Floats, name: str, where: str) -> NDArray[np.int64]:
    bits = values.astype(np.int64)
    if not ((values == 0) | (values == 1)).all():
        raise InputError("SF473", f"{name!r} holds figures other than 0 and 1", where=where)
    return bits


def _require_columns(rows: pl.DataFrame, where: str) -> None:
    for name in ("id", *CLASSES, *COLUMNS, *(name for name in OPTIONAL if name in rows.columns)):
        if name not in rows.columns:
            raise InputError(
                "SF465", f"the rows have no column {name!r}", where=where, fix="make them with samefn.rows"
            )
        dtype = rows.schema[name]
        fits = dtype.is_integer() if name in CLASSES else dtype.is_numeric() or dtype == pl.Boolean
        if name != "id" and not fits and dtype != pl.Null:
            raise InputError(
                "SF473", f"column {name!r} holds {dtype}", where=where, fix="make the rows with samefn.rows"
            )


def _column(rows: pl.DataFrame, name: str, where: str) -> Floats | None:
    """A column as numbers; None where all of it is missing."""
    if rows[name].null_count() == rows.height:
        return None
    values = rows[name].cast(pl.Float64).to_numpy()  # a null becomes NaN
    missing = int(np.count_nonzero(np.isnan(values)))
    if missing:
        raise InputError("SF465", f"{missing} of {rows.height} rows have no {name!r}", where=where)
    if float(values.min()) < -LARGEST or not (values[np.isfinite(values)] <= LARGEST).all():
        raise InputError(
            "SF473", f"{name!r} holds figures that no measure gives", where=where, fix="make the rows again"
        )
    return values
