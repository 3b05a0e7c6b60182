"""Decode the images and labels of Parquet files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.formats.decoded_images import DecodedImages, decode_images, require_same_shape
from samefn.datasets.formats.parquet.columns import (
    LABEL_COLUMNS,
    Columns,
    common_columns,
    damaged_parquet,
    no_label_column,
)
from samefn.datasets.formats.parquet.find import ParquetFiles, missing_shards
from samefn.datasets.formats.splits import Split, Splits, checked_labels, count_notes
from samefn.predictions.about import column_values, group_name, require_columns

MAX_IMAGE_BYTES, MAX_SPLIT_BYTES = 1 << 26, 1 << 32
# Rows read at a time: memory holds these encoded images, not all of them.
ROWS_AT_A_TIME = 2000


def read_parquet_splits(files: ParquetFiles, labels: Sequence[str], name: str, emit: Emit) -> Splits:
    """Decode both splits, in the files' order.

    Args:
        files: from `find_parquet`.
        labels: names of columns that may hold the labels; the first one in the files is used.
        name: of the data set, for events.
        emit: where events go.

    Raises:
        InputError: not Parquet, damaged, no image or label column, an image that is missing or cannot be used.
    """
    columns = common_columns((*files.train, *files.test), labels)
    if columns.label is None:
        raise no_label_column(files.train[0], labels, columns.others)
    notes: Counter[str] = Counter()
    train, train_labels = _read(files.train, columns, name, emit, notes)
    test, test_labels = _read(files.test, columns, name, emit, notes)
    require_same_shape(train, test)
    names = _class_names(columns, [train_labels, test_labels])
    return Splits(
        Split(train.pixels, _numbers(train_labels, names, columns, len(train.pixels), str(files.train[0].parent))),
        Split(test.pixels, _numbers(test_labels, names, columns, len(test.pixels), str(files.test[0].parent))),
        names,
        (*files.notes, *count_notes(notes)),
    )


@dataclass(frozen=True, eq=False)
class ParquetImages:
    """The images of some Parquet files, whatever split they are.

    Attributes:
        pixels: uint8 [images, channels, height, width].
        labels: int64 [images]; None where there is no label column.
        class_names: of the labels; None where the files give none.
        notes: how the images were stored.
        groups: the column of groups; None where there is none.
        slices: the columns of slices, by name.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...] | None
    notes: tuple[str, ...]
    groups: NDArray[Any] | None = None
    slices: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def read_parquet_images(
    files: Sequence[Path],
    label: str | None,
    name: str,
    emit: Emit,
    groups: str | None = None,
    slices: Sequence[str] = (),
) -> ParquetImages:
    """Decode the images of some files, in their order; labels are not required.

    Args:
        files: one file, or shards.
        label: the label column; None for `label` or `fine_label` where there is one.
        name: of the data set, for events.
        emit: where events go.
        groups: the column of groups; None for `group` or `groups` where there is one.
        slices: the columns of slices.

    Raises:
        InputError: as `read_parquet_splits`; a column that is named and not there.
    """
    columns = common_columns(files, LABEL_COLUMNS if label is None else (label,))
    if label is not None and columns.label is None:
        raise no_label_column(files[0], (label,), columns.others)
    group = group_name(groups, columns.others)
    require_columns([*([group] if group else []), *slices], columns.others, str(files[0]))
    counts: Counter[str] = Counter()
    images, labels = _read(files, columns, name, emit, counts)
    missing = missing_shards("chosen files", files)
    notes = (*([missing] if missing else ()), *count_notes(counts))
    frame = pl.scan_parquet(list(files), glob=False, hive_partitioning=False)
    of_groups = column_values(frame, group, str(files[0])) if group else None
    by_slice = {one: column_values(frame, one, str(files[0])) for one in slices}
    if columns.label is None:
        return ParquetImages(images.pixels, None, None, notes, of_groups, by_slice)
    names = _class_names(columns, [labels])
    numbers = _numbers(labels, names, columns, len(images.pixels), str(files[0].parent))
    return ParquetImages(images.pixels, numbers, names, notes, of_groups, by_slice)


def _class_names(columns: Columns, labels: Sequence[pl.Series]) -> tuple[str, ...] | None:
    """The classes' names: those in the files, or the labels where they are names."""
    if columns.class_names is None and columns.text:
        return tuple(sorted({str(label) for column in labels for label in column.unique()}))
    return columns.class_names


def _numbers(
    labels: pl.Series, names: tuple[str, ...] | None, columns: Columns, images: int, where: str
) -> NDArray[np.int64]:
    numbers = labels
    if columns.text and names is not None:
        numbers = labels.replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    return checked_labels(numbers.to_numpy().astype(np.int64), images, where)


def _read(
    files: Sequence[Path], columns: Columns, name: str, emit: Emit, notes: Counter[str]
) -> tuple[DecodedImages, pl.Series]:
    labels: list[pl.Series] = []
    try:
        scans = [pl.scan_parquet(path, glob=False, hive_partitioning=False) for path in files]
        counts = [scan.select(pl.len()).collect().item() for scan in scans]
        encoded = _encoded(files, scans, counts, columns, labels)
        images = decode_images(encoded, sum(counts), name, emit)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise damaged_parquet(files[0].parent, error) from error
    notes.update(images.notes)
    return images, pl.concat(labels)


def _encoded(
    files: Sequence[Path],
    scans: Sequence[pl.LazyFrame],
    counts: Sequence[int],
    columns: Columns,
    labels: list[pl.Series],
) -> Iterator[tuple[str, bytes]]:
    """Every image in order; its labels are appended to the list."""
    image = pl.col(columns.image)
    image = image.struct.field("bytes") if columns.nested else image
    label = pl.lit(0) if columns.label is None else pl.col(columns.label)
    label = label.cast(pl.String if columns.text else pl.Int64)
    allowed = MAX_SPLIT_BYTES
    for path, scan, count in zip(files, scans, counts, strict=True):
        for start in range(0, count, ROWS_AT_A_TIME):
            frame = scan.slice(start, ROWS_AT_A_TIME).select(image.alias("image"), label.alias("label")).collect()
            sizes = frame["image"].bin.size()
            allowed -= int(sizes.sum())
            if frame["image"].null_count() or frame["label"].null_count():
                raise InputError(
                    "SF243",
                    f"an image or a label is missing among the rows from {start}",
                    where=str(path),
                    fix="store the images in the file itself; paths to other files are not followed",
                )
            if allowed < 0 or sizes.max() > MAX_IMAGE_BYTES:  # type: ignore[operator]
                raise InputError(
                    "SF241",
                    f"an image has more than {MAX_IMAGE_BYTES} bytes, or a split more than {MAX_SPLIT_BYTES}",
                    where=str(path),
                )
            labels.append(frame["label"])
            for i, content in enumerate(frame["image"], start):
                yield f"{path}, row {i}", content
