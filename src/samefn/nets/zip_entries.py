"""The table of contents of a zip archive, read before torch reads the archive itself."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from samefn.core.errors import InputError

# Torch stores what it writes as it is; what is compressed may unpack to so much.
UNPACKED = 2**26


def require_honest_zip(archive: Path | BinaryIO, where: str) -> tuple[str, ...]:
    """The names in a zip archive in which every name means one thing and nothing unpacks without end.

    Args:
        archive: the file, or an open one.
        where: what errors call it.

    Raises:
        InputError: no zip archive, two records of one name, a name that leads outside, or more than `UNPACKED` bytes.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
    except Exception as error:  # (a hostile file may fail in any way)
        raise InputError(
            "SF7034", f"is not an archive of torch ({type(error).__name__}: {error})"[:400], where=where
        ) from error
    for entry in entries:
        inner = PurePosixPath(entry.filename)
        if inner.is_absolute() or ".." in inner.parts:
            raise InputError("SF7035", f"names a file outside itself: {entry.filename!r:.80}", where=where)
    # Torch looks names up without regard to case.
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise InputError("SF7036", "holds two records of one name", where=where)
    if sum(entry.file_size for entry in entries if entry.compress_type != zipfile.ZIP_STORED) > UNPACKED:
        raise InputError("SF7037", f"would unpack to more than {UNPACKED:,} bytes", where=where)
    return tuple(entry.filename for entry in entries)
