"""What the models of a comparison cost to run: one task that times them side by side, then the memory of each alone."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from pydantic import TypeAdapter

from samefn.comparison.plan import Asked
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.example_files import read_examples
from samefn.engine.local import LocalEngine
from samefn.engine.run import run
from samefn.engine.task import Job, Task
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.cost import measure_cost
from samefn.runtimes.feeding import FeedPlan, plan_feed
from samefn.runtimes.host import cpu_name, usable_cores
from samefn.runtimes.memory import measure_memory
from samefn.runtimes.model import Array, Model
from samefn.schema.costs import CostEntry
from samefn.schema.records import AnswersRecord
from samefn.schema.report import Report
from samefn.spec.comparison import ModelSource
from samefn.spec.identity import task_key
from samefn.store.store import Store

RECORD = "cost.json"
# What the models cost, by id.
_COSTS = TypeAdapter(dict[str, CostEntry])
ALGORITHM = 1
# For each model, both batch sizes together.
SECONDS = 4.0


def cost_task(asked: Sequence[Asked], examples: str, batch: int) -> Task | None:
    """The task that measures what the models cost; None where none is run."""
    run = [one for one in asked if one.task is not None]
    if not run:
        return None
    # Keyed by what is asked, so that latencies of a comparison are of one run, side by side.
    answers: list[Json] = [one.task.key for one in run if one.task is not None]
    spec: dict[str, Json] = {"answers": answers, "batch": batch, "seconds": SECONDS}
    machine: dict[str, Json] = {"cpu": cpu_name(), "cores": usable_cores()}
    key = task_key("cost", ALGORITHM, {"spec": spec, "needs": {"examples": examples}, "versions": machine})
    sources: dict[str, Json] = {one.id: one.source.model_dump(mode="json") for one in run}
    needs = {"examples": examples}
    return Task(key, "cost", "latency and memory", "samefn.comparison.costs:cost", spec, needs, {"sources": sources})


def cost(job: Job) -> None:
    """Latency of all models in turns, then the memory of each in a process of its own; who fails has none."""
    arrays = read_examples(job.inputs["examples"].folder).arrays
    batch, found = int(job.spec["batch"]), dict[str, CostEntry]()
    sources = {name: ModelSource.model_validate(told) for name, told in job.spec["sources"].items()}
    models: dict[str, Model] = {}
    plans: dict[str, FeedPlan] = {}
    for name, source in sources.items():
        try:
            models[name] = open_model(source, find_adapter(source))
            plans[name] = plan_feed(models[name].inputs, arrays, source.feed, source.path)
        except InputError as error:
            models.pop(name, None)
            found[name] = CostEntry(notes=(str(error),))
    feeds = {name: partial(_batch, plan, arrays) for name, plan in plans.items()}
    timed = measure_cost(models, feeds, batch, float(job.spec["seconds"])) if models else {}
    for number, (name, latency) in enumerate(timed.items(), start=1):
        job.emit(Event("progress", job.name, sources[name].path, done=number, total=len(timed)))
        memory = measure_memory(sources[name], feeds[name](plans[name].batch or batch))
        notes = (*latency.notes, *memory.notes)
        found[name] = latency.model_copy(update={"memory": memory.memory, "notes": notes})
    (job.out / RECORD).write_bytes(_COSTS.dump_json(found, exclude_unset=True))


def measured_costs(task: Task | None, store: Store, emit: Emit) -> tuple[dict[str, CostEntry], tuple[str, ...]]:
    """What the models cost to run, measured when nothing else runs here, and a warning where that failed.

    Args:
        task: as `cost_task` gives it; None to measure nothing.
        store: where results are.
        emit: told of every step.
    """
    if task is None:
        return {}, ()
    outcome = run([task], [task.key], store, LocalEngine(1), emit, task.name)
    if task.key in outcome.failed:
        return {}, (f"What the models cost was not measured: {outcome.failed[task.key]}.",)
    return _COSTS.validate_json(store.open(task.key).path(RECORD).read_bytes()), ()


def with_costs(report: Report, found: Mapping[str, CostEntry], records: Mapping[str, AnswersRecord]) -> Report:
    """The report with every model's costs.

    Args:
        report: as assembled.
        found: what the task found, by model id; empty where it was not run.
        records: what each model stores, by model id.
    """
    models = []
    for model in report.models:
        stored, run = records.get(model.id, AnswersRecord()), found.get(model.id, CostEntry())
        cost = run.model_copy(update={"parameters": stored.parameters, "nonzero": stored.nonzero})
        models.append(model.model_copy(update={"cost": None if cost == CostEntry() else cost}))
    return report.model_copy(update={"models": tuple(models)})


def _batch(plan: FeedPlan, arrays: Mapping[str, Array], count: int) -> dict[str, Array]:
    """So many examples as a model's inputs; where there are fewer, they are repeated."""
    return plan.feeds({name: array[np.arange(count) % len(array)] for name, array in arrays.items()})
