"""Tasks on a Ray cluster: Ray says where and when; what is known of results is in the store alone."""

import os
import socket
import time
from concurrent.futures import Future
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import TracebackType

import ray
from ray.exceptions import GetTimeoutError, RayError, RaySystemError, RayTaskError, RuntimeEnvSetupError

from samefn.core.errors import InputError, SamefnError
from samefn.core.events import Emit, Event
from samefn.core.paths import cache_folder
from samefn.engine.execute import Result, work
from samefn.engine.heartbeat import marks
from samefn.engine.task import Task
from samefn.store.opening import existing_store, is_url
from samefn.store.store import Store

# Of what a kind of task has needed, so much more is asked for; of the largest machine, at most so much.
MEMORY_SPARE, MEMORY_MOST = 1.2, 0.8
# More tasks are given to Ray than there is room for, so that no core waits for this process.
AHEAD = 2
# Seconds to wait for a cluster's address to answer.
PATIENCE = 10.0
# Seconds between two looks into the store for how far tasks are.
SEEN = 5.0


class RayEngine:
    """A Ray cluster, or Ray on this machine.

    Args:
        workers: how many tasks at once; None for as many as a cluster that is joined has room for.
        address: of the cluster, as `ray.init` takes it; None to start Ray here, and to end it at the end.

    Raises:
        InputError: there is no cluster at the address.
    """

    name = "ray"

    def __init__(self, workers: int | None, address: str | None = None) -> None:
        self._most = workers
        if ray.is_initialized():
            return
        python_path = {"PYTHONPATH": path} if (path := os.environ.get("PYTHONPATH")) else {}
        settings: dict[str, object] = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}
        settings["runtime_env"] = {"env_vars": {**python_path, "OMP_NUM_THREADS": "1"}}
        if address is None:
            settings |= {"num_cpus": workers, "include_dashboard": False, "address": "local"}
        else:
            _require_reachable(address)
            settings["address"] = address
        try:
            ray.init(**settings)
        except (ConnectionError, ValueError, RuntimeError, RayError) as error:
            line = " ".join(str(error).split())[:200]
            fix = "start a cluster with `ray start --head`, or leave --address out"
            raise InputError(
                "SF0036", f"no Ray cluster can be joined ({line})", where=f"--address {address}", fix=fix
            ) from error

    def pool(self, tasks: int, store: Store, emit: Emit) -> "RayWorkers":
        """The cluster's cores."""
        return RayWorkers(tasks, self._most, store, emit)


def _require_reachable(address: str) -> None:
    """Refuse an address where nothing listens: Ray itself would try for many minutes.

    Raises:
        InputError: nothing does.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return  # a word of Ray's own, such as auto
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()
    except (OSError, ValueError) as error:
        raise InputError(
            "SF0037",
            f"nothing answers there ({str(error).lower()})",
            where=f"--address {address}",
            fix="start a cluster with `ray start --head`, and give the address that it prints",
        ) from error


class RayWorkers:
    """The workers of the cluster that this process is joined to; use it as a context.

    Args:
        tasks: how many there are to do at most.
        most: how many at once; None for all that the cluster has room for.
        store: where results are.
        emit: told of what tasks say, when they end, and how far they are.
    """

    lasting = True

    def __init__(self, tasks: int, most: int | None, store: Store, emit: Emit) -> None:
        self._tasks, self._most, self._store, self._emit = tasks, most, store, emit
        self._location = store.location if is_url(store.location) else str(Path(store.location).absolute())
        self._memory = store.memory_by_kind()
        self._refs: dict[Future[Result], ray.ObjectRef] = {}
        self._names: dict[str, str] = {}
        self._seen, self._without = time.monotonic(), False

    def __enter__(self) -> "RayWorkers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        if kind is not None:
            for reference in self._refs.values():
                ray.cancel(reference, force=True)

    def count(self) -> int:
        """The limit, or somewhat more tasks than there are cores now, so that Ray always has the next one."""
        return min(self._tasks, self._most or AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1))))

    def submit(self, task: Task) -> "Future[Result]":
        """Give a task to Ray, with what it will need."""
        needed: dict[str, float] = {"num_cpus": 1, "num_gpus": task.gpu, "max_retries": 0}
        if task.kind in self._memory:
            needed["memory"] = int(min(MEMORY_SPARE * self._memory[task.kind], MEMORY_MOST * _largest_memory()))
        reference = _worked.options(name=f"{task.kind}: {task.name}", **needed).remote(
            task, self._location, str(Path.cwd())
        )
        future: Future[Result] = reference.future()
        self._refs[future], self._names[task.key] = reference, task.name
        return future

    def result(self, future: "Future[Result]") -> Result | None:
        """A finished task's result; None where its worker, or the whole machine, is gone."""
        self._refs.pop(future, None)
        try:
            return future.result()
        except (RayTaskError, RuntimeEnvSetupError) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            return Result(0.0, f"cannot be run there ({lines[-1][:200]})", details=str(error), again=True)
        except RaySystemError as error:
            line = " ".join(str(error).split())[:200]
            raise SamefnError(
                "SF0038", f"the Ray cluster is gone ({line}); the same command goes on from the store"
            ) from error
        except RayError:
            return None

    def look(self) -> None:
        """Say how far the tasks are, as they write it into the store, and whether there is a machine at all."""
        if time.monotonic() - self._seen < SEEN:
            return
        self._seen = time.monotonic()
        for key, mark in marks(self._store).items():
            if key in self._names:
                self._emit(Event("progress", mark.name, mark.text, mark.done, mark.total))
        try:
            without = not ray.cluster_resources().get("CPU")
        except (RaySystemError, GetTimeoutError) as error:
            raise SamefnError("SF0039", "the Ray cluster is gone; the same command goes on from the store") from error
        if without and not self._without:
            self._emit(Event("warning", "ray", "the cluster has no machine left; waiting for one to join"))
        self._without = without


@ray.remote  # type: ignore[untyped-decorator]
def _worked(task: Task, location: str, folder: str) -> Result:
    """Run one task on a worker; what it says goes back with its result."""
    if Path(folder).is_dir():
        os.chdir(folder)  # relative paths of the user's are relative to where the command was given
    said: list[Event] = []

    def emit(event: Event) -> None:
        if event.kind in {"note", "warning"}:
            said.append(event)

    try:
        store = _store(location)
    except SamefnError as error:
        return Result(0.0, str(error), again=True)
    return replace(work(task, store, emit), said=tuple(said))


@cache
def _store(location: str) -> Store:
    """The store, once a process: only one that is there, because a folder that a machine does not see is no store."""
    return existing_store(location, cache_folder())


def _largest_memory() -> float:
    """Bytes that the largest machine has to give."""
    return max((node["Resources"].get("memory", 0.0) for node in ray.nodes() if node["Alive"]), default=0.0)
