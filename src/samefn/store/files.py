"""Small files by name, each written completely or not at all: checkpoints of unfinished tasks, state of runs."""

import shutil
from pathlib import Path
from typing import Protocol

from samefn.core.atomic_files import write_atomically
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file


class Files(Protocol):
    """Named files under one folder; names are relative paths with `/`."""

    def where(self, name: str) -> str:
        """The full path or URL of a file, for errors."""

    def names(self, start: str = "") -> list[str]:
        """The names that start with this text, sorted."""

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file completely or not at all.

        Raises:
            StorageError: it cannot be written.
        """

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def clear(self) -> None:
        """Remove all files."""


class FolderFiles:
    """Files in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def where(self, name: str) -> str:
        """The full path or URL of a file, for errors."""
        return str(self.folder / name)

    def names(self, start: str = "") -> list[str]:
        """The names that start with this text, sorted, without unfinished files."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(
            path.as_posix() for path in paths if path.as_posix().startswith(start) and not path.name.startswith(".")
        )

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is no plain file."""
        path = self.folder / name
        try:
            require_file(path)
            return path.read_bytes()
        except (InputError, FileNotFoundError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file completely or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        write_atomically(self.folder / name, data)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all files."""
        shutil.rmtree(self.folder, ignore_errors=True)
