"""How much memory a model takes to load and run, measured in a fresh process."""

import multiprocessing
from collections.abc import Mapping
from multiprocessing.connection import Connection

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.process import reset_peak, resident
from samefn.core.user_code import failure
from samefn.runtimes.adapters import find_adapter, import_loader
from samefn.runtimes.model import Array
from samefn.schema.costs import CostEntry

MAX_SECONDS = 600.0  # then the process is ended: it hangs, or the model is too slow to be worth the wait
_NOT_LINUX = "no peak memory: this system does not report the highest resident size of one process"


def measure_memory(source: ModelSource, feeds: Mapping[str, Array]) -> CostEntry:
    """Load a model and run one batch in a fresh process, and see how far its resident memory rises.

    The process is spawned, so it shares no memory with the caller. It imports the runtime's libraries first; they are
    not counted, because several models share them. The highest resident size is Linux's VmHWM, which belongs to the
    process's own memory. (A new process inherits `ru_maxrss` from the one that started it.) Pages of a mapped file
    count once they are read.

    Args:
        source: the model.
        feeds: one batch, by the names of the model's inputs.

    Returns:
        The memory, or a note why there is none: a model that fails or a process that is killed raises no error.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_child, args=(there, source, dict(feeds)), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(MAX_SECONDS):
            return _no_memory(f"no peak memory: not measured within {MAX_SECONDS:g} seconds")
        cost: CostEntry = here.recv()
    except EOFError:
        process.join()
        return _no_memory(f"no peak memory: the process that measured it died (exit code {process.exitcode})")
    else:
        return cost
    finally:
        process.terminate()
        process.join()
        here.close()


def _child(there: Connection, source: ModelSource, feeds: Mapping[str, Array]) -> None:
    try:
        cost = _measure(source, feeds)
    except InputError as error:
        cost = _no_memory(f"no peak memory: {error.what}")
    except BaseException as error:  # (this process ends here, and nobody would read its traceback)
        cost = _no_memory(f"no peak memory: {failure(error)}")
    there.send(cost)
    there.close()


def _measure(source: ModelSource, feeds: Mapping[str, Array]) -> CostEntry:
    load_model = import_loader(find_adapter(source))
    note = "" if reset_peak() else "the peak may be that of importing the libraries: it could not be set back"
    before = resident("VmRSS")
    model = load_model(source)
    model.run(feeds)
    peak = resident("VmHWM")
    if before is None or peak is None:
        return _no_memory(_NOT_LINUX)
    return CostEntry(memory=max(0, peak - before) * 1024, notes=(note,) if note else ())


def _no_memory(reason: str) -> CostEntry:
    return CostEntry(notes=(reason,))
