"""Parquet files with an image column, as the Hugging Face Hub lays them out: one file a split, or shards."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.naming import suggest
from samefn.core.plain_files import require_file
from samefn.datasets.formats.pictures import Pictures, check_alike, decode_pictures
from samefn.datasets.formats.splits import TEST_NAMES, Split, SplitFiles, Splits, as_labels, counted, second_split

MAGIC = b"PAR1"
IMAGE_COLUMNS, LABEL_COLUMNS = ("img", "image"), ("label", "fine_label")
MAX_ROWS, MAX_IMAGE_BYTES, MAX_SPLIT_BYTES = 10_000_000, 1 << 26, 1 << 32
# Rows decoded at a time: memory holds a batch of encoded images, not all of them.
BATCH = 2000
NAMED = re.compile(rf"(train|{'|'.join(TEST_NAMES)})(?:[-_.].*)?\.parquet")
SHARD = re.compile(r".*-(\d{5})-of-(\d{5})\.parquet")


def find_parquet(folder: Path) -> SplitFiles | None:
    """The Parquet files of a folder by split: `train*.parquet` beside `test*.parquet`, or a folder for each.

    A file says its split and its place by its name, as `train-00000-of-00002.parquet`.

    Raises:
        InputError: Parquet files, but not of two splits.
    """
    by_split: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        if match := NAMED.fullmatch(path.name):
            by_split.setdefault(match[1], []).append(path)
    if not by_split:
        for name in ("train", *TEST_NAMES):
            if files := sorted((folder / name).glob("*.parquet")):
                by_split[name] = files
    test = second_split(list(by_split))
    if not by_split or "train" not in by_split or test is None:
        if by_split or any(folder.glob("*.parquet")):
            raise InputError(
                "SF2093",
                "holds Parquet files, but not of two splits",
                where=str(folder),
                fix="name them train*.parquet and test*.parquet",
            )
        return None
    notes = [note for name in ("train", test) if (note := _missing(name, by_split[name]))]
    if test != "test":
        notes.append(f"its {test} split is the test split here")
    return SplitFiles(tuple(by_split["train"]), tuple(by_split[test]), tuple(notes))


def read_parquet(files: SplitFiles, labels: Sequence[str], name: str, emit: Emit) -> Splits:
    """Decode both splits, in the files' order.

    Args:
        files: what `find_parquet` found.
        labels: names of columns that may hold the labels; the first that is there does.
        name: what the events are of.
        emit: where events go.

    Raises:
        InputError: not Parquet, damaged, no image or label column, an image that is missing or cannot be used.
    """
    columns = _alike((*files.train, *files.test), labels)
    if columns.label is None:
        raise _unlabelled(files.train[0], labels, columns.others)
    notes: Counter[str] = Counter()
    raw = {split: _read(getattr(files, split), columns, name, emit, notes) for split in ("train", "test")}
    check_alike(raw["train"][0], raw["test"][0])
    names = _names(columns, [column for _, column in raw.values()])
    arrays = {}
    for split, (pictures, column) in raw.items():
        where = str(getattr(files, split)[0].parent)
        arrays[split] = Split(pictures.pixels, _numbered(column, names, columns, len(pictures.pixels), where))
    return Splits(arrays["train"], arrays["test"], names, (*files.notes, *counted(notes)))


@dataclass(frozen=True, eq=False)
class Part:
    """The images of some Parquet files, whatever split they are.

    Attributes:
        pixels: uint8 [images, channels, height, width].
        labels: int64 [images]; None where there is no label column.
        class_names: of the labels; None where the files give none.
        notes: what there is to say of how the images were stored.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...] | None
    notes: tuple[str, ...]


def read_parquet_part(files: Sequence[Path], label: str | None, name: str, emit: Emit) -> Part:
    """Decode files of one kind, in their order; they need no labels.

    Args:
        files: one file, or shards.
        label: the label column; none for `label` or `fine_label` where there is one.
        name: what the events are of.
        emit: where events go.

    Raises:
        InputError: as `read_parquet`; a label column that is named and not there.
    """
    columns = _alike(files, LABEL_COLUMNS if label is None else (label,))
    if label is not None and columns.label is None:
        raise _unlabelled(files[0], (label,), columns.others)
    notes: Counter[str] = Counter()
    pictures, column = _read(files, columns, name, emit, notes)
    missing = _missing("chosen", files)
    said = (*([missing] if missing else ()), *counted(notes))
    if columns.label is None:
        return Part(pictures.pixels, None, None, said)
    names = _names(columns, [column])
    return Part(
        pictures.pixels, _numbered(column, names, columns, len(pictures.pixels), str(files[0].parent)), names, said
    )


def _alike(files: Sequence[Path], labels: Sequence[str]) -> "_Columns":
    """The columns of all files.

    Raises:
        InputError: files whose columns or class names differ.
    """
    columns = [_columns(path, labels) for path in files]
    for path, found in zip(files, columns, strict=True):
        if found != columns[0]:
            raise InputError("SF2094", f"other columns or class names than {files[0].name}", where=str(path))
    return columns[0]


def _names(columns: "_Columns", labels: Sequence[pl.Series]) -> tuple[str, ...] | None:
    """The classes' names: those in the files, or the labels where they are names."""
    if columns.class_names is None and columns.text:
        return tuple(sorted({str(label) for column in labels for label in column.unique()}))
    return columns.class_names


def _numbered(
    labels: pl.Series, names: tuple[str, ...] | None, columns: "_Columns", images: int, where: str
) -> NDArray[np.int64]:
    numbers = labels
    if columns.text and names is not None:
        numbers = labels.replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    return as_labels(numbers.to_numpy().astype(np.int64), images, where)


def _unlabelled(path: Path, labels: Sequence[str], others: Sequence[str]) -> InputError:
    fix = f"name it: {suggest(labels[0], others)}" if others else "it has no other columns"
    return InputError("SF2095", f"no label column {' or '.join(labels)}", where=str(path), fix=fix)


@dataclass(frozen=True)
class _Columns:
    """Where a file keeps what.

    Attributes:
        image: the image column.
        nested: whether it is a struct with a field `bytes`, not bytes.
        label: the label column; None where there is none.
        text: whether labels are class names, not numbers.
        class_names: names of the numbers, when the file gives them.
        others: all columns but the images.
    """

    image: str
    nested: bool
    label: str | None
    text: bool
    class_names: tuple[str, ...] | None
    others: tuple[str, ...] = field(compare=False)


def _missing(name: str, files: Sequence[Path]) -> str:
    """What to say when shards are not all there; empty when they are, or are not numbered."""
    shards = [match for path in files if (match := SHARD.fullmatch(path.name))]
    there, of = {int(match[1]) for match in shards}, {int(match[2]) for match in shards}
    if len(shards) != len(files) or len(of) != 1 or there == set(range(*of)):
        return ""
    return f"{len(there)} of the {of.pop()} files that the names of the {name} files speak of".replace("  ", " ")


def _columns(path: Path, labels: Sequence[str]) -> _Columns:
    require_file(path)
    try:
        schema = pl.read_parquet_schema(path)
        rows = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item()
        metadata = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _damaged(path, error) from error
    if not 1 <= rows <= MAX_ROWS:
        raise InputError("SF2096", f"{rows} rows, not 1 to {MAX_ROWS}", where=str(path))
    images = {column: dtype for column, dtype in schema.items() if _holds_images(dtype)}
    image = next((column for column in IMAGE_COLUMNS if column in images), None)
    if image is None and len(images) == 1:
        image = next(iter(images))
    if image is None:
        raise InputError(
            "SF2097",
            f"no image column among {', '.join(schema)}",
            where=str(path),
            fix=f"one named {' or '.join(IMAGE_COLUMNS)} should hold encoded images as bytes or as struct(bytes, path)",
        )
    label = next((column for column in labels if column in schema), None)
    others = tuple(column for column in schema if column != image)
    nested = isinstance(images[image], pl.Struct)
    if label is None:
        return _Columns(image, nested, None, False, None, others)
    dtype = schema[label]
    text = dtype in {pl.String, pl.Categorical}
    whole = dtype.is_integer() or (isinstance(dtype, pl.Decimal) and not dtype.scale)
    if not (text or whole):
        raise InputError("SF2098", f"labels in {label!r} are {dtype}, neither whole numbers nor names", where=str(path))
    names = None if text else _class_names(metadata.get("huggingface"), label)
    return _Columns(image, nested, label, text, names, others)


def _holds_images(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.Struct):
        return any(field.name == "bytes" and field.dtype == pl.Binary for field in dtype.fields)
    return dtype == pl.Binary


def _class_names(metadata: str | None, label: str) -> tuple[str, ...] | None:
    """The names that the Hub's library writes beside the data; none when it wrote none."""
    try:
        names = json.loads(metadata or "")["info"]["features"][label]["names"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else None


def _read(
    files: Sequence[Path], columns: _Columns, name: str, emit: Emit, notes: Counter[str]
) -> tuple[Pictures, pl.Series]:
    labels: list[pl.Series] = []
    try:
        scans = [pl.scan_parquet(path, glob=False, hive_partitioning=False) for path in files]
        counts = [scan.select(pl.len()).collect().item() for scan in scans]
        encoded = _encoded(files, scans, counts, columns, labels)
        pictures = decode_pictures(encoded, sum(counts), name, emit)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise _damaged(files[0].parent, error) from error
    notes.update(pictures.notes)
    return pictures, pl.concat(labels)


def _encoded(
    files: Sequence[Path],
    scans: Sequence[pl.LazyFrame],
    counts: Sequence[int],
    columns: _Columns,
    labels: list[pl.Series],
) -> Iterator[tuple[str, bytes]]:
    """Every image in order; the labels are put into the list on the way."""
    image = pl.col(columns.image)
    image = image.struct.field("bytes") if columns.nested else image
    label = pl.lit(0) if columns.label is None else pl.col(columns.label)
    label = label.cast(pl.String if columns.text else pl.Int64)
    left = MAX_SPLIT_BYTES
    for path, scan, count in zip(files, scans, counts, strict=True):
        for start in range(0, count, BATCH):
            frame = scan.slice(start, BATCH).select(image.alias("image"), label.alias("label")).collect()
            sizes = frame["image"].bin.size()
            left -= int(sizes.sum())
            if frame["image"].null_count() or frame["label"].null_count():
                raise InputError(
                    "SF2099",
                    f"an image or a label is missing among the rows from {start}",
                    where=str(path),
                    fix="images must lie in the file itself; a path to elsewhere is not followed",
                )
            if left < 0 or sizes.max() > MAX_IMAGE_BYTES:  # type: ignore[operator]
                raise InputError("SF2100", "images larger than any that are used here", where=str(path))
            labels.append(frame["label"])
            for i, content in enumerate(frame["image"], start):
                yield f"{path}, row {i}", content


def _damaged(path: Path, error: BaseException) -> InputError:
    return InputError(
        "SF2101", f"cannot be read as Parquet ({str(error)[:200]})", where=str(path), fix="get the file again"
    )
