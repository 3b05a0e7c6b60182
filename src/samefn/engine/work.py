"""Run one task, in whatever process."""

import time
import traceback
from dataclasses import dataclass

from samefn.core.errors import SamefnError, StorageError
from samefn.core.events import Emit
from samefn.core.loading import load
from samefn.engine.task import Job, Task
from samefn.store.disk import REFUSALS, storage_error
from samefn.store.store import Store

# Python's and, by name, because nothing here knows torch, that of a GPU.
_NO_MEMORY = ("MemoryError", "OutOfMemoryError")
NO_MEMORY = "out of memory; the same command tries again from the last checkpoint, and fewer --workers take less memory"


@dataclass(frozen=True)
class Result:
    """How a task ended.

    Attributes:
        seconds: how long it took.
        error: one line; empty when it was made.
        details: a traceback when the error is samefn's own fault, else empty.
        fatal: whether nothing else can go on either (the store cannot be written).
    """

    seconds: float
    error: str = ""
    details: str = ""
    fatal: bool = False


def work(task: Task, store: Store, emit: Emit) -> Result:
    """Make one task's result and publish it. Never raises but for an interrupt: what went wrong is in the result."""
    start = time.perf_counter()
    workspace = store.workspace(task.key, emit)
    error: BaseException | None
    try:
        inputs = {role: store.open(key) for role, key in task.needs.items()}
        with store.publish(task.key, task.kind, task.name, task.spec) as out:
            load(task.run)(Job(task.name, {**task.spec, **task.told}, inputs, out, workspace, emit))
        workspace.clear()
        error = None
    except (Exception, SystemExit) as raised:  # (a task may fail in any way, and the others go on)
        error = raised
    seconds = time.perf_counter() - start
    if error is None:
        return Result(seconds)
    if isinstance(error, OSError) and error.errno in REFUSALS:
        error = storage_error(error, store.root)
    if isinstance(error, SamefnError):
        return Result(seconds, str(error), fatal=isinstance(error, StorageError))
    if type(error).__name__ in _NO_MEMORY:
        return Result(seconds, NO_MEMORY)
    line = f"unexpected {type(error).__name__} ({' '.join(str(error).split())[:200]})"
    return Result(seconds, line, "".join(traceback.format_exception(error)))
