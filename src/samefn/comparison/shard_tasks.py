"""The task of one shard: ask all models about its examples on one worker, and leave nothing but rows and a record."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from samefn.comparison.answering import answered, shards
from samefn.comparison.decisive import decisive
from samefn.comparison.tasks import log_probs_of
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.example_files import read_examples
from samefn.datasets.example_set import ExampleSet
from samefn.engine.alike import require_alike
from samefn.engine.task import Job
from samefn.measures.rows import rows
from samefn.predictions.pieces import room
from samefn.predictions.predictions import Predictions
from samefn.predictions.rounding import Rounding, rounding_of
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Model
from samefn.schema.records import RECORD
from samefn.spec.comparison import ModelSource


def rows_file(model: str) -> str:
    """The file of a shard that holds a model's rows; there is none where no example is left."""
    return f"{model}.parquet"


def shard(job: Job) -> None:
    """Rows of every model against the base, and a record of how they were asked.

    A model's rows are about the examples that it and the base answer. Where a model fails on a whole batch, the record
    says so; where the base does, or a model cannot be opened here, the task fails, for another worker to try.
    """
    sources = [ModelSource.model_validate(told) for told in job.spec["sources"].values()]
    require_alike(job.spec["planned_on"], decisive(find_adapter(source) for source in sources))
    examples = read_examples(job.inputs["examples"].folder)
    base, *others = job.spec["models"]
    first, said = _answers(_opened(base, job, examples), examples)
    found: dict[str, Json] = {base["id"]: said}
    for number, model in enumerate(others, start=1):
        opened = _opened(model, job, examples)
        try:
            second, found[model["id"]] = _answers(opened, examples)
        except InputError as error:
            found[model["id"]] = {"error": str(error)}
            continue
        # A row of log-probabilities that holds a NaN is nothing else, and the example failed.
        both = ~(np.isnan(first.log_probs[:, 0]) | np.isnan(second.log_probs[:, 0]))
        kept = slice(len(both)) if both.all() else both
        if both.any():
            rows(first.part(kept), second.part(kept)).write_parquet(
                job.out / rows_file(model["id"]), compression="zstd"
            )
        job.emit(Event("progress", job.name, model["id"], done=number, total=len(others)))
    (job.out / RECORD).write_text(json.dumps({"examples": len(examples.ids), "models": found}))


@dataclass(frozen=True, eq=False)
class _Opened:
    """A model that is ready to be asked."""

    id: str
    source: ModelSource
    model: Model
    plan: FeedPlan
    batch: int


def _opened(told: Any, job: Job, examples: ExampleSet) -> _Opened:
    source = ModelSource.model_validate(job.spec["sources"][told["id"]])
    model = open_model(source, find_adapter(source))
    plan = plan_feed(model.inputs, examples.arrays, source.feed, source.path)
    return _Opened(told["id"], source, model, plan, plan.batch or int(told["batch"]))


def _answers(one: _Opened, examples: ExampleSet) -> tuple[Predictions, dict[str, Json]]:
    """What a model says about all examples of the shard, and the record of it."""
    source, count, returns = one.source, len(examples.ids), one.source.returns or "logits"
    log_probs, failed, rounding = None, dict[int, str](), Rounding()
    for part in shards(count, one.batch):
        answers = answered(one.model, one.plan, examples.arrays, part, one.batch, source.output, source.path)
        values, _ = log_probs_of(source, answers.scores, examples.ids[part], returns, one.model.resolution)
        log_probs = room((count, values.shape[1])) if log_probs is None else log_probs
        if values.shape[1] != log_probs.shape[1]:
            raise InputError(f"gave {log_probs.shape[1]} classes, then {values.shape[1]}", where=source.path)
        log_probs[part] = values
        failed |= answers.failed
        if returns == "probabilities":
            rounding = rounding.with_other(rounding_of(answers.scores[~np.isnan(values[:, 0])]))
    assert log_probs is not None  # noqa: S101  (a shard holds an example)
    record: dict[str, Json] = {
        "failed": {str(examples.ids[place]): why for place, why in failed.items()},
        "facts": dict(one.model.facts()),
        "notes": list(one.model.notes),
        "rounding": asdict(rounding),
        "batch": one.batch,
    }
    return Predictions(one.id, log_probs, examples.ids, examples.labels), record
