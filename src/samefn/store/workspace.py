"""What a task under way leaves behind so that it can go on after an interruption."""

import hashlib
import re

from samefn.core.events import Emit, Event
from samefn.store.files import Files

_HASHED = re.compile(r"\.[0-9a-f]{64}")


class Workspace:
    """Named files of one task, each with its hash in its file name, so that a damaged one is never read.

    Two processes at the same task write the same files and do not disturb one another.
    """

    def __init__(self, files: Files, emit: Emit) -> None:
        self._kept, self.emit = files, emit

    def write(self, name: str, data: bytes) -> None:
        """Keep a file, whole or not at all.

        Raises:
            StorageError: the store cannot be written.
        """
        kept = f"{name}.{hashlib.sha256(data).hexdigest()}"
        self._kept.write(kept, data)
        # A file of that name with another content is from a run that was damaged: two would be a riddle.
        for other in self._names(name):
            if other != kept:
                self._kept.remove(other)

    def read(self, name: str) -> bytes | None:
        """A file written before; None where there is none, or where it is damaged, which is said."""
        for kept in self._names(name):
            data = self._kept.read(kept)
            if data is None:
                continue
            if kept == f"{name}.{hashlib.sha256(data).hexdigest()}":
                return data
            self.emit(Event("warning", kept, f"{self._kept.where(kept)} is damaged; it is removed and made again"))
            self._kept.remove(kept)
        return None

    def remove(self, name: str) -> None:
        """Forget a file."""
        for kept in self._names(name):
            self._kept.remove(kept)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def _names(self, name: str) -> list[str]:
        return [kept for kept in self._kept.names(f"{name}.") if _HASHED.fullmatch(kept.removeprefix(name))]
