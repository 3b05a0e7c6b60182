"""The task that measures a model against the base, and what it reads of models that ran."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.model_task import LOG_PROBS_FILE
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.task_specs import ModelPaths
from samefn.core.errors import InputError
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.runtimes.inference import Scores
from samefn.schema.records import RECORD, AnswerRecord
from samefn.store.artefact import Artefact

ROWS_FILE = "rows.parquet"


def make_rows(job: Job) -> None:
    """Rows of a model against the base, about the examples on which neither failed."""
    models = job.read(ModelPaths)
    require_same_environment(models.planned_on, numeric_environment(()))
    examples = read_examples(job.inputs["examples"].folder).examples
    base, other = (
        stored_predictions(job.inputs[role], path, examples)
        for role, path in zip(("base", "other"), models.paths, strict=True)
    )
    common_rows(base, other).write_parquet(job.out / ROWS_FILE, compression="zstd")


def common_rows(base: Predictions, other: Predictions) -> pl.DataFrame:
    """Rows of a model against the base, about the examples on which neither failed; none where there is no such one."""
    both = ~(_failed(base) | _failed(other))
    if both.all():
        return rows(base, other)
    if not both.any():
        return rows(base.part(slice(1)), base.part(slice(1))).clear()
    return rows(base.part(both), other.part(both))


def _failed(predictions: Predictions) -> NDArray[np.bool_]:
    """Where a model failed: its log-probabilities are then all NaN, so the first tells."""
    if predictions.hard_predictions is not None:
        return np.zeros(predictions.examples, dtype=np.bool_)
    return np.asarray(np.isnan(predictions.log_probs[:, 0]))


def stored_predictions(artefact: Artefact, name: str, examples: ExampleSet) -> Predictions:
    """Predictions of a model from the store; the numbers are mapped, not read.

    Args:
        artefact: the result of its task.
        name: of the model, for errors.
        examples: what it was run on.

    Raises:
        InputError: a label is beyond the model's classes.
    """
    log_probs: Scores = np.load(artefact.path(LOG_PROBS_FILE), mmap_mode="r")
    labels = labels_within(examples, log_probs.shape[1], name)
    return Predictions(name, log_probs, examples.ids, labels, resolution=read_record(artefact).resolution)


def labels_within(examples: ExampleSet, classes: int, where: str) -> NDArray[np.int64] | None:
    """The labels, all of them classes that the model has; None without any.

    Args:
        examples: with the labels.
        classes: how many the model has.
        where: the model, for errors.

    Raises:
        InputError: one is no class of the model.
    """
    labels = examples.labels
    if labels is not None and int(labels.max()) >= classes:
        first = int((labels >= classes).argmax())
        example = f"example {str(examples.ids[first])!r:.200} of {examples.where or 'the data'}"
        raise InputError(
            "SF513",
            f"has {classes} classes, but {example} has label {int(labels[first])}",
            where=where,
            fix="give a model and data with the same classes",
        )
    return labels


def read_record(artefact: Artefact) -> AnswerRecord:
    """How a model was run."""
    return AnswerRecord.model_validate_json(artefact.path(RECORD).read_bytes())
