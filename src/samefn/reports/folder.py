"""A folder of results being written: every file whole or not there, and nothing left of an earlier one."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from matplotlib.figure import Figure

from samefn.core.atomic_files import remove_file, write_atomically
from samefn.core.events import Emit, Event
from samefn.reports.charts.theme import image_bytes
from samefn.reports.tables.render import to_csv, to_latex, to_markdown
from samefn.reports.tables.table import Table

_RENDERERS = {"csv": to_csv, "md": to_markdown, "tex": to_latex}
_FORMS = ("svg", "png")


class Folder:
    """A folder that results are written into.

    Args:
        out: the folder; made if need be.
        what: what is written, for events.
        emit: told of each file.
    """

    def __init__(self, out: Path, what: str, emit: Emit) -> None:
        self._out, self._what, self._emit = out, what, emit
        self._written: set[Path] = set()

    def put(self, name: str, content: bytes | Callable[[BinaryIO], object]) -> None:
        """Write one file.

        Raises:
            StorageError: it cannot be written.
        """
        write_atomically(self._out / name, content)
        self._written.add(self._out / name)
        self._emit(Event("progress", self._what, name, done=len(self._written)))

    def tables(self, tables: Iterable[Table]) -> None:
        """Write tables as CSV, Markdown and LaTeX."""
        for table in tables:
            for ending, render in _RENDERERS.items():
                self.put(f"tables/{table.name}.{ending}", render(table).encode())

    def figures(self, figures: Iterable[tuple[str, Figure]]) -> None:
        """Write figures as SVG and PNG. Call it inside `theme()`."""
        for name, figure in figures:
            for form in _FORMS:
                self.put(f"figures/{name}.{form}", image_bytes(figure, form))
                figure.set_layout_engine("none")  # laid out once, all forms are alike

    def remove_stale(self) -> None:
        """Remove the tables and figures that an earlier result left and this one has not."""
        for folder, endings in (("tables", tuple(_RENDERERS)), ("figures", _FORMS)):
            for ending in endings:
                for stale in set((self._out / folder).glob(f"*.{ending}")) - self._written:
                    remove_file(stale)

    def finished(self, name: str) -> None:
        """Say that all is written, and which file to open."""
        count = len(self._written)
        self._emit(Event("finished", self._what, str(self._out / name), done=count, total=count))


def write_tracebacks(details: Mapping[str, str], out: Path, emit: Emit) -> None:
    """Write the tracebacks of samefn's own errors beside the report.

    Args:
        details: tracebacks by the key of the failed task.
        out: the run's folder.
        emit: told of each file.

    Raises:
        StorageError: a file cannot be written.
    """
    for key, text in details.items():
        path = out / f"traceback-{key[:12]}.txt"
        write_atomically(path, text.encode(errors="backslashreplace"))
        emit(Event("note", "traceback", str(path)))
