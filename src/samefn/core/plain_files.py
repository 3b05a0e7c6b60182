"""Plain files: no pipe that hangs, no device that never ends, and no more in memory than is wanted."""

import os
import stat
from pathlib import Path

from samefn.core.errors import InputError


def stands(path: Path) -> bool:
    """Whether anything is there; a link to nothing is nothing.

    Raises:
        InputError: it is out of reach.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unreadable(error, path) from error
    except ValueError as error:
        raise InputError("SF0023", f"cannot be read ({error})", where=str(path)) from error
    return True


def is_folder(path: Path) -> bool:
    """Whether a folder stands there.

    Raises:
        InputError: nothing does, or it is out of reach.
    """
    return stat.S_ISDIR(_status(path).st_mode)


def require_file(path: Path) -> int:
    """How many bytes a plain file has; whatever opens a file of the user's asks this first.

    Raises:
        InputError: nothing is there, or a folder, a pipe, a device; or it is out of reach.
    """
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise InputError("SF0024", "is a folder, not a file", where=str(path))
    if not stat.S_ISREG(status.st_mode):
        raise InputError(
            "SF0025", "is a pipe or a device, neither a file nor a folder", where=str(path), fix="give a plain file"
        )
    if not status.st_size and _has_content(path):
        raise InputError(
            "SF0026", "is a file of the system's, whose end is not known", where=str(path), fix="give a plain file"
        )
    return status.st_size


def read_file(path: Path, limit: int) -> bytes:
    """The content of a plain file.

    Args:
        path: the file.
        limit: how many bytes it may have.

    Raises:
        InputError: as `require_file`; larger than the limit; or it cannot be read.
    """
    if require_file(path) > limit:
        raise InputError("SF0027", f"has more than {limit:,} bytes", where=str(path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(error, path) from error


def unreadable(error: OSError, path: Path) -> InputError:
    """The system's refusal to read."""
    return InputError("SF0028", f"cannot be read ({error.strerror or error})", where=str(path))


def _has_content(path: Path) -> bool:
    """Whether a file that calls itself empty is not: the system's own may have no end, or make whoever reads wait."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False  # whoever opens it says why it cannot be read
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
        raise InputError("SF0029", "there is no such file or folder", where=str(path)) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except ValueError as error:
        raise InputError("SF0030", f"cannot be read ({error})", where=str(path)) from error
