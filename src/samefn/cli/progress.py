"""Show events: progress bars on a terminal, of which nothing is left at the end, plain lines elsewhere."""

import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape as escape_markup
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from samefn.core.events import Emit, Event
from samefn.reports.wording.escaping import printable

# The least seconds between two plain lines on a task's progress.
_LINE_SECONDS = 10.0
# The most messages over the bars.
_MESSAGES = 3


@contextmanager
def shown_progress() -> Iterator[Emit]:
    """An `Emit` that shows progress on stderr; stdout is for results."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainLines().show
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        CountColumn(),
        TextColumn("{task.fields[text]}"),
        TimeElapsedColumn(),
    )
    with ProgressWithMessages(*columns, console=console, transient=True) as progress:
        yield Bars(progress).show


def escape(text: str) -> str:
    """Text for Rich without markup, with invisible characters spelled out."""
    return escape_markup(printable(text))


def _message(event: Event, style: str) -> Text:
    return Text.assemble((event.kind, style), printable(f" {event.name}: {event.text}"))


class PlainLines:
    """One line per event; of frequent progress events only some."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()
        self._done = self._planned = 0

    def show(self, event: Event) -> None:
        """Write a line, or leave it out."""
        with self._lock:
            if line := self._line(event):
                print(printable(line), file=sys.stderr, flush=True)

    def _line(self, event: Event) -> str:
        if event.kind == "planned":
            self._planned = event.total
            return f"{event.name}: {event.text}"
        if event.kind == "progress":
            if not event.done or time.monotonic() - self._last.get(event.name, 0) < _LINE_SECONDS:
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


class CountColumn(ProgressColumn):
    """The units done and, where it is known, their total."""

    def render(self, task: Task) -> Text:
        """As in `3/10`, or `3`."""
        done = f"{int(task.completed):,}"
        return Text(done if task.total is None else f"{done}/{int(task.total):,}", style="progress.download")


class ProgressWithMessages(Progress):
    """Bars, and over them the last messages, which go when the bars go."""

    def __init__(self, *columns: ProgressColumn, **settings: Any) -> None:
        self.messages: deque[Text] = deque(maxlen=_MESSAGES)
        super().__init__(*columns, **settings)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The messages, then the bars."""
        yield from self.messages
        yield from super().get_renderables()


class Bars:
    """A bar for all tasks, and one for each running task; a bar is removed when its task is done.

    Warnings stay on the screen. Notes and failures are shown while others run: the result says them at its end.
    """

    def __init__(self, progress: ProgressWithMessages) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._lock = threading.Lock()

    def show(self, event: Event) -> None:
        """Move a bar, or write a line above the bars."""
        with self._lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        progress = self._progress
        if event.kind == "planned":
            self._end_all()
            if event.total:
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
            if event.total and event.done >= event.total:
                self._end(event.name)
        elif event.kind in {"finished", "failed", "skipped"}:
            self._end(event.name)
            if self._all is not None:
                progress.advance(self._all)
                if next(task for task in progress.tasks if task.id == self._all).finished:
                    self._end_all()
            if event.kind != "finished":
                progress.messages.append(_message(event, "red"))
        elif event.kind == "note":
            progress.messages.append(_message(event, "dim"))
        elif event.kind == "warning":
            progress.console.print(_message(event, "yellow"))

    def _end(self, name: str) -> None:
        if (bar := self._bars.pop(name, None)) is not None:
            self._progress.remove_task(bar)

    def _end_all(self) -> None:
        if self._all is not None:
            self._progress.remove_task(self._all)
            self._all = None
