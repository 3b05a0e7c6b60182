"""Run the tasks that goals need and that are not stored yet."""

from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from samefn.core.errors import SamefnError, StorageError
from samefn.core.events import Emit, Event
from samefn.engine.local import Workers
from samefn.engine.task import Task
from samefn.engine.work import Result
from samefn.store.store import Store

DIED = (
    "its worker process died (out of memory, or a crash in the runtime); the same command tries again from the last "
    "checkpoint, and fewer --workers take less memory"
)


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


def run(tasks: Iterable[Task], goals: Iterable[str], store: Store, workers: int, emit: Emit) -> Outcome:
    """Make the goals, and what they need; a stored result is not made again.

    A task that fails takes down only those that need it. Tasks start in the order given as soon as what they need
    is stored, so an order with the longest first keeps all workers busy.

    Args:
        tasks: every task that may be needed, with the needed ones anywhere in the list.
        goals: keys that must be stored in the end.
        store: where results are.
        workers: how many processes.
        emit: told of every step.

    Raises:
        StorageError: the store cannot be written; what is stored is safe.
    """
    table = {task.key: task for task in tasks}
    missing = _missing(table, goals, store, emit)
    outcome = Outcome()
    waiting = [task for task in table.values() if task.key in missing]
    emit(Event("planned", "tasks", f"{len(waiting)} of {len(table)} to do", total=len(waiting)))
    if not waiting:
        return outcome
    suspects: set[str] = set()
    while waiting:
        with Workers(min(workers, len(waiting)), store.root, emit) as pool:
            dead = _work_through(waiting, suspects, pool, outcome, missing, table, emit)
        if len(dead) == 1:
            outcome.failed[dead[0].key] = DIED
            emit(Event("failed", dead[0].name, DIED))
            _skip_hopeless(waiting, outcome, table, emit)
        elif dead:
            # Nobody can say which of them it was: each is tried again alone, from what it left.
            emit(Event("warning", "workers", "a worker process died; what was under way is tried again, one at a time"))
            suspects.update(task.key for task in dead)
            waiting[:0] = dead
    return outcome


def _work_through(
    waiting: list[Task],
    suspects: set[str],
    pool: Workers,
    outcome: Outcome,
    missing: set[str],
    table: Mapping[str, Task],
    emit: Emit,
) -> list[Task]:
    """Run what is waiting until all is done or a worker process dies; the tasks that were under way then."""
    running: dict[Future[Result], Task] = {}
    while waiting or running:
        try:
            _start_ready(waiting, running, suspects, missing, pool)
        except BrokenProcessPool:  # a worker died that had nothing to do, or one whose end is seen below
            if not running:
                return []
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        results = {future: pool.result(future) for future in done}
        for future in [future for future, result in results.items() if result is not None]:
            _settle(running.pop(future), results[future], outcome, missing, emit)
            _skip_hopeless(waiting, outcome, table, emit)
        if None in results.values():
            return list(running.values())
    return []


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
            raise SamefnError("a result that others need is not stored and no task makes it", where=key[:12])
        missing.add(key)
        open_keys.extend(table[key].needs.values())
    return missing


def _start_ready(
    waiting: list[Task], running: dict[Future[Result], Task], suspects: set[str], missing: set[str], pool: Workers
) -> None:
    """Start what needs nothing that is missing, as long as there are free workers; a suspect runs alone."""
    for task in list(waiting):
        alone = task.key in suspects or any(one.key in suspects for one in running.values())
        if len(running) >= (1 if alone else pool.count):
            return
        if not any(key in missing for key in task.needs.values()):
            running[pool.submit(task)] = task
            waiting.remove(task)


def _settle(task: Task, result: Result | None, outcome: Outcome, missing: set[str], emit: Emit) -> None:
    assert result is not None  # noqa: S101  (whoever died is not settled)
    outcome.seconds[task.key] = result.seconds
    if result.fatal:
        raise StorageError(result.error)
    if result.error:
        outcome.failed[task.key] = result.error
        if result.details:
            outcome.details[task.key] = result.details
        emit(Event("failed", task.name, result.error))
        return
    missing.discard(task.key)
    emit(Event("finished", task.name, f"{result.seconds:.1f} s"))


def _skip_hopeless(waiting: list[Task], outcome: Outcome, table: Mapping[str, Task], emit: Emit) -> None:
    """Take out what needs a failed task, and what needs that."""
    found = True
    while found:
        found = False
        for task in list(waiting):
            cause = next((key for key in task.needs.values() if key in outcome.failed), None)
            if cause is not None:
                waiting.remove(task)
                outcome.failed[task.key] = f"not made, because {table[cause].name} failed"
                emit(Event("skipped", task.name, outcome.failed[task.key]))
                found = True
