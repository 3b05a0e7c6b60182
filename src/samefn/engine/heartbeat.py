"""Who is at work on what, as small files in the store: no machine has to be asked."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from samefn.core.canonical import digest
from samefn.core.errors import StorageError
from samefn.core.events import Emit, Event
from samefn.engine.task import Task
from samefn.store.files import Files
from samefn.store.store import Store

T = TypeVar("T")
# Seconds since 1970, of which a date can be made.
Moment: TypeAlias = Annotated[float, Field(ge=0, lt=2**36, allow_inf_nan=False)]
RUNNING, RUNS = "running", "runs"
# Work says that it goes on every so often; who has not said so for much longer is gone.
BEAT, GONE = 5.0, 30.0
# What takes less is over before anybody could see it.
FIRST_BEAT = 1.0


@dataclass(frozen=True)
class Mark:
    """A task under way.

    Attributes:
        key: of the task.
        name: for people.
        host: the machine's name.
        started: seconds since 1970.
        beat: when it said last that it goes on.
        done: units done, with `total`; 0 of 0 when unknown.
        text: what it is at.
    """

    key: str
    name: str
    host: str
    started: Moment
    beat: Moment
    done: int = 0
    total: int = 0
    text: str = ""


class Heartbeat:
    """Says for a task that it is under way and how far; use it as a context, and its `emit` for the task's events."""

    def __init__(self, task: Task, store: Store, emit: Emit) -> None:
        self._files, self._emit, self._over = store.files(RUNNING), emit, threading.Event()
        self._task, self._started, self._last = task, time.time(), Event("progress", task.name)
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._written = False

    def emit(self, event: Event) -> None:
        """Pass an event on, and remember how far the task is."""
        if event.kind == "progress":
            self._last = event
        self._emit(event)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._written:
            self._files.remove(f"{self._task.key}.json")

    def _beat(self) -> None:
        pause = FIRST_BEAT
        while not self._over.wait(pause):
            last = self._last
            who = (self._task.key, self._task.name, socket.gethostname(), self._started, time.time())
            mark = Mark(*who, last.done, last.total, last.text)
            try:
                self._files.write(f"{mark.key}.json", json.dumps(asdict(mark)).encode())
                self._written = True
            except StorageError:
                pass  # who watches sees it later; the task itself finds out whether its result can be written
            pause = BEAT


@dataclass(frozen=True)
class TaskRecord:
    """A task that was to do.

    Attributes:
        key: of the task.
        kind: of work.
        name: for people.
        gpu: the share of a GPU that it takes.
    """

    key: str
    kind: str
    name: str
    gpu: Annotated[float, Field(ge=0, le=1024, allow_inf_nan=False)]


@dataclass
class RunRecord:
    """A run of tasks by one driver.

    Attributes:
        title: for people.
        engine: what runs it.
        host: the driver's machine.
        started: seconds since 1970.
        beat: when the driver said last that it goes on.
        ended: whether it came to its end.
        tasks: each that was to do.
        failed: one line each, by key.
    """

    title: str
    engine: str
    host: str
    started: Moment
    beat: Moment
    ended: bool = False
    tasks: list[TaskRecord] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Driver:
    """Keeps a run's record up to date; use it as a context.

    The same tasks have the same record, whoever runs them: a driver that is started again takes over what the dead
    one wrote.
    """

    def __init__(self, title: str, engine: str, tasks: Iterable[Task], store: Store) -> None:
        found = list(tasks)
        told = [TaskRecord(task.key, task.kind, task.name, task.gpu) for task in found]
        self._files, self._name = store.files(RUNS), f"{digest([title, [task.key for task in found]])[:32]}.json"
        self._record = RunRecord(title, engine, f"{socket.gethostname()} ({os.getpid()})", time.time(), 0, tasks=told)

    def __enter__(self) -> "Driver":
        self._write()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        self._record.ended = kind is None
        if kind is None or not issubclass(kind, StorageError):
            self._write(0.0 if kind else time.time())  # who was stopped is not taken for alive

    def beat(self) -> None:
        """Say that the run goes on, if it was not said lately."""
        if time.time() - self._record.beat > BEAT:
            self._write()

    def failed(self, key: str, error: str) -> None:
        """Say that a task has failed for good."""
        self._record.failed[key] = error
        self._write()

    def _write(self, beat: float | None = None) -> None:
        self._record.beat = time.time() if beat is None else beat
        self._files.write(self._name, json.dumps(asdict(self._record)).encode())


def marks(store: Store) -> dict[str, Mark]:
    """The tasks that are under way anywhere, by key."""
    alive = (mark for mark in _all(store.files(RUNNING), Mark) if time.time() - mark.beat < GONE)
    return {mark.key: mark for mark in alive}


def records(store: Store) -> list[RunRecord]:
    """All runs, the one that was at work last first."""
    return sorted(_all(store.files(RUNS), RunRecord), key=lambda run: -run.started)


def _all(files: Files, kind: type[T]) -> Iterator[T]:
    """What small files tell. One that has just gone, or that another version wrote, is left out: it decides nothing."""
    for name in files.names():
        try:
            yield TypeAdapter(kind).validate_json(files.read(name) or b"")
        except ValidationError:
            continue
