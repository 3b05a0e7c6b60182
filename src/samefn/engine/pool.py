"""The protocols of an engine and its pool of workers: this process, local processes, or a cluster."""

from concurrent.futures import Future
from types import TracebackType
from typing import Protocol

from samefn.core.events import Emit
from samefn.engine.execute import TaskResult
from samefn.engine.task import Task
from samefn.sandbox.limits import Limits
from samefn.store.store import Store


class Pool(Protocol):
    """Workers. Use it as a context; when it ends by an error, running tasks are stopped.

    Attributes:
        survives_worker_death: whether the pool can go on after a worker died.
    """

    survives_worker_death: bool

    def __enter__(self) -> "Pool": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def count(self) -> int:
        """The most tasks that it takes at once, at this moment."""

    def submit(self, task: Task) -> "Future[TaskResult]":
        """Start a task as soon as a worker is free.

        Raises:
            BrokenProcessPool: a worker has died, and the pool with it.
        """

    def result(self, future: "Future[TaskResult]") -> TaskResult | None:
        """A finished task's result; None where its worker died."""

    def poll(self) -> None:
        """Do regular work; called every few seconds while tasks are running."""


class Engine(Protocol):
    """A way to run tasks."""

    @property
    def name(self) -> str:
        """Shown by `samefn status`."""

    @property
    def limits(self) -> Limits:
        """On the confined process of a task."""

    def pool(self, tasks: int, store: Store, emit: Emit) -> Pool:
        """A pool of workers.

        Args:
            tasks: the most tasks that will be submitted.
            store: where results are.
            emit: receives the events of every worker, in this process.
        """
