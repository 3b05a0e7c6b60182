"""Check a zip archive's list of files before torch reads the archive."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from samefn.core.errors import InputError

# Torch writes entries without compression. Compressed ones may have so many bytes in total.
MAX_UNPACKED_BYTES = 2**26


def require_safe_zip(archive: Path | BinaryIO, where: str) -> tuple[str, ...]:
    """The names in a zip archive whose names are unique and inside it, and whose entries are not too large.

    Args:
        archive: the file, or an open one.
        where: the name in error messages.

    Raises:
        InputError: no zip archive, two entries of one name, a path outside the archive, or compressed entries of more
            than `MAX_UNPACKED_BYTES` bytes.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
    except Exception as error:  # (a damaged or hostile file may raise anything)
        raise InputError(
            "SF754", f"is not a zip archive ({type(error).__name__}: {error})"[:400], where=where
        ) from error
    for entry in entries:
        inner = PurePosixPath(entry.filename)
        if inner.is_absolute() or ".." in inner.parts:
            raise InputError("SF754", f"holds a path outside the archive: {entry.filename!r:.80}", where=where)
    # Torch ignores case when it looks a name up.
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise InputError("SF754", "holds two entries of one name", where=where)
    if sum(entry.file_size for entry in entries if entry.compress_type != zipfile.ZIP_STORED) > MAX_UNPACKED_BYTES:
        raise InputError("SF754", f"would unpack to more than {MAX_UNPACKED_BYTES:,} bytes", where=where)
    return tuple(entry.filename for entry in entries)
