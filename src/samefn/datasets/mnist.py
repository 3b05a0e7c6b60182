"""MNIST from its four idx files: in a folder of the user's, or downloaded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.download import Remote, download
from samefn.datasets.idx import idx_bytes, read_idx
from samefn.datasets.images import Dataset, Images, numbered_ids

SIDE, CLASSES = 28, 10
# Where a folder of data may hold the files: itself, or as samefn and torchvision lay them out.
SUBFOLDERS = ("", "mnist", "MNIST/raw")
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


@dataclass(frozen=True)
class IdxFile:
    """One of the four files as published.

    Attributes:
        name: its name without `.gz`.
        rank: how many dimensions it has.
        gzip_md5: the MD5 of the gzip file as published; other gzip files can hold the same content.
        raw_md5: the MD5 of its content.
    """

    name: str
    rank: int
    gzip_md5: str
    raw_md5: str

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


TRAIN = IdxSplit(
    IdxFile("train-images-idx3-ubyte", 3, "f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
    IdxFile("train-labels-idx1-ubyte", 1, "d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
)
TEST = IdxSplit(
    IdxFile("t10k-images-idx3-ubyte", 3, "9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
    IdxFile("t10k-labels-idx1-ubyte", 1, "ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
)


def load_mnist(
    data_dir: Path | None,
    cache_dir: Path,
    emit: Emit,
    *,
    mirrors: Sequence[str] = MIRRORS,
    train: IdxSplit = TRAIN,
    test: IdxSplit = TEST,
) -> Dataset:
    """MNIST: 28 by 28 grey images of ten digits.

    Args:
        data_dir: a folder that holds the four files, plain or gzip; None to download them.
        cache_dir: downloads are kept in its `downloads/mnist`.
        emit: where events go: a download's, and a warning when the files are not the official ones.
        mirrors: addresses that hold the four gzip files, tried in this order.
        train: the training files as published.
        test: the test files as published.

    Raises:
        InputError: a file missing, damaged or not MNIST's shape; no mirror gave a file's published MD5.
    """
    files = (train.images, train.labels, test.images, test.labels)
    if data_dir is not None:
        paths = _found(data_dir, files)
    else:
        folder = cache_dir / "downloads" / "mnist"
        paths = {file: download(file.remote(mirrors), folder, emit) for file in files}
    train_images, other = _split("train", train, paths)
    test_images, also_other = _split("test", test, paths)
    source = "the official MNIST files"
    if names := ", ".join(other + also_other):
        source = f"idx files that are not the official MNIST files (another MD5: {names})"
        emit(Event("warning", "mnist", f"read {source}, in {paths[train.images].parent}"))
    return Dataset("mnist", tuple(str(digit) for digit in range(CLASSES)), train_images, test_images, source)


def _found(data_dir: Path, files: Sequence[IdxFile]) -> dict[IdxFile, Path]:
    """The files, in the first subfolder that holds any; all must lie there, lest two data sets be mixed."""
    wanted = ", ".join(file.name for file in files)
    try:
        if not data_dir.is_dir():
            raise InputError("there is no such folder", where=str(data_dir), fix=f"it should hold {wanted}")
        for folder in (data_dir / name for name in SUBFOLDERS):
            found = {
                file: next((folder / name for name in file.names if (folder / name).is_file()), None) for file in files
            }
            present = {file: path for file, path in found.items() if path is not None}
            if len(present) == len(files):
                return present
            if present:
                missing = ", ".join(file.name for file in files if file not in present)
                raise InputError(f"lacks {missing}, plain or .gz", where=str(folder), fix="the four belong together")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", where=str(data_dir)) from error
    raise InputError(
        f"holds none of MNIST's files ({wanted}; plain or .gz; here, in mnist or in MNIST/raw)",
        where=str(data_dir),
        fix="name their folder, or none to download them",
    )


def _split(name: str, split: IdxSplit, paths: dict[IdxFile, Path]) -> tuple[Images, list[str]]:
    """One split, and the names of its files that are not the official ones."""
    arrays = [read_idx(paths[file], file.rank) for file in (split.images, split.labels)]
    pixels, labels = arrays
    if pixels.shape[1:] != (SIDE, SIDE):
        size = f"{pixels.shape[1]}x{pixels.shape[2]}"
        raise InputError(f"images of {size} pixels, not {SIDE}x{SIDE}", where=str(paths[split.images]))
    if len(labels) != len(pixels):
        raise InputError(
            f"{len(labels)} labels for the {len(pixels)} images in {paths[split.images].name}",
            where=str(paths[split.labels]),
            fix="the two files must come from the same split",
        )
    if labels.max() >= CLASSES:
        place = int(labels.argmax())
        raise InputError(
            f"label {labels[place]} at place {place}, outside 0..{CLASSES - 1}",
            where=str(paths[split.labels]),
        )
    other = [
        file.name
        for file, array in zip((split.images, split.labels), arrays, strict=True)
        if hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest() != file.raw_md5
    ]
    return Images(pixels[:, None], labels.astype(np.int64), numbered_ids(name, len(pixels))), other
