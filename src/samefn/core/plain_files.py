"""Read plain files only: a pipe could wait forever, a device could have no end."""

import hashlib
import os
import stat
from pathlib import Path

from samefn.core.errors import InputError


def path_exists(path: Path) -> bool:
    """Whether a path exists; a link to nothing does not.

    Raises:
        InputError: the system does not let us find out.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unreadable(error, path) from error
    except ValueError as error:
        raise InputError("SF002", f"cannot be read ({error})", where=str(path)) from error
    return True


def is_folder(path: Path) -> bool:
    """Whether a path is a folder.

    Raises:
        InputError: it does not exist, or the system does not let us find out.
    """
    return stat.S_ISDIR(_status(path).st_mode)


def require_file(path: Path) -> int:
    """The size of a plain file in bytes. Call it before a user's file is opened.

    Raises:
        InputError: the file does not exist, is no plain file (a folder, a pipe, a device), or cannot be read.
    """
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise InputError("SF003", "is a folder, not a file", where=str(path))
    if not stat.S_ISREG(status.st_mode):
        raise InputError("SF003", "is a pipe or a device, not a file", where=str(path), fix="give a plain file")
    if not status.st_size and _has_content(path):
        raise InputError("SF003", "is a system file of unknown size", where=str(path), fix="give a plain file")
    return status.st_size


def read_file(path: Path, limit: int) -> bytes:
    """The content of a plain file.

    Args:
        path: the file.
        limit: the most bytes it may have.

    Raises:
        InputError: as `require_file`; larger than the limit; or it cannot be read.
    """
    if require_file(path) > limit:
        raise InputError("SF004", f"is larger than {limit:,} bytes", where=str(path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from error


def file_digest(path: Path, algorithm: str) -> str:
    """The hash of a plain file's content, in hexadecimal digits.

    Args:
        path: the file.
        algorithm: as `hashlib` names it.

    Raises:
        InputError: as `require_file`, or the file cannot be read.
    """
    require_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise unreadable(error, path) from error


def file_sha256(path: Path) -> str:
    """The sha256 of a plain file's content, 64 hexadecimal digits.

    Raises:
        InputError: as `file_digest`.
    """
    return file_digest(path, "sha256")


def unreadable(error: OSError, path: Path) -> InputError:
    """The system's refusal to read, as one line."""
    return InputError("SF002", f"cannot be read ({error.strerror or error})", where=str(path))


def _has_content(path: Path) -> bool:
    """Whether a file of size 0 has content: a system file such as those of /proc may have, and may have no end."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False  # the caller's own open reports why
    try:
        return bool(os.read(handle, 1))
    except OSError:
        return True
    finally:
        os.close(handle)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError("SF001", "there is no such file or folder", where=str(path)) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except ValueError as error:
        raise InputError("SF002", f"cannot be read ({error})", where=str(path)) from error
