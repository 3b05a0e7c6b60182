"""Run tasks in this process, one after the other."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType

from samefn.core.events import Emit
from samefn.engine.execute import TaskResult, execute
from samefn.engine.task import Task
from samefn.sandbox.limits import Limits, default_limits
from samefn.store.store import Store


@dataclass(frozen=True)
class InProcessEngine:
    """Runs tasks in the process that calls it, one at a time; those with models in a confined process each.

    Attributes:
        limits: on a confined process.
    """

    limits: Limits = field(default_factory=default_limits)
    name = "in-process"

    def pool(self, tasks: int, store: Store, emit: Emit) -> "InProcessPool":
        """A pool of one worker: this process."""
        del tasks
        return InProcessPool(store, emit, self.limits)


class InProcessPool:
    """A pool whose only worker is this process.

    Args:
        store: where results are.
        emit: receives the tasks' events.
        limits: on a confined process.
    """

    survives_worker_death = False

    def __init__(self, store: Store, emit: Emit, limits: Limits) -> None:
        self._store, self._emit, self._limits = store, emit, limits

    def __enter__(self) -> "InProcessPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to stop."""

    def count(self) -> int:
        """One task at a time."""
        return 1

    def submit(self, task: Task) -> "Future[TaskResult]":
        """Run a task and return when it is done."""
        future: Future[TaskResult] = Future()
        future.set_result(execute(task, self._store, self._emit, self._limits))
        return future

    def result(self, future: "Future[TaskResult]") -> TaskResult | None:
        """A finished task's result."""
        return future.result()

    def poll(self) -> None:
        """Nothing to do: events are emitted as they happen."""
