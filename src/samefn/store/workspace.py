"""Files by which an unfinished task continues after an interruption."""

import hashlib
import re

from samefn.core.events import Emit, Event
from samefn.store.files import Files

_HASHED = re.compile(r"\.[0-9a-f]{64}")


class Workspace:
    """Named files of one task. Each has its hash in its file name, so that a damaged one is never used.

    Two processes may run the same task at once: they write the same files.

    Args:
        files: where they are.
        emit: receives a warning where one is damaged.
    """

    def __init__(self, files: Files, emit: Emit) -> None:
        self.files, self.emit = files, emit

    def write(self, name: str, data: bytes) -> None:
        """Write a file completely or not at all.

        Raises:
            StorageError: the store cannot be written.
        """
        hashed_name = f"{name}.{hashlib.sha256(data).hexdigest()}"
        self.files.write(hashed_name, data)
        # Only one file of a name may stay: another one comes from a damaged run.
        for other in self._names(name):
            if other != hashed_name:
                self.files.remove(other)

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none or, with a warning, where it is damaged."""
        for hashed_name in self._names(name):
            data = self.files.read(hashed_name)
            if data is None:
                continue
            if hashed_name == f"{name}.{hashlib.sha256(data).hexdigest()}":
                return data
            self.emit(
                Event("warning", name, f"{self.files.where(hashed_name)} is damaged; it is removed and made again")
            )
            self.files.remove(hashed_name)
        return None

    def remove(self, name: str) -> None:
        """Remove a file."""
        for hashed_name in self._names(name):
            self.files.remove(hashed_name)

    def clear(self) -> None:
        """Remove all files."""
        self.files.clear()

    def _names(self, name: str) -> list[str]:
        return [
            hashed_name
            for hashed_name in self.files.names(f"{name}.")
            if _HASHED.fullmatch(hashed_name.removeprefix(name))
        ]
