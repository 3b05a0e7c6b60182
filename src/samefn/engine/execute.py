"""Run one task in this process."""

import time
import traceback
from dataclasses import dataclass

from samefn.core.atomic_files import REFUSALS, storage_error
from samefn.core.errors import DamagedArtefactError, SamefnError, StorageError
from samefn.core.events import Emit, Event
from samefn.core.loading import load
from samefn.core.process import Meter
from samefn.core.user_code import error_text, stops_us
from samefn.engine.confined import run_confined
from samefn.engine.heartbeat import Heartbeat
from samefn.engine.task import Job, Task
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits
from samefn.store.store import Store

# Python's error and torch's, by name: nothing here imports torch.
_MEMORY_ERRORS = ("MemoryError", "OutOfMemoryError")
_OUT_OF_MEMORY = (
    "out of memory; use fewer --workers, which needs less memory. The same command continues from the last checkpoint"
)


@dataclass(frozen=True)
class TaskResult:
    """How a task ended.

    Attributes:
        seconds: how long it took.
        error: one line; empty on success.
        details: a traceback where the error is a fault in samefn, else empty.
        fatal: whether the error is that this machine's store cannot be written; `error` is then without its code.
        retry: whether another try may succeed.
        messages: notes and warnings that were not emitted yet.
    """

    seconds: float
    error: str = ""
    details: str = ""
    fatal: bool = False
    retry: bool = False
    messages: tuple[Event, ...] = ()


def execute(task: Task, store: Store, emit: Emit, limits: Limits) -> TaskResult:
    """Run a task and publish its result. It raises only on an interrupt; any other error is in the returned value.

    Args:
        task: the task.
        store: where results are.
        emit: receives its events.
        limits: on the confined process of a task that needs one.
    """
    start = time.perf_counter()
    error: BaseException | None = None
    try:
        # Another machine may have published it by now.
        if not store.verified(task.key, emit):
            with Heartbeat(task, store, emit) as heartbeat:
                _run_and_publish(task, store, heartbeat.emit, limits)
    except BaseException as raised:  # (a task may fail in any way; the others go on)
        if stops_us(raised):
            raise
        error = raised
    seconds = time.perf_counter() - start
    if error is None:
        return TaskResult(seconds)
    if isinstance(error, OSError) and (error.errno in REFUSALS or _is_in_store(error, store)):
        error = storage_error(error, str(error.filename or store.root))
    if isinstance(error, SamefnError):
        if isinstance(error, StorageError):
            return TaskResult(seconds, error.line, fatal=True, retry=True)
        return TaskResult(seconds, error_text(error), retry=isinstance(error, DamagedArtefactError))
    if isinstance(error, UnexpectedError):
        return TaskResult(seconds, f"unexpected {error.line}", error.details, retry=True)
    if type(error).__name__ in _MEMORY_ERRORS:
        return TaskResult(seconds, _OUT_OF_MEMORY, retry=True)
    line = f"unexpected {type(error).__name__} ({' '.join(error_text(error).split())[:200]})"
    return TaskResult(seconds, line, "".join(traceback.format_exception(error)), retry=True)


def _is_in_store(error: OSError, store: Store) -> bool:
    """Whether the error is about a file of the store, for instance because the store was removed."""
    return str(error.filename or "").startswith(str(store.root))


def _run_and_publish(task: Task, store: Store, emit: Emit, limits: Limits) -> None:
    workspace = store.workspace(task.key, emit)
    inputs = {role: store.open(key) for role, key in task.needs.items()}
    meter = Meter()
    with store.publish(task.key, task.kind, task.name, task.spec, meter) as out:
        if task.confined is None:
            load(task.run)(Job(task.name, {**task.spec, **task.unkept}, inputs, out, workspace, emit, limits))
        else:
            meter.take(run_confined(task, task.confined, inputs, out, workspace, limits))
    workspace.clear()
