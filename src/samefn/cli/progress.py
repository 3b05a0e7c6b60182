"""Show events: bars on a terminal, plain lines elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from samefn.core.events import Emit, Event

# A plain log gets a line of a task's progress at most this often; starts, ends and warnings always.
SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown_progress() -> Iterator[Emit]:
    """An `Emit` that writes to stderr, so that stdout holds only results."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainLines().show
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[text]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(progress).show


class PlainLines:
    """One line an event, thinned."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()
        self._done = self._planned = 0

    def show(self, event: Event) -> None:
        """Write a line, or leave it out."""
        with self._lock:
            if line := self._line(event):
                print(line, file=sys.stderr, flush=True)

    def _line(self, event: Event) -> str:
        if event.kind == "planned":
            self._planned = event.total
            return f"{event.name}: {event.text}"
        if event.kind == "progress":
            if not event.done or time.monotonic() - self._last.get(event.name, 0) < SECONDS_BETWEEN_LINES:
                return ""
            self._last[event.name] = time.monotonic()
            count = f"{event.done}/{event.total} " if event.total else ""
            return f"  {event.name}: {count}{event.text}".rstrip()
        if event.kind in {"finished", "failed", "skipped"} and self._done < self._planned:
            self._done += 1
            return f"[{self._done}/{self._planned}] {event.name}: {event.kind}, {event.text}"
        if event.kind in {"stored", "finished"}:
            return ""
        return f"{event.kind}: {event.name}: {event.text}"


class Bars:
    """A bar for all tasks and one for each under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._lock = threading.Lock()

    def show(self, event: Event) -> None:
        """Move a bar or write a line above them."""
        with self._lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        progress = self._progress
        if event.kind == "planned":
            self._all = progress.add_task("[bold]all tasks[/]", total=event.total, text="")
        elif event.kind == "progress":
            if event.name not in self._bars:
                self._bars[event.name] = progress.add_task(escape(event.name), total=event.total or None, text="")
            progress.update(
                self._bars[event.name],
                completed=event.done,
                total=event.total or None,
                text=escape(event.text),
            )
        elif event.kind in {"finished", "failed", "skipped"}:
            if bar := self._bars.pop(event.name, None):
                progress.remove_task(bar)
            if self._all is not None and not progress.tasks[0].finished:
                progress.advance(self._all)
            if event.kind != "finished":
                progress.console.print(f"[red]{event.kind}[/] {escape(event.name)}: {escape(event.text)}")
        elif event.kind in {"note", "warning"}:
            style = "yellow" if event.kind == "warning" else "dim"
            progress.console.print(f"[{style}]{event.kind}[/] {escape(event.name)}: {escape(event.text)}")
