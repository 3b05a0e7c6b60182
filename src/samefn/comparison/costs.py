"""What the models of a comparison cost to run: latency side by side, then the memory of each alone."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
from pydantic import TypeAdapter, ValidationError

from samefn.comparison.confinement import confined_models
from samefn.comparison.measured import Costs
from samefn.comparison.models import ComparedModel
from samefn.comparison.task_specs import CostSources, CostSpec
from samefn.config.comparison import ModelSource
from samefn.config.keys import COST
from samefn.core.canonical import Json
from samefn.core.errors import InputError, one_line
from samefn.core.events import Emit, Event
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples
from samefn.engine.in_process import InProcessEngine
from samefn.engine.run import run_tasks
from samefn.engine.task import Job, Task
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.cost.latency import measure_cost
from samefn.runtimes.cost.memory import measure_memory
from samefn.runtimes.host import cpu_name, usable_cores
from samefn.runtimes.inference import one_batch
from samefn.runtimes.inputs.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.failures import UnexpectedError
from samefn.sandbox.limits import Limits, default_limits
from samefn.schema.costs import CostEntry
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Report
from samefn.store.store import Store

COSTS_FILE = "cost.json"
# By model id.
_COSTS = TypeAdapter(dict[str, CostEntry])
# By model id: its latency, and the names of its inputs; None where it cannot be fed.
_Timed: TypeAlias = dict[str, tuple[CostEntry, tuple[str, ...] | None]]
_TIMED = TypeAdapter(_Timed)
# For each model, both batch sizes together.
SECONDS = 4.0


def cost_task(
    models: Sequence[ComparedModel], first_runs: Mapping[str, Task], examples: str, batch: int
) -> Task | None:
    """The task that measures what the models cost; None where no model is run.

    Args:
        models: of the comparison.
        first_runs: by model id, the task that ran it.
        examples: key of the examples that these ran on.
        batch: examples a batch.
    """
    run_models = [model for model in models if model.id in first_runs]
    if not run_models:
        return None
    # The key names all models, so that latencies of a comparison are measured in one run, side by side.
    spec = CostSpec(answers=tuple(first_runs[model.id].key for model in run_models), batch=batch, seconds=SECONDS)
    machine: dict[str, Json] = {"cpu": cpu_name(), "cores": usable_cores()}
    sources = CostSources(sources={model.id: model.source for model in run_models})
    needs = {"examples": examples}
    key, name = COST.key(spec=spec.entries(), needs=needs, versions=machine), "latency and memory"
    return Task(key, COST.name, name, "samefn.comparison.costs:measure_costs", spec.entries(), needs, sources.entries())


def measure_costs(job: Job) -> None:
    """Latency of all models in turns in one process, then the memory of each in its own; one that fails has none."""
    spec, sources = job.read(CostSpec), job.read(CostSources).sources
    with TemporaryDirectory() as folder:
        found = _time_confined(sources, job.inputs["examples"].folder, spec, Path(folder), job.limits)
        costs: dict[str, CostEntry] = {}
        for number, (name, source) in enumerate(sources.items(), start=1):
            job.emit(Event("progress", job.name, source.path, done=number, total=len(sources)))
            entry, inputs = found[name]
            if inputs is not None:
                with np.load(Path(folder) / f"{name}.npz", allow_pickle=False) as arrays:
                    feeds = {key: arrays[str(place)] for place, key in enumerate(inputs)}
                entry = _with_memory(entry, measure_memory(source, feeds, job.limits))
            costs[name] = entry
    (job.out / COSTS_FILE).write_bytes(_COSTS.dump_json(costs, exclude_unset=True))


def _time_confined(
    sources: Mapping[str, ModelSource], examples: Path, spec: CostSpec, folder: Path, limits: Limits
) -> "_Timed":
    """The latencies of models, and the names of their inputs; one batch of each is written into a folder."""
    models = [(source, find_adapter(source)) for source in sources.values()]
    confined = confined_models(models)
    given = {name: source.model_dump(mode="json") for name, source in sources.items()}
    call = Call(
        where="costs",
        function="samefn.comparison.costs:time_models",
        arguments=[given, str(examples.absolute()), spec.batch, spec.seconds, str(folder)],
        limits=limits,
        readable=(*confined.readable, str(examples)),
        writable=(str(folder),),
        preload=confined.preload,
    )
    try:
        found, _ = call_confined(call)
        return _TIMED.validate_python(found)
    except (InputError, UnexpectedError, ValidationError) as error:
        note = f"no latency: {one_line(error)}"
        return {name: (CostEntry(notes=(note,)), None) for name in sources}


def time_models(arguments: Any, say: object) -> Any:
    """In the confined process: open all models and time them in turns."""
    del say
    given, examples, batch, seconds, folder = arguments
    sources = {name: ModelSource.model_validate(source) for name, source in given.items()}
    arrays = read_examples(Path(examples)).examples.arrays
    found: _Timed = {}
    models: dict[str, Model] = {}
    for name, source in sources.items():
        try:
            models[name] = open_model(source, find_adapter(source))
        except InputError as error:
            found[name] = CostEntry(notes=(str(error),)), None
    for name, entry, feeds in _latencies(models, sources, arrays, batch, seconds):
        found[name] = entry, None if feeds is None else tuple(feeds)
        if feeds is not None:
            values = {str(place): array for place, array in enumerate(feeds.values())}
            np.savez(Path(folder) / f"{name}.npz", **values)  # type: ignore[arg-type]
    return _TIMED.dump_python(found, mode="json", exclude_unset=True)


def costs_in_process(
    models: Sequence[ComparedModel], opened: Mapping[str, Model], examples: ExampleSet, batch: int
) -> Costs:
    """The same in this process, of open models, and a warning about the others; memory only of models that are files.

    Args:
        models: of the comparison.
        opened: by model id.
        examples: what they run on.
        batch: examples a batch.
    """
    sources = {model.id: model.source for model in models if model.id in opened}
    files = {model.id for model in models if model.adapter.name != "python"}
    costs: dict[str, CostEntry] = {}
    for name, entry, feeds in _latencies(opened, sources, examples.arrays, batch, SECONDS):
        measured = feeds is not None and name in files
        costs[name] = (
            _with_memory(entry, measure_memory(sources[name], feeds or {}, default_limits())) if measured else entry
        )
    not_run = [model.name for model in models if model.id not in opened]
    warning = f"Latency and memory of {', '.join(not_run)} were not measured: only predictions are given."
    return costs, (warning,) if not_run else ()


def _latencies(
    models: Mapping[str, Model],
    sources: Mapping[str, ModelSource],
    arrays: Mapping[str, Array],
    batch: int,
    seconds: float,
) -> Iterator[tuple[str, CostEntry, Mapping[str, Array] | None]]:
    """The latency of all models, timed in turns, and one batch of each; None for one that cannot be fed.

    Args:
        models: open, by id.
        sources: where they are from, by id.
        arrays: what they run on, by name.
        batch: examples a batch.
        seconds: for the latency of each model.
    """
    plans: dict[str, FeedPlan] = {}
    for name, model in models.items():
        try:
            plans[name] = plan_feed(model.inputs, arrays, sources[name].feed, sources[name].path)
        except InputError as error:
            yield name, CostEntry(notes=(str(error),)), None
    feeds = {name: partial(one_batch, plan, arrays) for name, plan in plans.items()}
    timed = measure_cost({name: models[name] for name in plans}, feeds, batch, seconds) if plans else {}
    for name, latency in timed.items():
        yield name, latency, feeds[name](plans[name].batch or batch)


def _with_memory(latency: CostEntry, peak: CostEntry) -> CostEntry:
    return latency.model_copy(update={"memory": peak.memory, "notes": (*latency.notes, *peak.notes)})


def run_cost_task(task: Task | None, store: Store, limits: Limits, emit: Emit) -> Costs:
    """The costs by model id, measured while nothing else runs here, and a warning where that failed.

    Args:
        task: as `cost_task` gives it; None to measure nothing.
        store: where results are.
        limits: on the confined processes.
        emit: receives an event for each step.
    """
    if task is None:
        return {}, ()
    outcome = run_tasks([task], [task.key], store, InProcessEngine(limits), emit, task.name)
    if task.key in outcome.failed:
        return {}, (f"Latency and memory were not measured: {outcome.failed[task.key]}.",)
    return _COSTS.validate_json(store.open(task.key).path(COSTS_FILE).read_bytes()), ()


def with_costs(report: Report, costs: Mapping[str, CostEntry], records: Mapping[str, AnswerRecord]) -> Report:
    """The report with every model's costs.

    Args:
        report: without them.
        costs: by model id; empty where they were not measured.
        records: how each model was run, by model id.
    """
    models = []
    for model in report.models:
        record, cost = records.get(model.id, AnswerRecord()), costs.get(model.id, CostEntry())
        cost = cost.model_copy(update={"parameters": record.parameters, "nonzero": record.nonzero})
        models.append(model.model_copy(update={"cost": None if cost == CostEntry() else cost}))
    return report.model_copy(update={"models": tuple(models)})
