"""The files in a zip or tar archive, read into memory as if hostile: nothing is unpacked to the disk."""

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
BLOCK, CHUNK = 512, 1 << 20
AGAIN = "get the archive again"


@dataclass(frozen=True)
class Limits:
    """What an archive may hold, unpacked.

    Attributes:
        members: how many files and folders.
        member: bytes of one file.
        total: bytes of all files.
    """

    members: int = 1_000_000
    member: int = 1 << 26
    total: int = 1 << 32


LIMITS = Limits()


def is_archive(path: Path) -> bool:
    """Whether a file is a zip, a tar or a gzip-compressed tar, by its bytes."""
    with path.open("rb") as file:
        start = file.read(BLOCK)
    if start.startswith(GZIP_MAGIC):
        try:
            with gzip.open(path) as stream:
                start = stream.read(BLOCK)
        except (OSError, EOFError, zlib.error):
            return False
    return start.startswith(ZIP_MAGIC) or start[257:262] == b"ustar"


def read_members(path: Path, wanted: Callable[[str], bool], limits: Limits = LIMITS) -> dict[str, bytes]:
    """The wanted files of an archive, by name; zip, tar or gzip-compressed tar, as its bytes say.

    Args:
        path: the archive.
        wanted: says of a member's name, with slashes and without a leading `./`, whether to read it.
        limits: what is too much.

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
                raise InputError("SF2040", f"holds {name!r} twice", where=str(path))
            names.add(name)
            if content is not None:
                members[name] = content
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            "SF2041", f"damaged or not a zip or tar archive ({error})", where=str(path), fix=AGAIN
        ) from error
    except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        # What the two modules raise on headers that no archiver writes.
        raise InputError("SF2042", f"cannot be unpacked ({error})", where=str(path), fix=AGAIN) from error
    except OSError as error:
        raise InputError("SF2043", f"cannot be read ({error.strerror or error})", where=str(path)) from error
    return members


def _zip_members(path: Path, wanted: Callable[[str], bool], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(path) as archive:
        count = _Count(path, limits)
        for info in archive.infolist():
            name = _safe_name(info.orig_filename, path)
            if S_ISLNK(info.external_attr >> 16):
                raise InputError("SF2044", f"{name!r} is a link; links are not followed", where=str(path))
            if info.flag_bits & 1:
                raise InputError("SF2045", f"{name!r} is encrypted", where=str(path))
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise InputError("SF2046", f"{name!r} is compressed by method {info.compress_type}", where=str(path))
            count.add(name, info.file_size)
            if not info.is_dir():
                # zipfile stops at the promised size and then checks the sum.
                yield name, archive.read(info) if wanted(name) else None


def _tar_members(path: Path, wanted: Callable[[str], bool], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        stream = _Bounded(cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file, path, limits)
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as archive:
            count = _Count(path, limits)
            for member in archive:
                name = _safe_name(member.name, path)
                if not (member.isreg() or member.isdir()) or member.issparse():
                    raise InputError(
                        "SF2047",
                        f"{name!r} is neither a plain file nor a folder; links are not followed",
                        where=str(path),
                    )
                count.add(name, member.size)
                if member.isreg():
                    yield name, cast("IO[bytes]", archive.extractfile(member)).read() if wanted(name) else None
            # tarfile takes a damaged header for the end: the end must be a block of zeros.
            stream.seek(archive.offset)
            if stream.read(BLOCK) != bytes(BLOCK):
                raise InputError(
                    "SF2048", "damaged or cut short: no end where its last file ends", where=str(path), fix=AGAIN
                )
            while stream.read(CHUNK):
                pass  # to the end of the gzip stream, where its sum is


class _Count:
    """Counts what an archive promises, before it is read."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._members = self._total = 0

    def add(self, name: str, size: int) -> None:
        self._members += 1
        self._total += size
        if self._members > self._limits.members:
            raise InputError("SF2049", f"holds more than {self._limits.members} files", where=str(self._path))
        if size > self._limits.member:
            raise InputError(
                "SF2050",
                f"{name!r} has {size} bytes, more than the {self._limits.member} that one file may have",
                where=str(self._path),
            )
        if self._total > self._limits.total:
            raise InputError("SF2051", f"holds more than {self._limits.total} bytes", where=str(self._path))


class _Bounded:
    """A stream that neither unpacks more than the limits nor reads a header of any size at once."""

    def __init__(self, stream: BinaryIO, path: Path, limits: Limits) -> None:
        self._stream, self._path, self._limits = stream, path, limits
        # Headers: up to three blocks a member and a long name now and then; the end is padded.
        self._end = limits.total + 4 * BLOCK * limits.members + CHUNK

    def read(self, size: int) -> bytes:
        if size > self._limits.member + CHUNK:
            raise InputError("SF2052", f"a header promises {size} bytes", where=str(self._path))
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
            raise InputError("SF2053", f"unpacks to more than {self._limits.total} bytes", where=str(self._path))


def _safe_name(name: str, path: Path) -> str:
    """A member's name with slashes; refused when it could mean a place outside of the archive."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or re.search(r"[\\\x00-\x1f\x7f]|^[A-Za-z]:", name):
        raise InputError("SF2054", f"holds a file named {name!r}, which leads out of the archive", where=str(path))
    return "/".join(parts)
