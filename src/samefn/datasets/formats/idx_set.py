"""A data set of four idx files, as MNIST and those made after it are published."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.datasets.formats.idx import idx_bytes, read_idx
from samefn.datasets.formats.splits import Split, Splits
from samefn.datasets.reference.download import Remote, download
from samefn.datasets.reference.find import find_placed
from samefn.datasets.reference.reference_data import Known, as_known, class_counts
from samefn.datasets.source import Source, file_md5


@dataclass(frozen=True)
class IdxFile:
    """One of the four files as published.

    Attributes:
        name: its name without `.gz`.
        rank: how many dimensions it has.
        gzip_md5: the MD5 of the gzip file as published; other gzip files can hold the same content.
        raw_md5: the MD5 of its content; none where that is not published.
    """

    name: str
    rank: int
    gzip_md5: str
    raw_md5: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names it goes by in people's folders."""
        dotted = self.name.replace("-idx", ".idx")
        return self.name, f"{self.name}.gz", dotted, f"{dotted}.gz"

    def remote(self, mirrors: Sequence[str]) -> Remote:
        """Where the gzip file can be had."""
        name = f"{self.name}.gz"
        return Remote(name, tuple(f"{mirror.rstrip('/')}/{name}" for mirror in mirrors), self.gzip_md5)


@dataclass(frozen=True)
class IdxSplit:
    """The two files of one split."""

    images: IdxFile
    labels: IdxFile


@dataclass(frozen=True)
class IdxSet:
    """A data set of four idx files.

    Attributes:
        known: what it is.
        train: the training files.
        test: the test files.
        subfolders: where in a user's folder they may lie, in this order.
        mirrors: addresses that hold the four gzip files, in this order.
        others: MD5s, of gzip files or of their content, by which another data set with equal file names is told.
        never_counts: training and test images of every class by which another one is told; none for no such rule.
    """

    known: Known
    train: IdxSplit
    test: IdxSplit
    subfolders: tuple[str, ...]
    mirrors: tuple[str, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    never_counts: tuple[tuple[int, ...], tuple[int, ...]] | None = None

    @property
    def files(self) -> tuple[IdxFile, ...]:
        """The four files."""
        return self.train.images, self.train.labels, self.test.images, self.test.labels


def find_idx_set(wanted: IdxSet, data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None) -> Source:
    """The four files in a user's folder, or downloaded; or the images there in another form.

    Args:
        wanted: the data set.
        data_dir: a folder that holds the files, plain or gzip; None to download them.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go: a download's. When decoding, a warning when the files are not the official ones.
        label: the label column of Parquet files; none for `label` or `fine_label`.

    Raises:
        InputError: a file missing; no mirror gave a file's published MD5. When decoding: damaged, or not this data
            set's shape.
    """
    known = wanted.known

    def official(folder: Path) -> Source | None:
        paths = _present(folder, wanted)
        return _source(wanted, paths) if paths else None

    if data_dir is not None:
        holds = f"{', '.join(file.name for file in wanted.files)}, plain or .gz"
        return find_placed(data_dir, known, wanted.subfolders, official, holds, label)
    folder = cache_dir / "downloads" / known.name
    return _source(wanted, {file: download(file.remote(wanted.mirrors), folder, emit) for file in wanted.files})


def _present(folder: Path, wanted: IdxSet) -> dict[IdxFile, Path] | None:
    """The files in a folder; all must lie there, lest two data sets be mixed."""
    found = {
        file: next((path for name in file.names if (path := folder / name).is_file()), None) for file in wanted.files
    }
    present = {file: path for file, path in found.items() if path is not None}
    if not present:
        return None
    if len(present) < len(found):
        missing = ", ".join(file.name for file in found if file not in present)
        raise InputError("SF2072", f"lacks {missing}, plain or .gz", where=str(folder), fix="the four belong together")
    return present


def _source(wanted: IdxSet, paths: Mapping[IdxFile, Path]) -> Source:
    return Source(wanted.known.name, tuple(paths.values()), lambda emit: _decode(wanted, paths, emit))


def _decode(wanted: IdxSet, paths: Mapping[IdxFile, Path], emit: Emit) -> Dataset:
    known, folder = wanted.known, paths[wanted.train.images].parent
    arrays = {file: read_idx(path, file.rank) for file, path in paths.items()}
    unofficial = [file.name for file in wanted.files if not _is_published(file, arrays[file], paths[file], wanted)]
    splits = Splits(
        _split(wanted.train, arrays, paths),
        _split(wanted.test, arrays, paths),
        class_names=None,
        verified=not unofficial,
        notes=(f"another MD5: {', '.join(unofficial)}",) if unofficial else (),
    )
    if (class_counts(splits.train, known), class_counts(splits.test, known)) == wanted.never_counts:
        raise InputError(
            "SF2073",
            f"every class has as many images as every other, which is not so in {known.title}",
            where=str(folder),
            fix="is it Fashion-MNIST or another data set whose files have the same names?",
        )
    return as_known(splits, known, "idx files", str(folder), emit)


def _is_published(file: IdxFile, array: NDArray[np.uint8], path: Path, wanted: IdxSet) -> bool:
    """Whether a file is as published.

    Raises:
        InputError: it is that of another data set.
    """
    sums = {hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest(), file_md5(path)}
    if strangers := sums & wanted.others.keys():
        other = wanted.others[strangers.pop()]
        raise InputError(
            "SF2074",
            f"is {other}'s file, not {wanted.known.title}'s of the same name",
            where=str(path),
            fix=f"name {other} as the data set, or another folder",
        )
    return bool(sums & {file.gzip_md5, file.raw_md5})


def _split(split: IdxSplit, arrays: Mapping[IdxFile, NDArray[np.uint8]], paths: Mapping[IdxFile, Path]) -> Split:
    pixels, labels = arrays[split.images], arrays[split.labels]
    if len(labels) != len(pixels):
        raise InputError(
            "SF2075",
            f"{len(labels)} labels for the {len(pixels)} images in {paths[split.images].name}",
            where=str(paths[split.labels]),
            fix="the two files must come from the same split",
        )
    return Split(pixels[:, None], labels.astype(np.int64))
