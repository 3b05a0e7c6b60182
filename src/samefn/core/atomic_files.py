"""Write files so that they are there whole or not at all, also after a power cut."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from samefn.core.errors import StorageError

# What the system says when it will not write, whatever we ask of it.
REFUSALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG})


def storage_error(error: OSError, path: Path) -> StorageError:
    """The system's refusal to write (full disk, read-only folder) as one clear line."""
    return StorageError(
        "SF0017",
        f"cannot be written ({(error.strerror or str(error)).lower()})",
        where=str(error.filename or path),
        fix="make room or name another folder; what is stored is safe",
    )


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn the body's OSError into one clear line.

    Raises:
        StorageError: the body met an OSError.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file under another name, flush it to the disk and rename it.

    Raises:
        StorageError: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    with clear_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Flush every file of a folder and the folder itself to the disk."""
    for path in [*(p for p in folder.rglob("*") if p.is_file()), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
