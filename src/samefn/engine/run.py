"""Run the tasks that goals need and that are not stored yet."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from samefn.core.errors import SamefnError, StorageError
from samefn.core.events import Emit, Event
from samefn.engine.execute import Result
from samefn.engine.heartbeat import Driver
from samefn.engine.pool import Engine, Pool
from samefn.engine.task import Task
from samefn.store.store import Store

# So often a task is tried whose worker dies, or that fails in a way that another try may not.
TRIES = 3
DIED = (
    "its worker process died (out of memory, a crash in the runtime, or the machine went); the same command tries "
    "again from the last checkpoint, and fewer --workers take less memory"
)
# Seconds between two looks at work that goes on.
LOOK = 2.0
# Seconds before another try, for each that there was: a machine that goes takes some to be known as gone.
PAUSE = 5.0


@dataclass
class Outcome:
    """What became of the tasks, by key.

    Attributes:
        seconds: of the tasks that were run now.
        failed: one line each.
        details: tracebacks of failures that are samefn's own fault.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)


def run(
    tasks: Iterable[Task], goals: Iterable[str], store: Store, engine: Engine, emit: Emit, title: str = "tasks"
) -> Outcome:
    """Make the goals, and what they need; a stored result is not made again.

    A task that fails takes down only those that need it. Tasks start in the order given as soon as what they need
    is stored, so an order with the longest first keeps all workers busy.

    Args:
        tasks: every task that may be needed, with the needed ones anywhere in the list.
        goals: keys that must be stored in the end.
        store: where results are.
        engine: what runs the tasks.
        emit: told of every step.
        title: what `samefn status` calls all of it.

    Raises:
        StorageError: the store cannot be written; what is stored is safe.
    """
    table = {task.key: task for task in tasks}
    missing = _missing(table, goals, store, emit)
    waiting = [task for task in table.values() if task.key in missing]
    emit(Event("planned", "tasks", f"{len(waiting)} of {len(table)} to do", total=len(waiting)))
    if not waiting:
        return Outcome()
    stored = set(store.keys())
    told = [task for task in table.values() if task.key in missing or task.key in stored]
    with Driver(title, engine.name, told, store) as driver:
        work = _Work(table, missing, waiting, driver, emit)
        while waiting:
            with engine.pool(len(waiting), store, emit) as pool:
                work.through(pool)
    return work.outcome


def _missing(table: Mapping[str, Task], goals: Iterable[str], store: Store, emit: Emit) -> set[str]:
    """Goals that are not stored whole and, down the graph, what making them needs and is not stored either."""
    missing: set[str] = set()
    open_keys = list(goals)
    seen: set[str] = set()
    while open_keys:
        key = open_keys.pop()
        if key in seen:
            continue
        seen.add(key)
        if store.whole(key, emit):
            emit(Event("stored", table[key].name if key in table else key[:12]))
            continue
        if key not in table:
            raise SamefnError("SF0040", "a result that others need is not stored and no task makes it", where=key[:12])
        missing.add(key)
        open_keys.extend(table[key].needs.values())
    return missing


class _Work:
    """The tasks of one run: which wait, which are under way, and what became of the others."""

    def __init__(
        self, table: Mapping[str, Task], missing: set[str], waiting: list[Task], driver: Driver, emit: Emit
    ) -> None:
        self.outcome = Outcome()
        self._table, self._missing, self._waiting, self._driver, self._emit = table, missing, waiting, driver, emit
        self._running: dict[Future[Result], Task] = {}
        self._tries: dict[str, int] = {}
        self._suspects: set[str] = set()
        self._not_before: dict[str, float] = {}

    def through(self, pool: Pool) -> None:
        """Run what is waiting until all is done, or until a worker's death takes the pool with it."""
        self._running = {}
        while self._waiting or self._running:
            try:
                self._start_ready(pool)
            except BrokenProcessPool:  # a worker died that had nothing to do, or one whose end is seen below
                if not self._running:
                    return
            if not self._running:
                time.sleep(LOOK)
            done, _ = wait(self._running, timeout=LOOK, return_when=FIRST_COMPLETED)
            results = {future: pool.result(future) for future in done}
            dead: list[Task] = []
            for future, result in results.items():
                task = self._running.pop(future)
                if result is None:
                    dead.append(task)
                else:
                    self._settle(task, result, pool.lasting)
            if dead and not pool.lasting:
                self._died([*dead, *self._running.values()])
                return
            for task in dead:
                self._died([task])
                self._not_before[task.key] = time.monotonic() + PAUSE * self._tries[task.key]
            self._driver.beat()
            pool.look()

    def _start_ready(self, pool: Pool) -> None:
        """Start what needs nothing that is missing, as long as there is room; a suspect runs alone."""
        room = pool.count()
        for task in list(self._waiting):
            alone = task.key in self._suspects or any(one.key in self._suspects for one in self._running.values())
            if len(self._running) >= (1 if alone else room):
                return
            if self._not_before.get(task.key, 0) > time.monotonic():
                continue
            if not any(key in self._missing for key in task.needs.values()):
                self._running[pool.submit(task)] = task
                self._waiting.remove(task)

    def _settle(self, task: Task, result: Result, lasting: bool) -> None:
        self.outcome.seconds[task.key] = result.seconds
        for event in result.said:
            self._emit(event)
        if result.fatal and not lasting:
            raise StorageError("SF0041", result.error)
        if not result.error:
            self._missing.discard(task.key)
            self._emit(Event("finished", task.name, f"{result.seconds:.1f} s"))
            return
        if result.again and self._tried(task) < TRIES:
            self._emit(Event("warning", task.name, f"{result.error}; tried again from what it left"))
            self._waiting.insert(0, task)
            return
        self._fail(task, result.error, result.details)

    def _died(self, dead: list[Task]) -> None:
        """Try again what was under way; where nobody can say which of several it was, one at a time."""
        if len(dead) > 1:
            self._suspects.update(task.key for task in dead)
            text = "a worker process died; what was under way is tried again, one at a time"
            self._emit(Event("warning", "workers", text))
        for task in dead:
            if self._tried(task) >= TRIES:
                self._fail(task, DIED)
                continue
            if len(dead) == 1:
                self._emit(Event("warning", task.name, "its worker process died; tried again from what it left"))
            self._waiting.insert(0, task)

    def _tried(self, task: Task) -> int:
        self._tries[task.key] = self._tries.get(task.key, 0) + 1
        return self._tries[task.key]

    def _fail(self, task: Task, error: str, details: str = "") -> None:
        """A task that failed for good, and all that need it."""
        if (tries := self._tries.get(task.key, 1)) > 1:
            error = f"{error} (tried {tries} times; its key is {task.key[:12]})"
        self._emit(Event("failed", task.name, error))
        self.outcome.failed[task.key] = error
        self._driver.failed(task.key, error)
        if details:
            self.outcome.details[task.key] = details
        self._skip_hopeless()

    def _skip_hopeless(self) -> None:
        """Take out what needs a failed task, and what needs that."""
        found = True
        while found:
            found = False
            for task in list(self._waiting):
                cause = next((key for key in task.needs.values() if key in self.outcome.failed), None)
                if cause is not None:
                    self._waiting.remove(task)
                    self.outcome.failed[task.key] = f"not made, because {self._table[cause].name} failed"
                    self._driver.failed(task.key, self.outcome.failed[task.key])
                    self._emit(Event("skipped", task.name, self.outcome.failed[task.key]))
                    found = True
