"""Where a run reads and writes."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from platformdirs import user_cache_path

from samefn.core.errors import InputError
from samefn.core.plain_files import path_exists, require_file


@dataclass(frozen=True)
class Places:
    """Where a study or a comparison reads and writes.

    Attributes:
        out: the run's folder.
        store: the store's folder, or a URL of object storage.
        cache: where downloads are kept.
        data_dir: where a known data set's files are; None to download them.
        figures: whether still figures are written too.
    """

    out: Path
    store: str | Path
    cache: Path
    data_dir: Path | None = None
    figures: bool = False


def cache_folder() -> Path:
    """The folder for what can be downloaded or computed again."""
    return user_cache_path("samefn")


def require_writable_file(path: Path, option: str) -> None:
    """Check, before hours of work, that a file can be written; nothing is created.

    Args:
        path: the file; it may exist.
        option: the option that names it, for the error.

    Raises:
        InputError: it cannot be written, or it is a folder, a pipe or a device.
    """
    if path_exists(path):
        require_file(path)
    require_writable(path.parent, "its folder", option)


def require_writable(folder: Path, what: str, option: str) -> None:
    """Check, before hours of work, that a folder can be created and written; nothing is created.

    Args:
        folder: the folder; it may not exist yet.
        what: its name in the error, such as `the run's folder`.
        option: the option that names it, for the error.

    Raises:
        InputError: it cannot be written.
    """
    existing = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            folder.lstat()  # a name may be too long
        with TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise InputError(
            "SF005",
            f"{what} cannot be written ({(error.strerror or str(error)).lower()})",
            where=str(folder),
            fix=f"choose another with {option}",
        ) from error
