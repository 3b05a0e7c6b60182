"""How far runs are, and what has been spent, read from the store on any machine."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from samefn.core.errors import DamagedArtefactError
from samefn.engine.heartbeat import GONE, Mark, RunRecord, marks, records
from samefn.store.artefact import Manifest
from samefn.store.store import Store

State = Literal["running", "stopped", "ended"]


@dataclass(frozen=True)
class RunStatus:
    """One run.

    Attributes:
        title: what it makes.
        engine: what runs it.
        host: the driver's machine and process.
        state: whether its driver is at work, was stopped or died, or came to its end.
        started: seconds since 1970.
        done: how many tasks are stored.
        running: those under way, wherever they are.
        waiting: how many wait.
        failed: name and error of those that failed for good.
        left: seconds until all is done, by how long tasks of each kind have taken and how many are under way; None
            where nothing is under way, or a kind has never been made.
    """

    title: str
    engine: str
    host: str
    state: State
    started: float
    done: int
    running: tuple[Mark, ...]
    waiting: int
    failed: tuple[tuple[str, str], ...]
    left: float | None


@dataclass(frozen=True)
class Spent:
    """What all stored results of one kind have taken; of what was interrupted, since its last start.

    Attributes:
        kind: of task.
        made: how many there are.
        seconds: of the clock, all of them together.
        cpu_seconds: of processors; None where older results do not say.
        gpu_seconds: seconds on a GPU, whole ones: a share of a GPU counts as that share.
        memory: bytes, the most that one has taken; None where it is not known.
    """

    kind: str
    made: int
    seconds: float
    cpu_seconds: float | None
    gpu_seconds: float
    memory: int | None


def run_statuses(store: Store) -> list[RunStatus]:
    """Every run that the store knows of, the latest first."""
    stored, under_way, typical = set(store.keys()), marks(store), _typical(store)
    return [_status(run, stored, under_way, typical) for run in records(store)]


def spent_by_kind(store: Store) -> list[Spent]:
    """What the stored results have taken, by kind of task, the most expensive first."""
    shares = {task.key: task.gpu for run in records(store) for task in run.tasks}
    groups: dict[str, list[Manifest]] = {}
    for manifest in _manifests(store):
        groups.setdefault(manifest["kind"], []).append(manifest)
    found = [_spent(kind, group, shares) for kind, group in groups.items()]
    return sorted(found, key=lambda one: -one.seconds)


def _status(run: RunRecord, stored: set[str], under_way: Mapping[str, Mark], typical: Mapping[str, float]) -> RunStatus:
    keys = {task.key: task for task in run.tasks}
    running = tuple(under_way[key] for key in keys if key in under_way and key not in stored)
    failed = tuple((keys[key].name, error) for key, error in run.failed.items() if key in keys)
    open_kinds = [task.kind for key, task in keys.items() if key not in stored and key not in run.failed]
    alive = not run.ended and time.time() - run.beat < GONE
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
        left=_left(open_kinds, running, typical) if alive else None,
    )


def _left(kinds: Iterable[str], running: tuple[Mark, ...], typical: Mapping[str, float]) -> float | None:
    """Seconds left: all that is open, less what has been done of it, shared by as many as are under way."""
    kinds = list(kinds)
    if not running or not all(kind in typical for kind in kinds):
        return None
    begun = sum(min(time.time() - mark.started, max(typical.values())) for mark in running)
    return max(0.0, sum(typical[kind] for kind in kinds) - begun) / len(running)


def _typical(store: Store) -> dict[str, float]:
    """The median of the seconds that tasks of each kind have taken."""
    seconds: dict[str, list[float]] = {}
    for manifest in _manifests(store):
        seconds.setdefault(manifest["kind"], []).append(manifest["seconds"])
    return {kind: median(found) for kind, found in seconds.items()}


def _spent(kind: str, group: list[Manifest], shares: Mapping[str, float]) -> Spent:
    told = [float(one["cpu_seconds"]) for one in group if "cpu_seconds" in one]
    return Spent(
        kind=kind,
        made=len(group),
        seconds=sum(float(one["seconds"]) for one in group),
        cpu_seconds=sum(told) if len(told) == len(group) else None,
        gpu_seconds=sum(float(one["seconds"]) * shares.get(one["key"], 0.0) for one in group),
        memory=max(((one["memory"] or 0) for one in group if one.get("memory")), default=None),
    )


def _manifests(store: Store) -> Iterable[Manifest]:
    for key in store.keys():  # noqa: SIM118  (a store is no dict)
        try:
            yield store.peek(key).manifest
        except DamagedArtefactError:
            continue  # `samefn verify` names it
