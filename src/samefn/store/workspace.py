"""What a task under way leaves behind so that it can go on after an interruption."""

import hashlib
import shutil
from pathlib import Path

from samefn.core.events import Emit, Event
from samefn.store.disk import write_atomically


class Workspace:
    """Named files of one task, each with its hash in its file name, so that a damaged one is never read.

    Two processes at the same task write the same files and do not disturb one another.
    """

    def __init__(self, folder: Path, emit: Emit) -> None:
        self.folder, self.emit = folder, emit

    def write(self, name: str, data: bytes) -> None:
        """Keep a file, whole or not at all.

        Raises:
            StorageError: the store cannot be written.
        """
        write_atomically(self.folder / f"{name}.{hashlib.sha256(data).hexdigest()}", data)
        # A file of that name with another content is from a run that was damaged: two would be a riddle.
        for path in self._files(name):
            if not path.name.endswith(hashlib.sha256(data).hexdigest()):
                path.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """A file written before; None where there is none, or where it is damaged, which is said."""
        for path in self._files(name):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            if path.name == f"{name}.{hashlib.sha256(data).hexdigest()}":
                return data
            self.emit(Event("warning", path.name, f"{path} is damaged; it is removed and made again"))
            path.unlink(missing_ok=True)
        return None

    def remove(self, name: str) -> None:
        """Forget a file."""
        for path in self._files(name):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _files(self, name: str) -> list[Path]:
        return sorted(self.folder.glob(f"{name}.{'[0-9a-f]' * 64}"))
