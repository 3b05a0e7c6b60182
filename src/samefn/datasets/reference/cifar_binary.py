"""The binary distribution of CIFAR: records of labels and pixels, in an archive or unpacked."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.plain_files import read_file
from samefn.datasets.formats.archives import ArchiveLimits, read_members
from samefn.datasets.formats.splits import Split, Splits
from samefn.datasets.reference.download import Remote
from samefn.datasets.source import file_md5

CIFAR_SHAPE = (3, 32, 32)
IMAGE_BYTES = 3 * 32 * 32
# Twice what the official archives hold.
CIFAR_LIMITS = ArchiveLimits(members=100, member=1 << 28, total=1 << 29)


@dataclass(frozen=True)
class BinaryFiles:
    """How a binary distribution is laid out.

    Attributes:
        archive: the archive as published.
        folder: the folder in it.
        train: names and MD5s of the files of training images, in order.
        test: the same of test images. The archive's MD5 is official; the MD5s of its files are from other sources.
        names: the file that lists the classes.
        labels: bytes of labels before each image; the last of them is the one that counts.
    """

    archive: Remote
    folder: str
    train: Mapping[str, str]
    test: Mapping[str, str]
    names: str
    labels: int

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files of images."""
        return (*self.train, *self.test)


def find_binary(folder: Path, layout: BinaryFiles) -> tuple[Path, ...] | None:
    """The archive in a folder, or its files; None when the folder holds neither.

    Raises:
        InputError: some of the files are there and others not.
    """
    if (archive := folder / layout.archive.name).is_file():
        return (archive,)
    for parent in (folder / layout.folder, folder):
        present = [path for name in layout.files if (path := parent / name).is_file()]
        if len(present) == len(layout.files):
            names = parent / layout.names
            return (*present, names) if names.is_file() else tuple(present)
        if present:
            missing = ", ".join(name for name in layout.files if not (parent / name).is_file())
            raise InputError(
                "SF212", f"lacks {missing}", where=str(parent), fix="put all files of the data set into one folder"
            )
    return None


def read_binary(files: tuple[Path, ...], layout: BinaryFiles) -> Splits:
    """Decode what `find_binary` found, in the order of the files.

    Raises:
        InputError: a file is missing, damaged, or not of whole records.
    """
    archive = files[0] if files[0].name == layout.archive.name else None
    if archive is not None:
        members = {f"{layout.folder}/{name}": name for name in (*layout.files, layout.names)}
        contents = {
            members[path]: content
            for path, content in read_members(archive, members.__contains__, CIFAR_LIMITS).items()
        }
        where = f"{archive}: {layout.folder}"
    else:
        contents = {path.name: read_file(path, CIFAR_LIMITS.member) for path in files}
        where = str(files[0].parent)
    if missing := [name for name in layout.files if name not in contents]:
        raise InputError("SF212", f"lacks {', '.join(missing)}", where=where, fix="get the archive again")
    hashes = {name: md5(contents[name], usedforsecurity=False).hexdigest() for name in layout.files}
    verified = hashes == {**layout.train, **layout.test}
    if archive is not None and not verified:
        verified = file_md5(archive) == layout.archive.md5
    return Splits(
        _split(contents, tuple(layout.train), layout.labels, where),
        _split(contents, tuple(layout.test), layout.labels, where),
        _names(contents.get(layout.names), f"{where}/{layout.names}"),
        verified=verified,
    )


def _split(contents: Mapping[str, bytes], names: tuple[str, ...], labels: int, where: str) -> Split:
    parts = [_records(contents[name], labels, f"{where}/{name}") for name in names]
    records = np.concatenate(parts)
    return Split(records[:, labels:].reshape(-1, *CIFAR_SHAPE), records[:, labels - 1].astype(np.int64))


def _records(content: bytes, labels: int, where: str) -> NDArray[np.uint8]:
    """The records of one file: labels, then the red, the green and the blue plane, row by row."""
    size = labels + IMAGE_BYTES
    if not content or len(content) % size:
        raise InputError(
            "SF203",
            f"has {len(content)} bytes, no multiple of {size}, the size of one record",
            where=where,
            fix="get the archive again",
        )
    return np.frombuffer(content, np.uint8).reshape(-1, size)


def _names(content: bytes | None, where: str) -> tuple[str, ...] | None:
    """The lines of the file of names that are not blank; none without the file."""
    if content is None:
        return None
    try:
        return tuple(line.strip() for line in content.decode("ascii").splitlines() if line.strip())
    except UnicodeDecodeError as error:
        raise InputError("SF257", "is not a list of class names in ASCII", where=where) from error
