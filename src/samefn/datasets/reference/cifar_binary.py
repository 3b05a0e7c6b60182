"""The binary distribution of CIFAR: records of labels and pixels, in an archive or unpacked."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.formats.archives import Limits, read_members
from samefn.datasets.formats.splits import Split, Splits
from samefn.datasets.reference.download import Remote
from samefn.datasets.source import file_md5

SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
# Twice what the official archives hold.
LIMITS = Limits(members=100, member=1 << 28, total=1 << 29)


@dataclass(frozen=True)
class BinaryFiles:
    """How a binary distribution is laid out.

    Attributes:
        archive: the archive as published.
        folder: the folder in it.
        train: names and MD5s of the files of training images, in order.
        test: the same of test images. The archive's MD5 is official; those of its files others have noted.
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
    """The archive, or its files as unpacked, in a folder; none when it holds neither.

    Raises:
        InputError: some of the files are there and others not.
    """
    if (archive := folder / layout.archive.name).is_file():
        return (archive,)
    for place in (folder / layout.folder, folder):
        present = [path for name in layout.files if (path := place / name).is_file()]
        if len(present) == len(layout.files):
            names = place / layout.names
            return (*present, names) if names.is_file() else tuple(present)
        if present:
            missing = ", ".join(name for name in layout.files if not (place / name).is_file())
            raise InputError("SF2118", f"lacks {missing}", where=str(place), fix="they belong together")
    return None


def read_binary(files: tuple[Path, ...], layout: BinaryFiles, limits: Limits = LIMITS) -> Splits:
    """Decode what `find_binary` found, in the order of the files.

    Raises:
        InputError: a file is missing, damaged, or not of whole records.
    """
    archive = files[0] if files[0].name == layout.archive.name else None
    wanted = {*layout.files, layout.names}
    if archive is not None:
        inside = {f"{layout.folder}/{name}": name for name in wanted}
        found = read_members(archive, inside.__contains__, limits)
        contents = {inside[name]: content for name, content in found.items()}
        where = f"{archive}: {layout.folder}"
    else:
        contents = {path.name: _content(path, limits) for path in files}
        where = str(files[0].parent)
    if missing := [name for name in layout.files if name not in contents]:
        raise InputError("SF2119", f"lacks {', '.join(missing)}", where=where, fix="get the archive again")
    sums = {name: md5(contents[name], usedforsecurity=False).hexdigest() for name in layout.files}
    verified = sums == {**layout.train, **layout.test}
    if archive is not None and not verified:
        verified = file_md5(archive) == layout.archive.md5
    return Splits(
        _split(contents, tuple(layout.train), layout.labels, where),
        _split(contents, tuple(layout.test), layout.labels, where),
        _names(contents.get(layout.names), f"{where}/{layout.names}"),
        verified=verified,
    )


def _content(path: Path, limits: Limits) -> bytes:
    try:
        if path.stat().st_size > limits.member:
            raise InputError("SF2120", f"has more than {limits.member} bytes", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise InputError("SF2121", f"cannot be read ({error.strerror or error})", where=str(path)) from error


def _split(contents: Mapping[str, bytes], names: tuple[str, ...], labels: int, where: str) -> Split:
    parts = [_records(contents[name], labels, f"{where}/{name}") for name in names]
    records = np.concatenate(parts)
    return Split(records[:, labels:].reshape(-1, *SHAPE), records[:, labels - 1].astype(np.int64))


def _records(content: bytes, labels: int, where: str) -> NDArray[np.uint8]:
    """The records of one file: labels, then the red, the green and the blue plane, row by row."""
    size = labels + PIXELS
    if not content or len(content) % size:
        raise InputError(
            "SF2122",
            f"{len(content)} bytes are not whole records of {size} (half downloaded?)",
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
        raise InputError("SF2123", "not a list of class names", where=where) from error
