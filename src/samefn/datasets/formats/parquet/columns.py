"""The columns of Parquet files: which one holds the images and which one the labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.core.plain_files import require_file

IMAGE_COLUMNS, LABEL_COLUMNS = ("img", "image"), ("label", "fine_label")
MAX_ROWS = 10_000_000


@dataclass(frozen=True)
class Columns:
    """The columns of a file.

    Attributes:
        image: the image column.
        nested: whether it is a struct with a field `bytes`, not bytes.
        label: the label column; None where there is none.
        text: whether labels are class names, not numbers.
        class_names: by label, where the file gives them.
        others: all columns but the images.
    """

    image: str
    nested: bool
    label: str | None
    text: bool
    class_names: tuple[str, ...] | None
    others: tuple[str, ...] = field(compare=False)


def common_columns(files: Sequence[Path], labels: Sequence[str]) -> Columns:
    """The columns of all files.

    Raises:
        InputError: files whose columns or class names differ.
    """
    columns = [_columns(path, labels) for path in files]
    for path, its_columns in zip(files, columns, strict=True):
        if its_columns != columns[0]:
            raise InputError("SF255", f"has other columns or class names than {files[0].name}", where=str(path))
    return columns[0]


def _columns(path: Path, labels: Sequence[str]) -> Columns:
    require_file(path)
    try:
        schema = pl.read_parquet_schema(path)
        rows = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
        metadata = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise damaged_parquet(path, error) from error
    if not 1 <= rows <= MAX_ROWS:
        raise InputError("SF251", f"{rows} rows, not 1 to {MAX_ROWS}", where=str(path))
    images = {column: dtype for column, dtype in schema.items() if _holds_images(dtype)}
    image = next((column for column in IMAGE_COLUMNS if column in images), None)
    if image is None and len(images) == 1:
        image = next(iter(images))
    if image is None:
        raise InputError(
            "SF254",
            f"no image column among {', '.join(schema)}",
            where=str(path),
            fix=f"name it {' or '.join(IMAGE_COLUMNS)}; it holds encoded images as bytes or as struct(bytes, path)",
        )
    label = next((column for column in labels if column in schema), None)
    others = tuple(column for column in schema if column != image)
    nested = isinstance(images[image], pl.Struct)
    if label is None:
        return Columns(image, nested, None, False, None, others)
    dtype = schema[label]
    text = dtype in {pl.String, pl.Categorical}
    integers = dtype.is_integer() or (isinstance(dtype, pl.Decimal) and not dtype.scale)
    if not (text or integers):
        raise InputError("SF208", f"labels in {label!r} are {dtype}, neither whole numbers nor names", where=str(path))
    names = None if text else _hub_class_names(metadata.get("huggingface"), label)
    return Columns(image, nested, label, text, names, others)


def _holds_images(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.Struct):
        return any(field.name == "bytes" and field.dtype == pl.Binary for field in dtype.fields)
    return dtype == pl.Binary


def _hub_class_names(metadata: str | None, label: str) -> tuple[str, ...] | None:
    """The names that the Hub's library writes beside the data; None when it wrote none."""
    try:
        names = json.loads(metadata or "")["info"]["features"][label]["names"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else None


def no_label_column(path: Path, labels: Sequence[str], others: Sequence[str]) -> InputError:
    """The error for files without one of these label columns; names a similar column."""
    fix = f"name the label column: {suggest(labels[0], others)}" if others else "it has no other columns"
    return InputError("SF208", f"has no label column {' or '.join(labels)}", where=str(path), fix=fix)


def damaged_parquet(path: Path, error: BaseException) -> InputError:
    """The error for a file that Polars cannot read."""
    return InputError(
        "SF203", f"cannot be read as Parquet ({str(error)[:200]})", where=str(path), fix="get the file again"
    )
