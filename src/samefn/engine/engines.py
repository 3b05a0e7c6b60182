"""The engine that a name chooses."""

from samefn.core.errors import InputError
from samefn.core.loading import load
from samefn.core.naming import near
from samefn.engine.local import LocalEngine
from samefn.engine.pool import Engine
from samefn.runtimes.host import worker_count

ENGINES = ("local", "ray")


def find_engine(name: str, workers: int | None, address: str | None = None) -> Engine:
    """The engine of a name.

    Args:
        name: `local` for processes of this machine, or `ray`.
        workers: how many tasks at once; None for one a core, of this machine or of the cluster.
        address: of a Ray cluster; None to start Ray on this machine.

    Raises:
        InputError: no such engine, fewer than one worker, an address for an engine that has none, or Ray
            is not installed or not there.
    """
    if name not in ENGINES:
        raise InputError("SF0033", f"unknown engine {name!r}", where="--engine", fix=near(name, ENGINES))
    if name == "local":
        if address:
            raise InputError(
                "SF0034", "an address is given, and the engine is local", where="--address", fix="add --engine ray"
            )
        return LocalEngine(worker_count(workers))
    try:
        engine: Engine = load("samefn.engine.ray:RayEngine")(
            worker_count(workers) if workers or not address else None, address
        )
    except ModuleNotFoundError as error:
        raise InputError(
            "SF0035", "Ray is not installed", where="--engine ray", fix="pip install 'samefn[ray]'"
        ) from error
    return engine
