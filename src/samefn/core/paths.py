"""Where a run reads and writes."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from platformdirs import user_cache_path

from samefn.core.errors import InputError
from samefn.core.plain_files import require_file, stands


@dataclass(frozen=True)
class Places:
    """Where a study or a comparison reads and writes.

    Attributes:
        out: the run's folder.
        store: the store's folder, or a URL of object storage.
        cache: where downloads are kept.
        data_dir: where a known data set's files are; None to download them.
    """

    out: Path
    store: str | Path
    cache: Path
    data_dir: Path | None = None


def cache_folder() -> Path:
    """Where samefn keeps what can be fetched or made again."""
    return user_cache_path("samefn")


def require_writable_file(path: Path, option: str) -> None:
    """Refuse a file that cannot be written, before anything is done; nothing is made.

    Args:
        path: the file; one that is there is replaced.
        option: what names another.

    Raises:
        InputError: it cannot be written, or a folder, a pipe or a device stands there.
    """
    if stands(path):
        require_file(path)
    require_writable(path.parent, "its folder", option)


def require_writable(folder: Path, what: str, option: str) -> None:
    """Refuse a folder that cannot be written, or made, before hours of work and not after; nothing is made.

    Args:
        folder: where files will be written.
        what: what errors call it.
        option: what names another.

    Raises:
        InputError: it cannot be written.
    """
    place = next(one for one in (folder, *folder.absolute().parents) if os.path.lexists(one))
    try:
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise InputError(
            "SF0022",
            f"{what} cannot be written ({(error.strerror or str(error)).lower()})",
            where=str(folder),
            fix=f"name another with {option}",
        ) from error
