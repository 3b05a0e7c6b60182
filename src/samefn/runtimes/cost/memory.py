"""How much memory a model takes to load and run, measured in a fresh process."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.process import reset_peak, resident
from samefn.runtimes.adapters import find_adapter, import_loader
from samefn.runtimes.model import Array
from samefn.runtimes.model_files import model_files
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits
from samefn.schema.costs import CostEntry

MAX_SECONDS = 600.0  # then the process is ended: it hangs, or the model is too slow to be worth the wait
_NOT_LINUX = "no peak memory: this system does not report the highest resident size of one process"
_FEEDS = "feeds.npz"


def measure_memory(source: ModelSource, feeds: Mapping[str, Array], limits: Limits) -> CostEntry:
    """Load a model and run one batch in a fresh process, and see how far its resident memory rises.

    The process is a confined one that shares no memory with others. It imports the runtime's libraries first; they are
    not counted, because several models share them. The highest resident size is Linux's VmHWM, which belongs to the
    process's own memory. (A new process inherits `ru_maxrss` from the one that started it.) Pages of a mapped file
    count once they are read.

    Args:
        source: the model.
        feeds: one batch, by the names of the model's inputs.
        limits: on its process; at most ten minutes in any case.

    Returns:
        The memory, or a note why there is none: a model that fails or a process that is killed raises no error.
    """
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / _FEEDS, **{str(number): array for number, array in enumerate(feeds.values())})  # type: ignore[arg-type]
        call = Call(
            where=source.path,
            function="samefn.runtimes.cost.memory:measure",
            arguments=[source.model_dump(mode="json"), list(feeds), folder],
            limits=replace(limits, seconds=min(limits.seconds, MAX_SECONDS)),
            readable=(folder, *model_files(source, find_adapter(source))),
            fresh=True,
        )
        try:
            found, _ = call_confined(call)
            return CostEntry.model_validate(found)
        except InputError as error:
            return _no_memory(f"no peak memory: {error.what}")
        except UnexpectedError as error:
            return _no_memory(f"no peak memory: {error.line}")


def measure(arguments: Any, say: object) -> Any:
    """In the confined process: load the model and run it once."""
    del say
    given, names, folder = arguments
    source = ModelSource.model_validate(given)
    with np.load(Path(folder) / _FEEDS, allow_pickle=False) as arrays:
        feeds = {name: arrays[str(number)] for number, name in enumerate(names)}
    return _measure(source, feeds).model_dump(mode="json", exclude_unset=True)


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
