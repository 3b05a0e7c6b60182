"""Small files by name, whole or not at all: what a task leaves on its way, and who is at work on what."""

import shutil
from pathlib import Path
from typing import Protocol

from samefn.core.atomic_files import write_atomically
from samefn.core.errors import InputError
from samefn.core.plain_files import require_file


class Files(Protocol):
    """Named files in one place; names are relative paths with `/`."""

    def where(self, name: str) -> str:
        """What errors call a file."""

    def names(self, start: str = "") -> list[str]:
        """The names that start so, sorted."""

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all.

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
        """What errors call a file."""
        return str(self.folder / name)

    def names(self, start: str = "") -> list[str]:
        """The names that start so, sorted; unfinished files are hidden."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(
            path.as_posix() for path in found if path.as_posix().startswith(start) and not path.name.startswith(".")
        )

    def read(self, name: str) -> bytes | None:
        """A file's content; None where there is none, or no plain file."""
        path = self.folder / name
        try:
            require_file(path)
            return path.read_bytes()
        except (InputError, FileNotFoundError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all.

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
