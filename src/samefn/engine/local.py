"""Local worker processes, started fresh (no fork), that die with their parent."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue

from samefn.core.events import Emit, Event
from samefn.core.paths import cache_folder
from samefn.engine.execute import Result, work
from samefn.engine.task import Task
from samefn.store.opening import open_store
from samefn.store.store import Store

# In a worker process, the one store and the one listener that it works with.
_worker: list[tuple[Store, Emit]] = []


@dataclass(frozen=True)
class LocalEngine:
    """Processes of this machine.

    Attributes:
        workers: how many at most.
    """

    workers: int
    name = "local"

    def pool(self, tasks: int, store: Store, emit: Emit) -> "Workers":
        """No more processes than there are tasks."""
        return Workers(min(self.workers, tasks), store.location, emit)


class Workers:
    """A pool of processes; use it as a context.

    Args:
        count: how many processes.
        store: what opens the store.
        emit: gets the events of every worker, in this process.
    """

    lasting = False

    def __init__(self, count: int, store: str, emit: Emit) -> None:
        self._count = count
        context = multiprocessing.get_context("spawn")
        self._events: Queue[Event | None] = context.Queue()
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_start_worker, initargs=(store, self._events, os.getpid())
        )
        self._emit = emit
        self._reader = threading.Thread(target=self._read_events, daemon=True)

    def __enter__(self) -> "Workers":
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        # On an error or an interrupt the tasks under way are ended: their checkpoints are in the store.
        if kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._events.put(None)
        self._reader.join()
        self._events.close()
        self._events.join_thread()

    def count(self) -> int:
        """As many tasks as there are processes."""
        return self._count

    def submit(self, task: Task) -> "Future[Result]":
        """Start a task on a free worker.

        Raises:
            BrokenProcessPool: a worker process has died.
        """
        with _ctrl_c_waits():
            return self._pool.submit(_work, task)

    def result(self, future: "Future[Result]") -> Result | None:
        """A finished task's result; None where a worker process died, which ends the whole pool."""
        try:
            return future.result()
        except BrokenProcessPool:
            return None

    def look(self) -> None:
        """Nothing to do: events come by themselves."""

    def _read_events(self) -> None:
        while (event := self._events.get()) is not None:
            self._emit(event)


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Processes that are started meanwhile do not see Ctrl-C, which would be a traceback: their parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(store: str, events: "Queue[Event | None]", parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.append((open_store(store, cache_folder()), events.put))
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    """End this process when its parent is gone: nobody would collect its work or stop it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(task: Task) -> Result:
    [(store, emit)] = _worker
    return work(task, store, emit)
