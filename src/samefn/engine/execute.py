"""Run one task, in whatever process."""

import time
import traceback
from dataclasses import dataclass

from samefn.core.atomic_files import REFUSALS, storage_error
from samefn.core.errors import DamagedArtefactError, SamefnError, StorageError
from samefn.core.events import Emit, Event
from samefn.core.loading import load
from samefn.core.user_code import error_text, stops_us
from samefn.engine.heartbeat import Heartbeat
from samefn.engine.task import Job, Task
from samefn.store.store import Store

# Python's and, by name, because nothing here knows torch, that of a GPU.
_NO_MEMORY = ("MemoryError", "OutOfMemoryError")
NO_MEMORY = "out of memory; the same command goes on from the last checkpoint, and fewer --workers take less memory"


@dataclass(frozen=True)
class Result:
    """How a task ended.

    Attributes:
        seconds: how long it took.
        error: one line; empty when it was made.
        details: a traceback when the error is samefn's own fault, else empty.
        fatal: whether this machine's store cannot be written.
        again: whether another try may end otherwise.
        said: notes and warnings that nobody has been told yet.
    """

    seconds: float
    error: str = ""
    details: str = ""
    fatal: bool = False
    again: bool = False
    said: tuple[Event, ...] = ()


def work(task: Task, store: Store, emit: Emit) -> Result:
    """Make one task's result and publish it. Never raises but for an interrupt: what went wrong is in the result."""
    start = time.perf_counter()
    error: BaseException | None = None
    try:
        # Another machine may have made it meanwhile.
        if not store.whole(task.key, emit):
            with Heartbeat(task, store, emit) as heartbeat:
                _make(task, store, heartbeat.emit)
    except BaseException as raised:  # (a task may fail in any way, and the others go on)
        if stops_us(raised):
            raise
        error = raised
    seconds = time.perf_counter() - start
    if error is None:
        return Result(seconds)
    if isinstance(error, OSError) and (error.errno in REFUSALS or _lies_in(error, store)):
        error = storage_error(error, store.root)
    if isinstance(error, SamefnError):
        fatal = isinstance(error, StorageError)
        return Result(seconds, error_text(error), fatal=fatal, again=fatal or isinstance(error, DamagedArtefactError))
    if type(error).__name__ in _NO_MEMORY:
        return Result(seconds, NO_MEMORY, again=True)
    line = f"unexpected {type(error).__name__} ({' '.join(error_text(error).split())[:200]})"
    return Result(seconds, line, "".join(traceback.format_exception(error)), again=True)


def _lies_in(error: OSError, store: Store) -> bool:
    """Whether a file of the store is refused, as where somebody has removed the store meanwhile."""
    return str(error.filename or "").startswith(str(store.root))


def _make(task: Task, store: Store, emit: Emit) -> None:
    workspace = store.workspace(task.key, emit)
    inputs = {role: store.open(key) for role, key in task.needs.items()}
    with store.publish(task.key, task.kind, task.name, task.spec) as out:
        load(task.run)(Job(task.name, {**task.spec, **task.told}, inputs, out, workspace, emit))
    workspace.clear()
