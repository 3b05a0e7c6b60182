"""Tasks in this process, one after the other."""

from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType

from samefn.core.events import Emit
from samefn.engine.execute import Result, work
from samefn.engine.task import Task
from samefn.store.store import Store


@dataclass(frozen=True)
class HereEngine:
    """This process."""

    name = "here"

    def pool(self, tasks: int, store: Store, emit: Emit) -> "Here":
        """One worker, which is this process."""
        del tasks
        return Here(store, emit)


class Here:
    """A pool of which this process is the only worker.

    Args:
        store: where results are.
        emit: told of what tasks say.
    """

    lasting = False

    def __init__(self, store: Store, emit: Emit) -> None:
        self._store, self._emit = store, emit

    def __enter__(self) -> "Here":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left to stop."""

    def count(self) -> int:
        """One task at a time."""
        return 1

    def submit(self, task: Task) -> "Future[Result]":
        """Run a task, to its end."""
        future: Future[Result] = Future()
        future.set_result(work(task, self._store, self._emit))
        return future

    def result(self, future: "Future[Result]") -> Result | None:
        """A finished task's result."""
        return future.result()

    def look(self) -> None:
        """Nothing to do: events come by themselves."""
