"""Write files so that a reader finds the old one or the new one, never half of one, also after a power cut."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from samefn.core.errors import StorageError

# Errors by which the system refuses to write: full, over quota, read-only, not permitted, too large.
REFUSALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG})


def storage_error(error: OSError, where: Path | str) -> StorageError:
    """The system's refusal to write, such as a full disk or a read-only folder, as one line."""
    return StorageError(
        "SF005",
        f"cannot be written ({(error.strerror or str(error)).lower()})",
        where=str(where),
        fix="free space or choose another folder; finished results are safe",
    )


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn an OSError of the body into one line.

    Args:
        folder: named in the error where the system names no file.

    Raises:
        StorageError: the body met an OSError.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, str(error.filename or folder)) from error


def write_atomically(path: Path, content: bytes | Callable[[BinaryIO], object]) -> None:
    """Write a file under a temporary name, flush it to the disk and rename it.

    Args:
        path: the file; its folder is made if need be.
        content: the bytes, or a function that writes them to an open file.

    Raises:
        StorageError: the file cannot be written: full disk, read-only folder, or a part of the path is a file.
    """
    try:
        try:
            _write_once(path, content)
        except FileNotFoundError:  # another process has removed the folder meanwhile
            _write_once(path, content)
    except OSError as error:
        raise storage_error(error, path) from error


def _write_once(path: Path, content: bytes | Callable[[BinaryIO], object]) -> None:
    temporary = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("xb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_file(path: Path) -> None:
    """Remove a file if it is there.

    Raises:
        StorageError: it is there and cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StorageError("SF005", f"cannot be removed ({reason})", where=str(path)) from error


def flush_folder(folder: Path) -> None:
    """Flush every file of a folder and the folder itself to the disk."""
    for path in [*(p for p in folder.rglob("*") if p.is_file()), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
