"""Run the tasks whose results are needed and not stored yet."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from samefn.core.errors import SamefnError, StorageError
from samefn.core.events import Emit, Event
from samefn.engine.execute import TaskResult
from samefn.engine.heartbeat import RunRecorder
from samefn.engine.pool import Engine, Pool
from samefn.engine.task import Task
from samefn.store.store import Store

# How often a task is tried whose worker dies, or whose error may not happen again.
MAX_TRIES = 3
_WORKER_DIED = (
    "its worker process died (out of memory, a crash in the runtime, or a lost machine); use fewer --workers, which "
    "needs less memory. The same command continues from the last checkpoint"
)
# Seconds between two polls of the running tasks.
_POLL_SECONDS = 2.0
# Seconds to wait before another try, times the number of tries: a cluster notices a lost machine late.
_RETRY_SECONDS = 5.0


@dataclass
class RunOutcome:
    """The outcome of a run's tasks, by key.

    Attributes:
        seconds: of the tasks that were run now.
        failed: one line for each failed task.
        details: tracebacks of errors that are faults in samefn.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)


def run_tasks(
    tasks: Iterable[Task], goals: Iterable[str], store: Store, engine: Engine, emit: Emit, title: str = "tasks"
) -> RunOutcome:
    """Make the goals and the results they need. A stored result is not made again.

    When a task fails, only the tasks that need it are skipped. Tasks start in the given order, each as soon as the
    results it needs are stored; so with the longest first all workers stay busy.

    Args:
        tasks: every task that may be needed.
        goals: keys of the results that must be stored in the end.
        store: where results are.
        engine: runs the tasks.
        emit: receives every step.
        title: of the run, for `samefn status`.

    Raises:
        StorageError: the store cannot be written; stored results are safe.
    """
    table = {task.key: task for task in tasks}
    missing = _missing(table, goals, store, emit)
    waiting = [task for task in table.values() if task.key in missing]
    emit(Event("planned", "tasks", f"{len(waiting)} of {len(table)} to do", total=len(waiting)))
    if not waiting:
        return RunOutcome()
    stored = set(store.keys())
    recorded = [task for task in table.values() if task.key in missing or task.key in stored]
    with RunRecorder(title, engine.name, recorded, store) as recorder:
        scheduler = _Scheduler(table, missing, waiting, recorder, emit)
        while waiting:
            with engine.pool(len(waiting), store, emit) as pool:
                scheduler.run(pool)
    return scheduler.outcome


def _missing(table: Mapping[str, Task], goals: Iterable[str], store: Store, emit: Emit) -> set[str]:
    """The keys of the goals, and of all that they need, that are not stored or are damaged."""
    missing: set[str] = set()
    open_keys = list(goals)
    seen: set[str] = set()
    while open_keys:
        key = open_keys.pop()
        if key in seen:
            continue
        seen.add(key)
        if store.verified(key, emit):
            emit(Event("stored", table[key].name if key in table else key[:12]))
            continue
        if key not in table:
            raise SamefnError("SF044", "a needed result is not stored and no task makes it", where=key[:12])
        missing.add(key)
        open_keys.extend(table[key].needs.values())
    return missing


class _Scheduler:
    """Starts the tasks of one run and handles their results; a task waits, runs, and then has an outcome."""

    def __init__(
        self, table: Mapping[str, Task], missing: set[str], waiting: list[Task], recorder: RunRecorder, emit: Emit
    ) -> None:
        self.outcome = RunOutcome()
        self._table, self._missing, self._waiting, self._recorder, self._emit = table, missing, waiting, recorder, emit
        self._running: dict[Future[TaskResult], Task] = {}
        self._tries: dict[str, int] = {}
        self._suspects: set[str] = set()
        self._not_before: dict[str, float] = {}

    def run(self, pool: Pool) -> None:
        """Run the waiting tasks until all are done, or until a worker's death ends the pool."""
        self._running = {}
        while self._waiting or self._running:
            try:
                self._start_ready(pool)
            except BrokenProcessPool:  # a worker died; if it had a task, that is handled below
                if not self._running:
                    return
            if not self._running:
                time.sleep(_POLL_SECONDS)
            done, _ = wait(self._running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            results = {future: pool.result(future) for future in done}
            dead: list[Task] = []
            for future, result in results.items():
                task = self._running.pop(future)
                if result is None:
                    dead.append(task)
                else:
                    self._handle_result(task, result, pool)
            if dead and not pool.survives_worker_death:
                self._handle_dead([*dead, *self._running.values()])
                return
            for task in dead:
                self._handle_dead([task])
                self._not_before[task.key] = time.monotonic() + _RETRY_SECONDS * self._tries[task.key]
            self._recorder.beat()
            pool.poll()

    def _start_ready(self, pool: Pool) -> None:
        """Start tasks whose needs are stored, while there is room; a suspect runs alone."""
        room = pool.count()
        for task in list(self._waiting):
            alone = task.key in self._suspects or any(other.key in self._suspects for other in self._running.values())
            if len(self._running) >= (1 if alone else room):
                return
            if self._not_before.get(task.key, 0) > time.monotonic():
                continue
            if not any(key in self._missing for key in task.needs.values()):
                self._running[pool.submit(task)] = task
                self._waiting.remove(task)

    def _handle_result(self, task: Task, result: TaskResult, pool: Pool) -> None:
        self.outcome.seconds[task.key] = result.seconds
        for event in result.messages:
            self._emit(event)
        if result.fatal and not pool.survives_worker_death:
            raise StorageError("SF005", result.error)
        if not result.error:
            self._missing.discard(task.key)
            self._emit(Event("finished", task.name, f"{result.seconds:.1f} s"))
            return
        if result.retry and self._count_try(task) < MAX_TRIES:
            self._emit(Event("warning", task.name, f"{result.error}; trying again from its last checkpoint"))
            self._waiting.insert(0, task)
            return
        self._fail(task, result.error, result.details)

    def _handle_dead(self, dead: list[Task]) -> None:
        """Try again the tasks that were running; one at a time where any of several may have killed the worker."""
        if len(dead) > 1:
            self._suspects.update(task.key for task in dead)
            text = "a worker process died; the running tasks are tried again, one at a time"
            self._emit(Event("warning", "workers", text))
        for task in dead:
            if self._count_try(task) >= MAX_TRIES:
                self._fail(task, _WORKER_DIED)
                continue
            if len(dead) == 1:
                self._emit(
                    Event("warning", task.name, "its worker process died; trying again from its last checkpoint")
                )
            self._waiting.insert(0, task)

    def _count_try(self, task: Task) -> int:
        self._tries[task.key] = self._tries.get(task.key, 0) + 1
        return self._tries[task.key]

    def _fail(self, task: Task, error: str, details: str = "") -> None:
        """Record that a task failed and is not tried again, and skip the tasks that need it."""
        if (tries := self._tries.get(task.key, 1)) > 1:
            error = f"{error} (tried {tries} times; key {task.key[:12]})"
        self._emit(Event("failed", task.name, error))
        self.outcome.failed[task.key] = error
        self._recorder.failed(task.key, error)
        if details:
            self.outcome.details[task.key] = details
        self._skip_dependents()

    def _skip_dependents(self) -> None:
        """Skip the waiting tasks that need a failed one, directly or through others."""
        skipped = True
        while skipped:
            skipped = False
            for task in list(self._waiting):
                cause = next((key for key in task.needs.values() if key in self.outcome.failed), None)
                if cause is not None:
                    self._waiting.remove(task)
                    self.outcome.failed[task.key] = f"not made, because {self._table[cause].name} failed"
                    self._recorder.failed(task.key, self.outcome.failed[task.key])
                    self._emit(Event("skipped", task.name, self.outcome.failed[task.key]))
                    skipped = True
