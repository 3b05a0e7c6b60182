"""Worker processes on this machine, spawned rather than forked, that end when their parent ends.

A task that opens models needs no worker: its confined process does the work, and a thread waits for it.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue

from samefn.core.events import Emit, Event
from samefn.core.paths import cache_folder
from samefn.engine.execute import TaskResult, execute
from samefn.engine.task import Task
from samefn.sandbox.fork_server import stop_fork_server
from samefn.sandbox.limits import Limits, default_limits
from samefn.store.opening import open_store
from samefn.store.store import Store

# Seconds between two tries to stop running tasks.
_STOP_SECONDS = 0.1
# In a worker process, the one store and the one listener that it works with.
_worker: list[tuple[Store, Emit]] = []


@dataclass(frozen=True)
class LocalEngine:
    """Runs tasks in processes of this machine.

    Attributes:
        workers: the most processes at once.
        limits: on the confined process of a task.
    """

    workers: int
    limits: Limits = field(default_factory=default_limits)
    name = "local"

    def pool(self, tasks: int, store: Store, emit: Emit) -> "LocalPool":
        """A pool of no more processes than tasks."""
        return LocalPool(min(self.workers, tasks), store, emit, self.limits)


class LocalPool:
    """A pool of processes; use it as a context.

    Args:
        count: the number of processes.
        store: where results are.
        emit: receives the events of every worker, in this process.
        limits: on the confined process of a task.
    """

    survives_worker_death = False

    def __init__(self, count: int, store: Store, emit: Emit, limits: Limits) -> None:
        self._count, self._store, self._limits = count, store, limits
        context = multiprocessing.get_context("spawn")
        self._events: Queue[Event | None] = context.Queue()
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_start_worker, initargs=(store.location, self._events, os.getpid())
        )
        self._threads = ThreadPoolExecutor(count, "confined")
        self._confined: list[Future[TaskResult]] = []
        self._emit = emit
        self._reader = threading.Thread(target=self._read_events, daemon=True)

    def __enter__(self) -> "LocalPool":
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        # On an error or an interrupt running tasks are ended: their checkpoints are in the store.
        if kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()
            self._threads.shutdown(wait=False, cancel_futures=True)
            while wait(self._confined, timeout=_STOP_SECONDS).not_done:
                stop_fork_server()  # (a task may just be starting its process)
        self._threads.shutdown()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._events.put(None)
        self._reader.join()
        self._events.close()
        self._events.join_thread()

    def count(self) -> int:
        """The number of processes."""
        return self._count

    def submit(self, task: Task) -> "Future[TaskResult]":
        """Start a task on a free worker.

        Raises:
            BrokenProcessPool: a worker process has died.
        """
        if task.confined is not None:
            future = self._threads.submit(execute, task, self._store, self._events.put, self._limits)
            self._confined.append(future)
            return future
        with _ctrl_c_blocked():
            return self._pool.submit(_execute, task)

    def result(self, future: "Future[TaskResult]") -> TaskResult | None:
        """A finished task's result; None where a worker process died, which ends the pool."""
        try:
            return future.result()
        except BrokenProcessPool:
            return None

    def poll(self) -> None:
        """Nothing to do: events arrive through a queue."""

    def _read_events(self) -> None:
        while (event := self._events.get()) is not None:
            self._emit(event)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Hide Ctrl-C from processes started in the body: they would print a traceback. Their parent ends them."""
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
    threading.Thread(target=_exit_with_parent, args=(parent,), daemon=True).start()


def _exit_with_parent(parent: int) -> None:
    """End this process when its parent is gone: nothing else would stop it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _execute(task: Task) -> TaskResult:
    [(store, emit)] = _worker
    return execute(task, store, emit, default_limits())
