"""What the models of a comparison cost to run: latency side by side, then the memory of each alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from pydantic import TypeAdapter

from samefn.comparison.measured import Costs
from samefn.comparison.models import ComparedModel
from samefn.comparison.task_specs import CostSources, CostSpec
from samefn.config.comparison import ModelSource
from samefn.config.keys import COST
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples
from samefn.engine.local import LocalEngine
from samefn.engine.run import run_tasks
from samefn.engine.task import Job, Task
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.cost.latency import measure_cost
from samefn.runtimes.cost.memory import measure_memory
from samefn.runtimes.host import cpu_name, usable_cores
from samefn.runtimes.inference import one_batch
from samefn.runtimes.inputs.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model
from samefn.schema.costs import CostEntry
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Report
from samefn.store.store import Store

COSTS_FILE = "cost.json"
# By model id.
_COSTS = TypeAdapter(dict[str, CostEntry])
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
    """Latency of all models in turns, then the memory of each in its own process; a model that fails has none."""
    arrays = read_examples(job.inputs["examples"].folder).examples.arrays
    costs: dict[str, CostEntry] = {}
    spec, sources = job.read(CostSpec), job.read(CostSources).sources
    models: dict[str, Model] = {}
    for name, source in sources.items():
        try:
            models[name] = open_model(source, find_adapter(source))
        except InputError as error:
            costs[name] = CostEntry(notes=(str(error),))
    entries = side_by_side(models, sources, arrays, spec.batch, spec.seconds)
    for number, (name, entry) in enumerate(entries, start=1):
        job.emit(Event("progress", job.name, sources[name].path, done=number, total=len(models)))
        costs[name] = entry
    (job.out / COSTS_FILE).write_bytes(_COSTS.dump_json(costs, exclude_unset=True))


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
    not_run = [model.name for model in models if model.id not in opened]
    warning = f"Latency and memory of {', '.join(not_run)} were not measured: only predictions are given."
    return dict(side_by_side(opened, sources, examples.arrays, batch, SECONDS, files)), (warning,) if not_run else ()


def side_by_side(
    models: Mapping[str, Model],
    sources: Mapping[str, ModelSource],
    arrays: Mapping[str, Array],
    batch: int,
    seconds: float,
    with_memory: Collection[str] | None = None,
) -> Iterator[tuple[str, CostEntry]]:
    """The costs of each model: latency of all in turns, then the memory of each in its own process.

    Args:
        models: open, by id.
        sources: where they are from, by id.
        arrays: what they run on, by name.
        batch: examples a batch.
        seconds: for the latency of each model.
        with_memory: ids of the models whose memory is measured; None for all.
    """
    plans: dict[str, FeedPlan] = {}
    for name, model in models.items():
        try:
            plans[name] = plan_feed(model.inputs, arrays, sources[name].feed, sources[name].path)
        except InputError as error:
            yield name, CostEntry(notes=(str(error),))
    feeds = {name: partial(one_batch, plan, arrays) for name, plan in plans.items()}
    timed = measure_cost({name: models[name] for name in plans}, feeds, batch, seconds) if plans else {}
    for name, latency in timed.items():
        peak = CostEntry()
        if with_memory is None or name in with_memory:
            peak = measure_memory(sources[name], feeds[name](plans[name].batch or batch))
        yield name, latency.model_copy(update={"memory": peak.memory, "notes": (*latency.notes, *peak.notes)})


def run_cost_task(task: Task | None, store: Store, emit: Emit) -> Costs:
    """The costs by model id, measured while nothing else runs here, and a warning where that failed.

    Args:
        task: as `cost_task` gives it; None to measure nothing.
        store: where results are.
        emit: receives an event for each step.
    """
    if task is None:
        return {}, ()
    outcome = run_tasks([task], [task.key], store, LocalEngine(1), emit, task.name)
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
