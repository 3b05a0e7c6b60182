"""Files that are whole or not there."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from samefn.core.errors import StorageError
from samefn.core.events import Emit, Event


def write_whole(path: Path, content: bytes | Callable[[BinaryIO], object]) -> None:
    """Write a file so that a reader finds the old one or the new one, never half of one.

    Args:
        path: where; its folder is made if need be.
        content: the bytes, or what writes them to an open file.

    Raises:
        StorageError: the disk is full, the folder is read-only, a part of the path is a file.
    """
    draft: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp keeps its file from everyone else; a report has the rights that any new file has.
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
        draft = None
    except OSError as error:
        raise StorageError(
            "SF6005",
            f"cannot be written: {error.strerror or error}",
            where=str(path),
            fix="free space or choose another folder",
        ) from error
    finally:
        if draft is not None:
            with contextlib.suppress(OSError):
                Path(draft).unlink()


def write_tracebacks(details: Mapping[str, str], out: Path, emit: Emit) -> None:
    """Write the tracebacks of failures that are samefn's own fault beside the report.

    Args:
        details: by the key of what failed.
        out: the run's folder.
        emit: told of each file.

    Raises:
        StorageError: a file cannot be written.
    """
    for key, text in details.items():
        path = out / f"traceback-{key[:12]}.txt"
        write_whole(path, text.encode(errors="backslashreplace"))
        emit(Event("note", "traceback", str(path)))


def remove(path: Path) -> None:
    """Remove a file if it is there.

    Raises:
        StorageError: it is there and cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError("SF6006", f"cannot be removed: {error.strerror or error}", where=str(path)) from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
