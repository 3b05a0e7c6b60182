"""Models run in this process, without a store: what `predict` and `compare` of Python need."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from samefn.comparison.inference import prepare_inference
from samefn.comparison.records import given_record
from samefn.comparison.tasks import labels_within
from samefn.config.comparison import ModelSource
from samefn.core.loading import load
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.predictions import Predictions
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.inference import block_slices
from samefn.runtimes.model import Model
from samefn.schema.records import AnswerRecord

AnyModel: TypeAlias = str | Path | ModelSource | Callable[..., object]

# The runtime of modules and functions of this process, and of predictions that were given.
PYTHON = Adapter("python", "samefn.comparison.in_process:open_module", ())


@dataclass(frozen=True, eq=False)
class InProcessRun:
    """One model that was run in this process, or predictions that were given.

    Attributes:
        predictions: NaN where the model failed.
        record: how it was run.
        adapter: its runtime.
        model: the open model; None of predictions.
        module: the module or function that was given; None of others.
    """

    predictions: Predictions
    record: AnswerRecord
    adapter: Adapter
    model: Model | None = None
    module: Callable[..., object] | None = None


def given_run(predictions: Predictions, adapter: Adapter = PYTHON) -> InProcessRun:
    """Predictions that were given or saved."""
    return InProcessRun(predictions, given_record(predictions), adapter)


def open_module(model: Callable[..., object], source: ModelSource) -> Model:
    """A module or function of this process, ready to run."""
    opened: Model = load("samefn.runtimes.torch.callables:open_callable")(source.name or source.path, model)
    return opened


def run_in_process(
    model: Model,
    source: ModelSource,
    examples: ExampleSet,
    batch_size: int,
    *,
    base: bool = True,
    assume_class_scores: bool = False,
) -> tuple[Predictions, AnswerRecord]:
    """Run a model in this process.

    Args:
        model: the open model.
        source: where it is from, and its settings.
        examples: what it runs on.
        batch_size: examples a batch, where neither the model nor its settings fix that.
        base: whether labels and values too decide that its output is class scores.
        assume_class_scores: whether it counts as class scores without a check.

    Returns:
        Its predictions, NaN where it failed, and how it was run.

    Raises:
        InputError: it cannot be run.
    """
    arrays = dict(examples.arrays)
    batch = source.batch_size or batch_size
    inference = prepare_inference(source, model, arrays, batch, base=base, assume_class_scores=assume_class_scores)
    parts = []
    for rows in block_slices(len(examples.ids), inference.batch):
        values, notes = inference.block(arrays, rows, examples)
        inference.add(notes)
        parts.append(values)
    log_probs = np.concatenate(parts)
    labels = labels_within(examples, log_probs.shape[1], source.path)
    record = inference.record(examples.ids)
    facts = {**record.facts, "batch_size": record.batch, "fed": list(record.fed)}
    name = source.name or source.path
    predictions = Predictions(
        name, log_probs, examples.ids, labels, facts, record.all_notes, resolution=record.resolution
    )
    return predictions, record
