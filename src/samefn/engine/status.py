"""The progress and the cost of runs, read from the store on any machine."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from samefn.core.errors import DamagedArtefactError
from samefn.engine.heartbeat import DEAD_AFTER, RunningTask, RunRecord, run_records, running_tasks
from samefn.store.artefact import Manifest
from samefn.store.store import Store

RunState = Literal["running", "stopped", "ended"]


@dataclass(frozen=True)
class RunStatus:
    """One run.

    Attributes:
        title: for people.
        engine: the engine's name.
        host: the machine and the process that run it.
        state: `running`; `stopped`, also where its process died; or `ended`.
        started: in seconds since 1970.
        done: number of stored results.
        running: tasks that are running, on any machine.
        waiting: number of waiting tasks.
        failed: name and error of each failed task.
        left: estimated seconds until the end, from the usual time of each kind of task and the number of running
            tasks; None where no task is running, or a kind has never been made.
    """

    title: str
    engine: str
    host: str
    state: RunState
    started: float
    done: int
    running: tuple[RunningTask, ...]
    waiting: int
    failed: tuple[tuple[str, str], ...]
    left: float | None


@dataclass(frozen=True)
class KindCost:
    """The cost of all stored results of one kind. Of an interrupted task, the time since its last start counts.

    Attributes:
        kind: of task.
        results: number of stored results.
        seconds: elapsed time, summed over the results.
        cpu_seconds: CPU time, summed; None where an older result does not have it.
        gpu_seconds: GPU time, summed; a share of a GPU counts as that share.
        memory: the largest peak memory in bytes; None where it is not known.
    """

    kind: str
    results: int
    seconds: float
    cpu_seconds: float | None
    gpu_seconds: float
    memory: int | None


def run_statuses(store: Store) -> list[RunStatus]:
    """Every run in the store, the latest first."""
    stored, running, typical = set(store.keys()), running_tasks(store), _typical_seconds(store)
    return [_status(run, stored, running, typical) for run in run_records(store)]


def cost_by_kind(store: Store) -> list[KindCost]:
    """The cost of the stored results by kind of task, the most expensive first."""
    shares = {task.key: task.gpu for run in run_records(store) for task in run.tasks}
    groups: dict[str, list[Manifest]] = {}
    for manifest in _manifests(store):
        groups.setdefault(manifest["kind"], []).append(manifest)
    costs = [_cost(kind, group, shares) for kind, group in groups.items()]
    return sorted(costs, key=lambda cost: -cost.seconds)


def _status(
    run: RunRecord, stored: set[str], running_by_key: Mapping[str, RunningTask], typical: Mapping[str, float]
) -> RunStatus:
    keys = {task.key: task for task in run.tasks}
    running = tuple(running_by_key[key] for key in keys if key in running_by_key and key not in stored)
    failed = tuple((keys[key].name, error) for key, error in run.failed.items() if key in keys)
    open_kinds = [task.kind for key, task in keys.items() if key not in stored and key not in run.failed]
    alive = not run.ended and time.time() - run.beat < DEAD_AFTER
    return RunStatus(
        title=run.title,
        engine=run.engine,
        host=run.host,
        state="ended" if run.ended else "running" if alive else "stopped",
        started=run.started,
        done=sum(key in stored for key in keys),
        running=running,
        waiting=len(open_kinds) - len(running),
        failed=failed,
        left=_seconds_left(open_kinds, running, typical) if alive else None,
    )


def _seconds_left(kinds: Iterable[str], running: tuple[RunningTask, ...], typical: Mapping[str, float]) -> float | None:
    """The usual time of all unfinished tasks, less the time already spent, divided by the number of running tasks."""
    kinds = list(kinds)
    if not running or not all(kind in typical for kind in kinds):
        return None
    spent = sum(min(time.time() - task.started, max(typical.values())) for task in running)
    return max(0.0, sum(typical[kind] for kind in kinds) - spent) / len(running)


def _typical_seconds(store: Store) -> dict[str, float]:
    """The median of the seconds that a task of each kind took."""
    seconds: dict[str, list[float]] = {}
    for manifest in _manifests(store):
        seconds.setdefault(manifest["kind"], []).append(manifest["seconds"])
    return {kind: median(values) for kind, values in seconds.items()}


def _cost(kind: str, group: list[Manifest], shares: Mapping[str, float]) -> KindCost:
    cpu_seconds = [float(manifest["cpu_seconds"]) for manifest in group if "cpu_seconds" in manifest]
    return KindCost(
        kind=kind,
        results=len(group),
        seconds=sum(float(manifest["seconds"]) for manifest in group),
        cpu_seconds=sum(cpu_seconds) if len(cpu_seconds) == len(group) else None,
        gpu_seconds=sum(float(manifest["seconds"]) * shares.get(manifest["key"], 0.0) for manifest in group),
        memory=max(((manifest["memory"] or 0) for manifest in group if manifest.get("memory")), default=None),
    )


def _manifests(store: Store) -> Iterable[Manifest]:
    for key in store.keys():  # noqa: SIM118  (a store is no dict)
        try:
            yield store.manifest(key)
        except DamagedArtefactError:
            continue  # `samefn verify` reports it
