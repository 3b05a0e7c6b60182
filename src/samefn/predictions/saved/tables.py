"""Saved predictions as tables, Parquet or CSV: a column of lists, a column a class, or a column of labels."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.temp_array import TempArray
from samefn.predictions.about import GROUP_NAMES
from samefn.predictions.chunks import CHUNK_CELLS
from samefn.predictions.saved.names import (
    CLASS_COLUMN,
    KNOWN_IDS,
    KNOWN_LABELS,
    KNOWN_PREDICTED,
    KNOWN_SCORES,
    POSSIBLE_LABELS,
    kind_by_name,
)
from samefn.predictions.saved.values import SavedPredictions, check_saved
from samefn.schema.methods import OutputKind

POLARS_DUPLICATE = "_duplicated_"
MAX_CELLS, MAX_ROWS, MAX_CSV = 1 << 32, 100_000_000, 1 << 32
FIRST_BYTES = 4096
MAX_DIGITS = 18  # of a class number
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class _Chosen:
    """Which columns hold the predictions.

    Attributes:
        columns: one of lists or labels, or one for each class in the order of the classes.
        returns: the kind that their name says.
        class_names: if the columns name the classes.
        notes: what the report says of the choice.
    """

    columns: tuple[str, ...]
    returns: OutputKind | None = None
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def saved_parquet(source: ModelSource) -> SavedPredictions:
    """Predictions in a Parquet file, read chunk by chunk.

    Raises:
        InputError: the file cannot be used, or it is unclear which columns hold the predictions.
    """
    path = Path(source.path)
    return read_table(source, "Parquet", lambda: pl.scan_parquet(path, glob=False, hive_partitioning=False))


def saved_csv(source: ModelSource) -> SavedPredictions:
    """Predictions in a CSV file with a header.

    Raises:
        InputError: the file cannot be used, or it is unclear which columns hold the predictions.
    """
    path = Path(source.path)

    def scan() -> pl.LazyFrame:
        if path.stat().st_size > MAX_CSV:
            raise InputError("SF429", f"has more than {MAX_CSV:,} bytes", where=source.path, fix="give Parquet or npy")
        with path.open("rb") as file:
            if b"\0" in file.read(FIRST_BYTES):
                raise InputError(
                    "SF424", "holds NUL bytes, like UTF-16 text", where=source.path, fix="save it as UTF-8"
                )
        # All lines decide the types: a column may begin with whole numbers and go on with others.
        frame = pl.read_csv(path, infer_schema_length=None, glob=False)
        # Polars renames the second of two columns with the same name.
        renamed = [name.partition(POLARS_DUPLICATE)[0] for name in frame.columns if POLARS_DUPLICATE in name]
        if duplicate := next((name for name in renamed if name in frame.columns), None):
            raise InputError("SF427", f"has two columns {duplicate!r}", where=source.path, fix="rename one")
        return frame.lazy()

    return read_table(source, "CSV", scan)


def read_table(source: ModelSource, form: str, scan: Callable[[], pl.LazyFrame]) -> SavedPredictions:
    """Predictions in a table.

    Args:
        source: the file.
        form: the name of its format, for errors.
        scan: opens it.

    Raises:
        InputError: the table cannot be read, or it is unclear which columns hold the predictions.
    """
    try:
        frame = _with_plain_numbers(scan())
        schema = frame.collect_schema()
        rows = int(frame.select(pl.len()).collect().item())
        chosen = _chosen(schema, source)
        if not 1 <= rows <= MAX_ROWS or rows * len(chosen.columns) > MAX_CELLS:
            raise InputError("SF429", f"has {rows:,} rows of predictions, not 1 to {MAX_ROWS:,}", where=source.path)
        values = _values(frame, schema, chosen.columns, rows, source.path)
        true_names = (*KNOWN_LABELS, *_other_true(schema))
        ids, true = (_other(frame, schema, names, chosen.columns, source.path) for names in (KNOWN_IDS, true_names))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeDecodeError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]  # the rest is for programmers
        raise InputError("SF424", f"cannot be read as {form} ({reason})", where=source.path) from error
    saved = check_saved(
        source.path, values, chosen.returns, ids, true, chosen.class_names, chosen.notes, _array_name(chosen)
    )
    others = {name: partial(_column, frame, name, source.path) for name in schema if name not in chosen.columns}
    return replace(saved, others=others)


def _with_plain_numbers(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Decimals, as databases export them, become whole or floating-point numbers, in lists too."""
    plain = {name: _plain(dtype) for name, dtype in frame.collect_schema().items()}
    return frame.cast({name: dtype for name, dtype in plain.items() if dtype is not None})


def _plain(dtype: pl.DataType) -> pl.DataType | None:
    """The type for decimals; None for other types."""
    if isinstance(dtype, pl.Decimal):
        return pl.Float64() if dtype.scale else pl.Int64()
    if isinstance(dtype, pl.List | pl.Array) and isinstance(dtype.inner, pl.Decimal):
        inner = _plain(dtype.inner)
        assert inner is not None  # noqa: S101  (it is of decimals)
        return pl.List(inner) if isinstance(dtype, pl.List) else pl.Array(inner, dtype.shape)
    return None


def _chosen(schema: pl.Schema, source: ModelSource) -> _Chosen:
    names, where = schema.names(), source.path
    if any(_NUMBER.fullmatch(name) and not name.isdecimal() for name in names):
        raise InputError(
            "SF427", "has no header: its first line holds numbers", where=where, fix="add a line of column names"
        )
    if source.output:
        return _of_output(names, source.output, where)
    groups = dict.fromkeys(match[1] for name in names if (match := CLASS_COLUMN.fullmatch(name)))
    single = [name for name in names if name in KNOWN_SCORES or name in KNOWN_PREDICTED]
    candidates = [*groups, *single]
    if len(candidates) > 1:
        raise InputError(
            "SF423",
            f"several columns may be the predictions: {', '.join(candidates)}"[:300],
            where=where,
            fix="set output to one",
        )
    if groups:
        return _of_group(names, candidates[0], where)
    if single:
        return _Chosen((single[0],), kind_by_name(single[0]))
    rest = tuple(name for name in names if name not in (*KNOWN_IDS, *KNOWN_LABELS, *_other_true(schema), *GROUP_NAMES))
    if len(rest) == 1:
        return _Chosen(rest)
    if len(rest) > 1 and all(schema[name].is_float() for name in rest):
        more = f" and {len(rest) - 3} more" if len(rest) > 3 else ""
        note = f"every column but ids and labels is taken for a class: {', '.join(rest[:3])}{more}"
        return _Chosen(rest, None, () if all(name.isdecimal() for name in rest) else rest, (note,))
    raise InputError(
        "SF420",
        f"has no column of predictions among {', '.join(names)}"[:300],
        where=where,
        fix="name it logits, log_probs, probabilities or answers, or name the columns of classes logit_0, logit_1, ...",
    )


def _other_true(schema: pl.Schema) -> tuple[str, ...]:
    return tuple(name for name in POSSIBLE_LABELS if name in schema and _may_be_true(schema[name]))


def _may_be_true(kind: pl.DataType) -> bool:
    return kind.is_integer() or kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum)


def _array_name(chosen: _Chosen) -> str:
    """The name of the predictions; empty if the columns are named after classes."""
    first = chosen.columns[0]
    return first if len(chosen.columns) == 1 or first[-1:].isdecimal() else ""


def _of_output(names: Sequence[str], output: str, where: str) -> _Chosen:
    if output in names:
        return _Chosen((output,), kind_by_name(output))
    if any(name.startswith((f"{output}_", f"{output}.")) or name.removeprefix(output).isdecimal() for name in names):
        return _of_group(names, output, where)
    raise InputError(
        "SF422",
        f"has no column {output!r}, nor columns that begin with it",
        where=where,
        fix=f"choose one of {', '.join(names)}"[:200],
    )


def _of_group(names: Sequence[str], prefix: str, where: str) -> _Chosen:
    """The columns with one prefix, in the order of their numbers; if they are names, in the order of the file."""
    pattern = re.compile(rf"{re.escape(prefix)}(?:[_.](.+)|(\d+))", re.DOTALL)
    classes = {match[1] or match[2]: name for name in names if (match := pattern.fullmatch(name))}
    if not all(name.isdecimal() for name in classes):
        return _Chosen(tuple(classes.values()), kind_by_name(prefix), tuple(classes))
    if any(len(name) > MAX_DIGITS for name in classes):
        raise InputError(
            "SF427",
            f"a column {prefix} has a number of more than {MAX_DIGITS} digits",
            where=where,
            fix="number the classes from 0",
        )
    numbers = sorted(classes, key=int)
    if [int(number) for number in numbers] != list(range(len(numbers))):
        raise InputError(
            "SF427",
            f"the {len(numbers)} columns {prefix} have numbers from {numbers[0]} to {numbers[-1]}",
            where=where,
            fix="number the classes from 0, without gaps",
        )
    return _Chosen(tuple(classes[number] for number in numbers), kind_by_name(prefix))


def _values(frame: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str], rows: int, where: str) -> NDArray[Any]:
    """The predictions as one array, filled chunk by chunk."""
    kinds = [schema[name] for name in columns]
    if len(columns) == 1 and not isinstance(kinds[0], pl.List | pl.Array):
        return _column(frame, columns[0], where)
    if len(columns) == 1:
        inner = kinds[0].inner  # type: ignore[attr-defined]
        if not inner.is_numeric():
            raise InputError("SF428", f"column {columns[0]} holds {kinds[0]}, not numbers", where=where)
        width = _width(frame, columns[0], where)
    else:
        width, inner = len(columns), pl.Float64() if any(kind.is_float() for kind in kinds) else kinds[0]
        if all(kind == pl.Float32 for kind in kinds):
            inner = pl.Float32()
        if other := next((name for name in columns if not schema[name].is_numeric()), None):
            raise InputError("SF428", f"column {other} holds {schema[other]}, not numbers", where=where)
    if rows * width > MAX_CELLS:
        raise InputError("SF429", f"has {rows:,} rows of {width:,} classes, which is too much", where=where)
    dtype = np.dtype(pl.Series([], dtype=inner).to_numpy().dtype)
    step = max(1, CHUNK_CELLS // width)
    with TempArray() as values:
        for start in range(0, rows, step):
            chunk = frame.select(columns).slice(start, step).collect()
            flat = chunk if len(columns) > 1 else chunk.to_series().explode()
            if dtype.kind != "f" and sum(flat.null_count().row(0) if len(columns) > 1 else [flat.null_count()]):  # type: ignore[union-attr]
                raise InputError("SF428", "a score is missing", where=where)
            values.write(np.asarray(flat.to_numpy(), dtype).reshape(-1, width))
        return values.array(dtype, (rows, width))


def _width(frame: pl.LazyFrame, column: str, where: str) -> int:
    """How many scores each list has."""
    sizes = pl.col(column).cast(pl.List(pl.Float64)).list.len()
    low, high, missing = frame.select(low=sizes.min(), high=sizes.max(), missing=sizes.null_count()).collect().row(0)
    if missing or low != high or not high:
        reason = f"{missing} are missing" if missing else f"they have {low} to {high} scores"
        raise InputError(
            "SF428", f"the lists in {column} differ: {reason}", where=where, fix="give every row all classes"
        )
    return int(high)


def _other(
    frame: pl.LazyFrame, schema: pl.Schema, names: Sequence[str], taken: Sequence[str], where: str
) -> NDArray[Any] | None:
    name = next((name for name in names if name in schema and name not in taken), None)
    return None if name is None else _column(frame, name, where)


def _column(frame: pl.LazyFrame, name: str, where: str) -> NDArray[Any]:
    """One column of numbers or names."""
    column = frame.select(name).collect().to_series()
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        raise InputError("SF428", f"column {name} has no value in row {row}", where=where)
    if column.dtype in {pl.String, pl.Categorical} or isinstance(column.dtype, pl.Enum):
        return np.array(column.cast(pl.String).to_list(), dtype=np.str_)
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise InputError("SF428", f"column {name} holds {column.dtype}, not numbers or names", where=where)
    return column.to_numpy()
