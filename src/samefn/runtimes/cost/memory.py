"""How much memory a model takes to load and run: in a process of its own that has run nothing else."""

import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.process import reset_peak, resident
from samefn.core.user_code import failure
from samefn.runtimes.adapters import find_adapter, opener
from samefn.runtimes.model import Array
from samefn.schema.costs import CostEntry

_NOT_LINUX = "no peak memory: this system does not tell the highest resident size of one process"


def measure_memory(source: ModelSource, feeds: Mapping[str, Array], seconds: float = 600.0) -> CostEntry:
    """Load a model and run one batch in a fresh process, and see how far its resident memory rises.

    The process is spawned, so it holds nothing of the caller's. It imports the runtime's libraries first: they are in
    memory once however many models there are, and are not counted. The highest resident size is Linux's VmHWM, which
    belongs to the process's own memory; `ru_maxrss` would not do, because a new process inherits it from the one that
    started it. Pages of a mapped file count when they were touched.

    Args:
        source: the model.
        feeds: one batch, by the names of the model's inputs.
        seconds: how long to wait before the process is ended.

    Returns:
        The memory, or a note why there is none: a model that fails, or a process that is killed, is no error here.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_child, args=(there, source, dict(feeds)), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(seconds):
            return _without(f"no peak memory: not measured within {seconds:g} seconds")
        found: CostEntry = here.recv()
    except EOFError:
        process.join()
        return _without(f"no peak memory: the process that measured it died (exit code {process.exitcode})")
    else:
        return found
    finally:
        process.terminate()
        process.join()
        here.close()


def _child(there: Connection, source: ModelSource, feeds: Mapping[str, Array]) -> None:
    try:
        found = _measured(source, feeds)
    except InputError as error:
        found = _without(f"no peak memory: {error.what}")
    except BaseException as error:  # (the process has nothing else to do, and its traceback nowhere to go)
        found = _without(f"no peak memory: {failure(error)}")
    there.send(found)
    there.close()


def _measured(source: ModelSource, feeds: Mapping[str, Array]) -> CostEntry:
    open_it = opener(find_adapter(source))
    note = "" if reset_peak() else "the peak may be that of importing the libraries: it could not be set back"
    before = resident("VmRSS")
    model = open_it(source)
    model.run(feeds)
    peak = resident("VmHWM")
    if before is None or peak is None:
        return _without(_NOT_LINUX)
    return CostEntry(memory=max(0, peak - before) * 1024, notes=(note,) if note else ())


def _without(why: str) -> CostEntry:
    return CostEntry(notes=(why,))
