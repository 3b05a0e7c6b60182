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
from samefn.datasets.reference.find_in_folder import find_in_folder
from samefn.datasets.reference.reference_data import ReferenceData, as_reference_dataset, class_counts
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
        """The names that copies of this file have."""
        dotted = self.name.replace("-idx", ".idx")
        return self.name, f"{self.name}.gz", dotted, f"{dotted}.gz"

    def remote(self, mirrors: Sequence[str]) -> Remote:
        """The gzip file to download."""
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
        reference: what is published about it.
        train: the training files.
        test: the test files.
        subfolders: where in a user's folder to look for them, in this order.
        mirrors: addresses that hold the four gzip files, in this order.
        others: the MD5s of another data set's files with the same names (gzip or content), with its title.
        never_counts: numbers of training and test images of every class that only another data set has; or None.
    """

    reference: ReferenceData
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


def find_idx_set(idx_set: IdxSet, data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None) -> Source:
    """The four files in a user's folder, or downloaded; or the images there in another format.

    Args:
        idx_set: the data set.
        data_dir: a folder that holds the files, plain or gzip; None to download them.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go: of the download. When decoding, a warning when the files are not the official ones.
        label: the label column of Parquet files; None for `label` or `fine_label`.

    Raises:
        InputError: a file is missing; no mirror sent a file with the published MD5. When decoding: damaged, or not this
            data set's shape.
    """
    reference = idx_set.reference

    def official(folder: Path) -> Source | None:
        paths = _present(folder, idx_set)
        return _source(idx_set, paths) if paths else None

    if data_dir is not None:
        official_files = f"{', '.join(file.name for file in idx_set.files)}, plain or .gz"
        return find_in_folder(data_dir, reference, idx_set.subfolders, official, official_files, label)
    folder = cache_dir / "downloads" / reference.name
    return _source(idx_set, {file: download(file.remote(idx_set.mirrors), folder, emit) for file in idx_set.files})


def _present(folder: Path, idx_set: IdxSet) -> dict[IdxFile, Path] | None:
    """The four files in a folder, or None; some without the others are refused, so that no two data sets are mixed."""
    paths: dict[IdxFile, Path] = {}
    for file in idx_set.files:
        copies = [path for name in file.names if (path := folder / name).is_file()]
        if copies:
            paths[file] = copies[0]
    if not paths:
        return None
    if missing := ", ".join(file.name for file in idx_set.files if file not in paths):
        raise InputError(
            "SF212", f"lacks {missing}, plain or .gz", where=str(folder), fix="put all four files into one folder"
        )
    return paths


def _source(idx_set: IdxSet, paths: Mapping[IdxFile, Path]) -> Source:
    return Source(idx_set.reference.name, tuple(paths.values()), lambda emit: _decode(idx_set, paths, emit))


def _decode(idx_set: IdxSet, paths: Mapping[IdxFile, Path], emit: Emit) -> Dataset:
    reference, folder = idx_set.reference, paths[idx_set.train.images].parent
    arrays = {file: read_idx(path, file.rank) for file, path in paths.items()}
    unofficial = [file.name for file in idx_set.files if not _is_published(file, arrays[file], paths[file], idx_set)]
    splits = Splits(
        _split(idx_set.train, arrays, paths),
        _split(idx_set.test, arrays, paths),
        class_names=None,
        verified=not unofficial,
        notes=(f"another MD5: {', '.join(unofficial)}",) if unofficial else (),
    )
    if (class_counts(splits.train, reference), class_counts(splits.test, reference)) == idx_set.never_counts:
        raise InputError(
            "SF213",
            f"every class has the same number of images; in {reference.title} the numbers differ",
            where=str(folder),
            fix="check whether it is Fashion-MNIST or another data set whose files have the same names",
        )
    return as_reference_dataset(splits, reference, "idx files", str(folder), emit)


def _is_published(file: IdxFile, array: NDArray[np.uint8], path: Path, idx_set: IdxSet) -> bool:
    """Whether a file is as published.

    Raises:
        InputError: it is that of another data set.
    """
    hashes = {hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest(), file_md5(path)}
    if foreign := hashes & idx_set.others.keys():
        other = idx_set.others[foreign.pop()]
        raise InputError(
            "SF213",
            f"is a file of {other}, not of {idx_set.reference.title}; their files have the same names",
            where=str(path),
            fix=f"name {other} as the data set, or another folder",
        )
    return bool(hashes & {file.gzip_md5, file.raw_md5})


def _split(split: IdxSplit, arrays: Mapping[IdxFile, NDArray[np.uint8]], paths: Mapping[IdxFile, Path]) -> Split:
    pixels, labels = arrays[split.images], arrays[split.labels]
    if len(labels) != len(pixels):
        raise InputError(
            "SF223",
            f"{len(labels)} labels for the {len(pixels)} images in {paths[split.images].name}",
            where=str(paths[split.labels]),
            fix="the two files must come from the same split",
        )
    return Split(pixels[:, None], labels.astype(np.int64))
