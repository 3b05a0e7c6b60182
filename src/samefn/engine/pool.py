"""What the engine asks of whatever runs tasks: processes of this machine, or a cluster."""

from concurrent.futures import Future
from types import TracebackType
from typing import Protocol

from samefn.core.events import Emit
from samefn.engine.execute import Result
from samefn.engine.task import Task
from samefn.store.store import Store


class Pool(Protocol):
    """Workers that are there; use it as a context: at the end of an interrupted one, tasks under way are stopped.

    Attributes:
        lasting: whether it outlives the death of a worker.
    """

    lasting: bool

    def __enter__(self) -> "Pool": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def count(self) -> int:
        """How many tasks may be given to it at once, at this moment."""

    def submit(self, task: Task) -> "Future[Result]":
        """Start a task as soon as there is a place for it.

        Raises:
            BrokenProcessPool: a worker has died, and the pool with it.
        """

    def result(self, future: "Future[Result]") -> Result | None:
        """A finished task's result; None where its worker died."""

    def look(self) -> None:
        """Called every few seconds while tasks are under way."""


class Engine(Protocol):
    """A way to run tasks.

    Attributes:
        name: as on the command line.
    """

    name: str

    def pool(self, tasks: int, store: Store, emit: Emit) -> Pool:
        """Workers for so many tasks.

        Args:
            tasks: how many there are to do at most.
            store: where results are.
            emit: gets the events of every worker, in this process.
        """
