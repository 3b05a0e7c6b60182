"""Run tasks on a Ray cluster. Ray decides where and when; results go to the store only."""

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

from samefn.core.errors import InputError, SamefnError, one_line
from samefn.core.events import Emit, Event
from samefn.core.paths import cache_folder
from samefn.engine.execute import TaskResult, execute
from samefn.engine.heartbeat import running_tasks
from samefn.engine.task import Task
from samefn.sandbox.limits import Limits, default_limits
from samefn.store.opening import existing_store, is_url
from samefn.store.store import Store

# A task reserves this many times the peak memory of its kind, and at most this share of the largest machine.
_MEMORY_FACTOR, _MAX_MEMORY_SHARE = 1.2, 0.8
# Tasks given to Ray for each core, so that no core waits for this process.
_TASKS_PER_CORE = 2
# Seconds to wait for a connection to the cluster's address.
_CONNECT_SECONDS = 10.0
# Seconds between two reads of the tasks' progress from the store.
_POLL_SECONDS = 5.0


class RayEngine:
    """Runs tasks on a Ray cluster, or on Ray on this machine.

    Args:
        workers: the most tasks at once; None for as many as the cluster has cores.
        address: of the cluster, as `ray.init` takes it; None to start Ray on this machine and to end it at the end.
        limits: on a confined process; None for those of `default_limits`.

    Raises:
        InputError: no cluster can be reached at the address.
    """

    name = "ray"

    def __init__(self, workers: int | None, address: str | None = None, limits: Limits | None = None) -> None:
        self.limits = limits or default_limits()
        self._max_tasks = workers
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
            raise InputError(
                "SF042",
                f"cannot join the Ray cluster ({one_line(error)})",
                where=f"--address {address}",
                fix="start a cluster with `ray start --head`, or leave --address out",
            ) from error

    def pool(self, tasks: int, store: Store, emit: Emit) -> "RayPool":
        """A pool of the cluster's cores."""
        return RayPool(tasks, self._max_tasks, store, emit, self.limits)


def _require_reachable(address: str) -> None:
    """Check that something listens at an address: Ray itself would try for many minutes.

    Raises:
        InputError: nothing listens there.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return  # one of Ray's own names, such as auto
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise InputError(
            "SF042",
            f"no connection ({str(error).lower()})",
            where=f"--address {address}",
            fix="start a cluster with `ray start --head` and give the address it prints",
        ) from error


class RayPool:
    """The workers of the cluster that this process is joined to; use it as a context.

    Args:
        tasks: the most tasks that will be submitted.
        max_tasks: the most tasks at once; None for as many as the cluster has cores.
        store: where results are.
        emit: receives the progress of tasks, and their notes and warnings when they end.
        limits: on a confined process.
    """

    survives_worker_death = True

    def __init__(self, tasks: int, max_tasks: int | None, store: Store, emit: Emit, limits: Limits) -> None:
        self._limits = limits
        self._tasks, self._max_tasks, self._store, self._emit = tasks, max_tasks, store, emit
        self._location = store.location if is_url(store.location) else str(Path(store.location).absolute())
        self._memory = store.memory_by_kind()
        self._refs: dict[Future[TaskResult], ray.ObjectRef] = {}
        self._names: dict[str, str] = {}
        self._last_poll, self._no_machine = time.monotonic(), False

    def __enter__(self) -> "RayPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del error, trace
        if kind is not None:
            for reference in self._refs.values():
                ray.cancel(reference, force=True)

    def count(self) -> int:
        """The limit, or somewhat more tasks than cores, so that Ray always has the next one."""
        return min(self._tasks, self._max_tasks or _TASKS_PER_CORE * max(1, int(ray.cluster_resources().get("CPU", 1))))

    def submit(self, task: Task) -> "Future[TaskResult]":
        """Give a task to Ray, with what it will need."""
        needed: dict[str, float] = {"num_cpus": 1, "num_gpus": task.gpu, "max_retries": 0}
        if task.kind in self._memory:
            needed["memory"] = int(min(_MEMORY_FACTOR * self._memory[task.kind], _MAX_MEMORY_SHARE * _largest_memory()))
        reference = _execute.options(name=f"{task.kind}: {task.name}", **needed).remote(
            task, self._location, str(Path.cwd()), self._limits
        )
        future: Future[TaskResult] = reference.future()
        self._refs[future], self._names[task.key] = reference, task.name
        return future

    def result(self, future: "Future[TaskResult]") -> TaskResult | None:
        """A finished task's result; None where its worker or its machine died."""
        self._refs.pop(future, None)
        try:
            return future.result()
        except (RayTaskError, RuntimeEnvSetupError) as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            return TaskResult(0.0, f"Ray cannot run it ({lines[-1][:200]})", details=str(error), retry=True)
        except RaySystemError as error:
            raise _lost_cluster(error) from error
        except RayError:
            return None

    def poll(self) -> None:
        """Emit the progress of the tasks, read from the store, and a warning when the cluster has no machine left."""
        if time.monotonic() - self._last_poll < _POLL_SECONDS:
            return
        self._last_poll = time.monotonic()
        for key, task in running_tasks(self._store).items():
            if key in self._names:
                self._emit(Event("progress", task.name, task.text, task.done, task.total))
        try:
            no_machine = not ray.cluster_resources().get("CPU")
        except (RaySystemError, GetTimeoutError) as error:
            raise _lost_cluster(error) from error
        if no_machine and not self._no_machine:
            self._emit(Event("warning", "ray", "the cluster has no machine left; waiting for one to join"))
        self._no_machine = no_machine


def _lost_cluster(error: Exception) -> SamefnError:
    return SamefnError(
        "SF043",
        f"the connection to the Ray cluster was lost ({one_line(error)})",
        fix="run the same command again; finished results are kept",
    )


@ray.remote  # type: ignore[untyped-decorator]
def _execute(task: Task, location: str, folder: str, limits: Limits) -> TaskResult:
    """Run one task on a worker; its notes and warnings go back with its result."""
    if Path(folder).is_dir():
        os.chdir(folder)  # the user's relative paths start at the folder of the command
    messages: list[Event] = []

    def emit(event: Event) -> None:
        if event.kind in {"note", "warning"}:
            messages.append(event)

    try:
        store = _open_store(location)
    except SamefnError as error:
        return TaskResult(0.0, str(error), retry=True)
    return replace(execute(task, store, emit, limits), messages=tuple(messages))


@cache
def _open_store(location: str) -> Store:
    """The store, opened once per process. It must exist: a folder that this machine cannot see is not made anew."""
    return existing_store(location, cache_folder())


def _largest_memory() -> float:
    """Memory of the largest machine in bytes."""
    return max((node["Resources"].get("memory", 0.0) for node in ray.nodes() if node["Alive"]), default=0.0)
