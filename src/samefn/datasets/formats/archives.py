"""The files in a zip or tar archive, read into memory. Archives are not trusted: nothing is unpacked to the disk."""

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import IO, BinaryIO, cast

from samefn.core.errors import InputError
from samefn.datasets.formats.idx import GZIP_MAGIC

ZIP_MAGIC = b"PK\x03\x04"
TAR_BLOCK, ARCHIVE_CHUNK = 512, 1 << 20
REPLACE_ARCHIVE = "get the archive again"


@dataclass(frozen=True)
class ArchiveLimits:
    """The most that an archive may hold, unpacked.

    Attributes:
        members: how many files and folders.
        member: bytes of one file.
        total: bytes of all files.
    """

    members: int = 1_000_000
    member: int = 1 << 26
    total: int = 1 << 32


DEFAULT_LIMITS = ArchiveLimits()


def is_archive(path: Path) -> bool:
    """Whether a file is a zip, a tar or a gzip-compressed tar, by its bytes."""
    with path.open("rb") as file:
        start = file.read(TAR_BLOCK)
    if start.startswith(GZIP_MAGIC):
        try:
            with gzip.open(path) as stream:
                start = stream.read(TAR_BLOCK)
        except (OSError, EOFError, zlib.error):
            return False
    return start.startswith(ZIP_MAGIC) or start[257:262] == b"ustar"


def read_members(path: Path, wanted: Callable[[str], bool], limits: ArchiveLimits = DEFAULT_LIMITS) -> dict[str, bytes]:
    """The wanted files of an archive, by name; whether it is zip, tar or gzip-compressed tar is read from its bytes.

    Args:
        path: the archive.
        wanted: whether to read a member, by its name with slashes and without a leading `./`.
        limits: the most that it may hold.

    Raises:
        InputError: not such an archive, damaged or cut short; a name that leads out of the archive or occurs twice; a
            link or a device; an encrypted file; more than the limits allow.
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC
        read = _zip_members if zipped else _tar_members
        members: dict[str, bytes] = {}
        names: set[str] = set()
        for name, content in read(path, wanted, limits):
            if name in names:
                raise InputError("SF250", f"holds {name!r} twice", where=str(path))
            names.add(name)
            if content is not None:
                members[name] = content
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            "SF203", f"damaged or not a zip or tar archive ({error})", where=str(path), fix=REPLACE_ARCHIVE
        ) from error
    except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        # The two modules raise these on headers that no archiver writes.
        raise InputError("SF203", f"cannot be unpacked ({error})", where=str(path), fix=REPLACE_ARCHIVE) from error
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(path)) from error
    return members


def _zip_members(
    path: Path, wanted: Callable[[str], bool], limits: ArchiveLimits
) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(path) as archive:
        counter = _MemberCounter(path, limits)
        for info in archive.infolist():
            name = _safe_name(info.orig_filename, path)
            if S_ISLNK(info.external_attr >> 16):
                raise InputError("SF250", f"{name!r} is a link; links are not followed", where=str(path))
            if info.flag_bits & 1:
                raise InputError("SF250", f"{name!r} is encrypted", where=str(path))
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise InputError("SF250", f"{name!r} is compressed by method {info.compress_type}", where=str(path))
            counter.add(name, info.file_size)
            if not info.is_dir():
                # zipfile stops at the size in the header and then checks the sum.
                yield name, archive.read(info) if wanted(name) else None


def _tar_members(
    path: Path, wanted: Callable[[str], bool], limits: ArchiveLimits
) -> Iterator[tuple[str, bytes | None]]:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        stream = _LimitedStream(cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file, path, limits)
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as archive:
            counter = _MemberCounter(path, limits)
            for member in archive:
                name = _safe_name(member.name, path)
                if not (member.isreg() or member.isdir()) or member.issparse():
                    raise InputError(
                        "SF250",
                        f"{name!r} is neither a plain file nor a folder; links are not followed",
                        where=str(path),
                    )
                counter.add(name, member.size)
                if member.isreg():
                    yield name, cast("IO[bytes]", archive.extractfile(member)).read() if wanted(name) else None
            # tarfile reads a damaged header as the end, but a real end is a block of zeros.
            stream.seek(archive.offset)
            if stream.read(TAR_BLOCK) != bytes(TAR_BLOCK):
                raise InputError(
                    "SF203",
                    "damaged or cut short: it does not end after its last file",
                    where=str(path),
                    fix=REPLACE_ARCHIVE,
                )
            while stream.read(ARCHIVE_CHUNK):
                pass  # to the end of the gzip stream, where its sum is


class _MemberCounter:
    """Adds up the sizes in an archive's headers, before the files are read."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self._path, self._limits = path, limits
        self._members = self._total = 0

    def add(self, name: str, size: int) -> None:
        self._members += 1
        self._total += size
        if self._members > self._limits.members:
            raise InputError("SF251", f"holds more than {self._limits.members} files", where=str(self._path))
        if size > self._limits.member:
            raise InputError(
                "SF251",
                f"{name!r} has {size} bytes, more than the {self._limits.member} that one file may have",
                where=str(self._path),
            )
        if self._total > self._limits.total:
            raise InputError("SF251", f"holds more than {self._limits.total} bytes", where=str(self._path))


class _LimitedStream:
    """A stream that refuses to unpack, or to read at once, more than the limits allow."""

    def __init__(self, stream: BinaryIO, path: Path, limits: ArchiveLimits) -> None:
        self._stream, self._path, self._limits = stream, path, limits
        # Headers: up to three blocks a member and a long name now and then; the end is padded.
        self._end = limits.total + 4 * TAR_BLOCK * limits.members + ARCHIVE_CHUNK

    def read(self, size: int) -> bytes:
        if size > self._limits.member + ARCHIVE_CHUNK:
            raise InputError("SF251", f"a header has {size} bytes", where=str(self._path))
        content = self._stream.read(size)
        self._check(self._stream.tell())
        return content

    def seek(self, position: int) -> int:
        self._check(position)
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()

    def _check(self, position: int) -> None:
        if position > self._end:
            raise InputError("SF251", f"unpacks to more than {self._limits.total} bytes", where=str(self._path))


def _safe_name(name: str, path: Path) -> str:
    """A member's name with slashes; refused when it could be a path outside the archive."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or re.search(r"[\\\x00-\x1f\x7f]|^[A-Za-z]:", name):
        raise InputError("SF250", f"holds a file named {name!r}, a path outside the archive", where=str(path))
    return "/".join(parts)
