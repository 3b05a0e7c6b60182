"""The state of runs and of running tasks, as small files in the store, so that every machine can read it."""

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

AnyRecord = TypeVar("AnyRecord")
# Seconds since 1970, in the range of dates.
Timestamp: TypeAlias = Annotated[float, Field(ge=0, lt=2**36, allow_inf_nan=False)]
RUNNING, RUNS = "running", "runs"  # folders of the store
# Seconds between two heartbeats; and without one, until a task or a run counts as dead.
BEAT_SECONDS, DEAD_AFTER = 5.0, 30.0
# Seconds before the first heartbeat: a shorter task leaves no file.
FIRST_BEAT_SECONDS = 1.0


@dataclass(frozen=True)
class RunningTask:
    """A task that is running. The fields are those of its file in the store.

    Attributes:
        key: the task's key.
        name: for people.
        host: the machine's name.
        started: in seconds since 1970.
        beat: time of the last heartbeat, in seconds since 1970.
        done: units done.
        total: units in all; 0 when unknown.
        text: the current step.
    """

    key: str
    name: str
    host: str
    started: Timestamp
    beat: Timestamp
    done: int = 0
    total: int = 0
    text: str = ""


class Heartbeat:
    """Writes every few seconds how far a running task is. Use it as a context, and its `emit` for the task's events."""

    def __init__(self, task: Task, store: Store, emit: Emit) -> None:
        self._files, self._emit, self._stop = store.files(RUNNING), emit, threading.Event()
        self._task, self._started, self._last = task, time.time(), Event("progress", task.name)
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._written = False

    def emit(self, event: Event) -> None:
        """Pass an event on, and remember the progress."""
        if event.kind == "progress":
            self._last = event
        self._emit(event)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._written:
            self._files.remove(f"{self._task.key}.json")

    def _beat(self) -> None:
        pause = FIRST_BEAT_SECONDS
        while not self._stop.wait(pause):
            last = self._last
            values = (self._task.key, self._task.name, socket.gethostname(), self._started, time.time())
            task = RunningTask(*values, last.done, last.total, last.text)
            try:
                self._files.write(f"{task.key}.json", json.dumps(asdict(task)).encode())
                self._written = True
            except StorageError:
                pass  # the next heartbeat tries again; the task itself reports that its result cannot be written
            pause = BEAT_SECONDS


@dataclass(frozen=True)
class TaskRecord:
    """A task of a run.

    Attributes:
        key: the task's key.
        kind: of the task.
        name: for people.
        gpu: the share of a GPU that it uses.
    """

    key: str
    kind: str
    name: str
    gpu: Annotated[float, Field(ge=0, le=1024, allow_inf_nan=False)]


@dataclass
class RunRecord:
    """A run of tasks by one process. The fields are those of its file in the store.

    Attributes:
        title: for people.
        engine: the engine's name.
        host: the machine and the process.
        started: in seconds since 1970.
        beat: time of the last heartbeat, in seconds since 1970.
        ended: whether it came to its end.
        tasks: its tasks.
        failed: one line for each failed task, by key.
    """

    title: str
    engine: str
    host: str
    started: Timestamp
    beat: Timestamp
    ended: bool = False
    tasks: list[TaskRecord] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class RunRecorder:
    """Keeps the record of a run up to date; use it as a context.

    Equal tasks have the same record: a run that is started again takes over the record of the dead one.
    """

    def __init__(self, title: str, engine: str, tasks: Iterable[Task], store: Store) -> None:
        records = [TaskRecord(task.key, task.kind, task.name, task.gpu) for task in tasks]
        self._files, self._name = store.files(RUNS), f"{digest([title, [task.key for task in records]])[:32]}.json"
        host = f"{socket.gethostname()} ({os.getpid()})"
        self._record = RunRecord(title, engine, host, time.time(), 0, tasks=records)

    def __enter__(self) -> "RunRecorder":
        self._write()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        self._record.ended = kind is None
        if kind is None or not issubclass(kind, StorageError):
            self._write(0.0 if kind else time.time())  # a stopped run does not count as alive

    def beat(self) -> None:
        """Write that the run is alive, if the last heartbeat is old."""
        if time.time() - self._record.beat > BEAT_SECONDS:
            self._write()

    def failed(self, key: str, error: str) -> None:
        """AnyRecord that a task failed and is not tried again."""
        self._record.failed[key] = error
        self._write()

    def _write(self, beat: float | None = None) -> None:
        self._record.beat = time.time() if beat is None else beat
        self._files.write(self._name, json.dumps(asdict(self._record)).encode())


def running_tasks(store: Store) -> dict[str, RunningTask]:
    """The tasks that are running on any machine, by key."""
    tasks = _records(store.files(RUNNING), RunningTask)
    return {task.key: task for task in tasks if time.time() - task.beat < DEAD_AFTER}


def run_records(store: Store) -> list[RunRecord]:
    """All runs, the latest first."""
    return sorted(_records(store.files(RUNS), RunRecord), key=lambda run: -run.started)


def _records(files: Files, kind: type[AnyRecord]) -> Iterator[AnyRecord]:
    """The records in small files. One that was just removed, or that another version wrote, is left out."""
    for name in files.names():
        try:
            yield TypeAdapter(kind).validate_json(files.read(name) or b"")
        except ValidationError:
            continue
