"""Find an engine by its name."""

from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.naming import suggest
from samefn.engine.local import LocalEngine
from samefn.engine.pool import Engine
from samefn.runtimes.host import worker_count
from samefn.sandbox.limits import Limits, default_limits

ENGINES = ("local", "ray")


def find_engine(name: str, workers: int | None, address: str | None = None, limits: Limits | None = None) -> Engine:
    """The engine of this name.

    Args:
        name: `local` for processes of this machine, or `ray`.
        workers: tasks at once; None for one per core of this machine or of the cluster.
        address: of a Ray cluster; None to start Ray on this machine.
        limits: on the confined process of a task; None for those of `default_limits`.

    Raises:
        InputError: there is no such engine, there would be no worker, the address is not for this engine, or Ray is
            not installed or not reachable.
    """
    if name not in ENGINES:
        raise InputError("SF023", f"unknown engine {name!r}", where="--engine", fix=suggest(name, ENGINES))
    if name == "local":
        if address:
            raise InputError("SF040", "the engine local takes no address", where="--address", fix="add --engine ray")
        return LocalEngine(worker_count(workers), limits or default_limits())
    try:
        engine: Engine = load("samefn.engine.ray:RayEngine")(
            worker_count(workers) if workers or not address else None, address, limits
        )
    except ModuleNotFoundError as error:
        raise InputError(
            "SF041", "Ray is not installed", where="--engine ray", fix="install it: pip install 'samefn[ray]'"
        ) from error
    return engine
