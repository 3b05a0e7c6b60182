"""Saved predictions as tables: Parquet and CSV, a column of lists or a column a class, or a column of answers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.temp_array import TempArray
from samefn.predictions.chunks import CELLS
from samefn.predictions.saved.names import ANSWERS, COLUMN, IDS, OTHER_TRUE, SCORES, TRUE, said_by
from samefn.predictions.saved.values import SavedPredictions, saved_predictions
from samefn.schema.methods import OutputKind

TWICE = "_duplicated_"
MAX_CELLS, MAX_ROWS, MAX_CSV = 1 << 32, 100_000_000, 1 << 32
HEAD = 4096
DIGITS = 18  # of a class's number
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class _Chosen:
    """Which columns hold the predictions.

    Attributes:
        columns: one of lists or answers, or one a class in the order of the classes.
        returns: what their name says they are.
        class_names: where the columns name the classes.
        notes: what there is to say of the choice.
    """

    columns: tuple[str, ...]
    returns: OutputKind | None = None
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def saved_parquet(source: ModelSource) -> SavedPredictions:
    """Predictions in a Parquet file, read piece by piece.

    Raises:
        InputError: the file cannot be used, or which columns hold the predictions is in doubt.
    """
    path = Path(source.path)
    return read_table(source, "Parquet", lambda: pl.scan_parquet(path, glob=False, hive_partitioning=False))


def saved_csv(source: ModelSource) -> SavedPredictions:
    """Predictions in a CSV file with a line of names.

    Raises:
        InputError: the file cannot be used, or which columns hold the predictions is in doubt.
    """
    path = Path(source.path)

    def scan() -> pl.LazyFrame:
        if path.stat().st_size > MAX_CSV:
            raise InputError("SF4068", f"has more than {MAX_CSV:,} bytes", where=source.path, fix="give Parquet or npy")
        with path.open("rb") as file:
            if b"\0" in file.read(HEAD):
                raise InputError(
                    "SF4069", "holds NUL bytes, as UTF-16 text does", where=source.path, fix="save it as UTF-8"
                )
        # All lines decide the types: a column that begins with whole numbers may go on otherwise.
        frame = pl.read_csv(path, infer_schema_length=None, glob=False)
        # polars gives the second of two columns with one name another name.
        twice = [name.partition(TWICE)[0] for name in frame.columns if TWICE in name]
        if found := next((name for name in twice if name in frame.columns), None):
            raise InputError("SF4070", f"has two columns {found!r}", where=source.path)
        return frame.lazy()

    return read_table(source, "CSV", scan)


def read_table(source: ModelSource, form: str, scan: Callable[[], pl.LazyFrame]) -> SavedPredictions:
    """Predictions in a table.

    Args:
        source: the file.
        form: what errors call its form.
        scan: opens it.

    Raises:
        InputError: the table cannot be read, or which columns hold the predictions is in doubt.
    """
    try:
        frame = _with_plain_numbers(scan())
        schema = frame.collect_schema()
        rows = int(frame.select(pl.len()).collect().item())
        chosen = _chosen(schema, source)
        if not 1 <= rows <= MAX_ROWS or rows * len(chosen.columns) > MAX_CELLS:
            raise InputError("SF4071", f"has {rows:,} rows of predictions, not 1 to {MAX_ROWS:,}", where=source.path)
        values = _values(frame, schema, chosen.columns, rows, source.path)
        true_names = (*TRUE, *_other_true(schema))
        ids, true = (_other(frame, schema, names, chosen.columns, source.path) for names in (IDS, true_names))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeDecodeError) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0][:200]  # below stands advice for programmers
        raise InputError("SF4072", f"cannot be read as {form} ({said})", where=source.path) from error
    return saved_predictions(
        source.path, values, chosen.returns, ids, true, chosen.class_names, chosen.notes, _array_name(chosen)
    )


def _with_plain_numbers(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Decimals, as databases export them, as whole or floating-point numbers, in lists too."""
    plain = {name: _plain(dtype) for name, dtype in frame.collect_schema().items()}
    return frame.cast({name: dtype for name, dtype in plain.items() if dtype is not None})


def _plain(dtype: pl.DataType) -> pl.DataType | None:
    """What decimals are read as; None for what is none."""
    if isinstance(dtype, pl.Decimal):
        return pl.Float64() if dtype.scale else pl.Int64()
    if isinstance(dtype, pl.List | pl.Array) and isinstance(dtype.inner, pl.Decimal):
        inner = _plain(dtype.inner)
        assert inner is not None  # noqa: S101  (it is of decimals)
        return pl.List(inner) if isinstance(dtype, pl.List) else pl.Array(inner, dtype.shape)
    return None


def _chosen(schema: pl.Schema, source: ModelSource) -> _Chosen:
    names, where = schema.names(), source.path
    if any(NUMBER.fullmatch(name) and not name.isdecimal() for name in names):
        raise InputError("SF4073", "has no line of column names: its first line is numbers", where=where, fix="add one")
    if source.output:
        return _asked_for(names, source.output, where)
    groups = dict.fromkeys(match[1] for name in names if (match := COLUMN.fullmatch(name)))
    single = [name for name in names if name in SCORES or name in ANSWERS]
    found = [*groups, *single]
    if len(found) > 1:
        raise InputError(
            "SF4074", f"may hold its predictions in {' or '.join(found)}", where=where, fix="say which with `output`"
        )
    if groups:
        return _of_group(names, found[0], where)
    if single:
        return _Chosen((single[0],), said_by(single[0]))
    rest = tuple(name for name in names if name not in (*IDS, *TRUE, *_other_true(schema)))
    if len(rest) == 1:
        return _Chosen(rest)
    if len(rest) > 1 and all(schema[name].is_float() for name in rest):
        more = f" and {len(rest) - 3} more" if len(rest) > 3 else ""
        said = f"every column but ids and labels is taken for a class: {', '.join(rest[:3])}{more}"
        return _Chosen(rest, None, () if all(name.isdecimal() for name in rest) else rest, (said,))
    raise InputError(
        "SF4075",
        f"has no column of predictions among {', '.join(names)}"[:300],
        where=where,
        fix="call it logits, log_probs, probabilities or answers, or a column a class logit_0, logit_1, ...",
    )


def _other_true(schema: pl.Schema) -> tuple[str, ...]:
    return tuple(name for name in OTHER_TRUE if name in schema and _may_be_true(schema[name]))


def _may_be_true(kind: pl.DataType) -> bool:
    return kind.is_integer() or kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum)


def _array_name(chosen: _Chosen) -> str:
    """What the predictions are called; names of classes say nothing of what they are."""
    first = chosen.columns[0]
    return first if len(chosen.columns) == 1 or first[-1:].isdecimal() else ""


def _asked_for(names: Sequence[str], output: str, where: str) -> _Chosen:
    if output in names:
        return _Chosen((output,), said_by(output))
    if any(name.startswith((f"{output}_", f"{output}.")) or name.removeprefix(output).isdecimal() for name in names):
        return _of_group(names, output, where)
    raise InputError(
        "SF4076",
        f"has no column {output!r}, and none that begins with it",
        where=where,
        fix=f"it has {', '.join(names)}"[:200],
    )


def _of_group(names: Sequence[str], prefix: str, where: str) -> _Chosen:
    """The columns of one prefix, in the order of their numbers or, where they are names, of the file."""
    pattern = re.compile(rf"{re.escape(prefix)}(?:[_.](.+)|(\d+))", re.DOTALL)
    classes = {match[1] or match[2]: name for name in names if (match := pattern.fullmatch(name))}
    if not all(name.isdecimal() for name in classes):
        return _Chosen(tuple(classes.values()), said_by(prefix), tuple(classes))
    if any(len(name) > DIGITS for name in classes):
        raise InputError(
            "SF4077",
            f"a column {prefix} has a number of more than {DIGITS} digits",
            where=where,
            fix="number the classes from 0",
        )
    numbers = sorted(classes, key=int)
    if [int(number) for number in numbers] != list(range(len(numbers))):
        raise InputError(
            "SF4078",
            f"columns {prefix} number {numbers[0]} to {numbers[-1]}, {len(numbers)} of them",
            where=where,
            fix="number the classes from 0, without gaps",
        )
    return _Chosen(tuple(classes[number] for number in numbers), said_by(prefix))


def _values(frame: pl.LazyFrame, schema: pl.Schema, columns: Sequence[str], rows: int, where: str) -> NDArray[Any]:
    """The predictions as one array, filled piece by piece."""
    kinds = [schema[name] for name in columns]
    if len(columns) == 1 and not isinstance(kinds[0], pl.List | pl.Array):
        return _column(frame, columns[0], where)
    if len(columns) == 1:
        inner = kinds[0].inner  # type: ignore[attr-defined]
        if not inner.is_numeric():
            raise InputError("SF4079", f"column {columns[0]} holds {kinds[0]}, no numbers", where=where)
        width = _width(frame, columns[0], where)
    else:
        width, inner = len(columns), pl.Float64() if any(kind.is_float() for kind in kinds) else kinds[0]
        if all(kind == pl.Float32 for kind in kinds):
            inner = pl.Float32()
        if strange := next((name for name in columns if not schema[name].is_numeric()), None):
            raise InputError("SF4080", f"column {strange} holds {schema[strange]}, no numbers", where=where)
    if rows * width > MAX_CELLS:
        raise InputError("SF4081", f"has {rows:,} rows of {width:,} classes: more than is read here", where=where)
    dtype = np.dtype(pl.Series([], dtype=inner).to_numpy().dtype)
    step = max(1, CELLS // width)
    with TempArray() as values:
        for start in range(0, rows, step):
            piece = frame.select(columns).slice(start, step).collect()
            flat = piece if len(columns) > 1 else piece.to_series().explode()
            if dtype.kind != "f" and sum(flat.null_count().row(0) if len(columns) > 1 else [flat.null_count()]):  # type: ignore[union-attr]
                raise InputError("SF4082", "a score is missing", where=where)
            values.write(np.asarray(flat.to_numpy(), dtype).reshape(-1, width))
        return values.array(dtype, (rows, width))


def _width(frame: pl.LazyFrame, column: str, where: str) -> int:
    """How many scores every list has."""
    sizes = pl.col(column).cast(pl.List(pl.Float64)).list.len()
    low, high, missing = frame.select(low=sizes.min(), high=sizes.max(), missing=sizes.null_count()).collect().row(0)
    if missing or low != high or not high:
        said = f"{missing} are missing" if missing else f"they have {low} to {high} scores"
        raise InputError(
            "SF4083", f"the lists in {column} are not alike: {said}", where=where, fix="give every row all classes"
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
        place = int(column.is_null().arg_max() or 0)
        raise InputError("SF4084", f"column {name} has no value in row {place}", where=where)
    if column.dtype in {pl.String, pl.Categorical} or isinstance(column.dtype, pl.Enum):
        return np.array(column.cast(pl.String).to_list(), dtype=np.str_)
    if not column.dtype.is_numeric():
        raise InputError("SF4085", f"column {name} holds {column.dtype}, neither numbers nor names", where=where)
    return column.to_numpy()
