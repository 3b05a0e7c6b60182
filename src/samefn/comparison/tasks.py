"""The tasks of a comparison: run a model on a piece of the examples, and measure it against the base."""

import io
import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.inference import BlockNotes, prepare_inference
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.task_specs import ModelPaths, ModelRun, PredictionSpec
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.measures.rows import rows
from samefn.predictions.predictions import Predictions
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.inference import NOT_FINITE, Scores, block_slices
from samefn.schema.records import RECORD, AnswerRecord, write_record
from samefn.store.artefact import Artefact

LOG_PROBS_FILE, ROWS_FILE = "log_probs.npy", "rows.parquet"


def run_model(job: Job) -> None:
    """A model's log-probabilities of every example, and a record of how it was run."""
    spec, run = job.read(PredictionSpec), job.read(ModelRun)
    source, count = run.model, spec.examples
    adapter = find_adapter(source)
    require_same_environment(run.planned_on, numeric_environment([adapter]))
    examples = read_examples(job.inputs["examples"].folder).examples
    model = open_model(source, adapter)
    arrays = {name: array[:count] for name, array in examples.arrays.items()}
    inference = prepare_inference(
        source,
        model,
        arrays,
        spec.batch,
        base=run.role != "candidate",
        assume_class_scores=run.assume_class_scores,
    )

    def block(block_rows: slice) -> bytes:
        return _packed(*inference.block(arrays, block_rows, examples))

    parts: list[Path] = []
    for block_rows in block_slices(count, inference.batch):
        name = f"rows-{block_rows.start:010d}"  # (earlier versions named them shard-)
        values, notes = _unpacked(read_or_make(job, name, lambda block_rows=block_rows: block(block_rows)))  # type: ignore[misc]
        inference.add(notes)
        parts.append(job.out / name)
        np.save(parts[-1], values)
        job.emit(Event("progress", job.name, "examples", done=block_rows.stop, total=count))
    require_any(inference.failed.values(), count, source.path)
    _join([part.with_name(f"{part.name}.npy") for part in parts], job.out / LOG_PROBS_FILE, count)
    write_record(inference.record(examples.ids), job.out)


def require_any(failures: Collection[str], examples: int, where: str) -> None:
    """Refuse a model that failed on every example.

    Args:
        failures: a reason for each example that it failed on.
        examples: how many it was run on.
        where: the model.

    Raises:
        InputError: it failed on all.
    """
    if len(failures) == examples:
        reason = next(iter(failures))
        what = "every output is NaN or infinite" if reason == NOT_FINITE else f"fails on every example: {reason}"
        raise InputError("SF511", what, where=where)


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


def read_or_make(job: Job, name: str, make: Callable[[], bytes]) -> bytes:
    """A file of the workspace that an interrupted run left, else made and written there."""
    content = job.workspace.read(name)
    if content is None:
        content = make()
        job.workspace.write(name, content)
    return content


def _packed(values: Scores, notes: BlockNotes) -> bytes:
    """A block as bytes: one line of JSON, then the array."""
    buffer = io.BytesIO()
    # (An error's text may hold characters that UTF-8 cannot encode.)
    buffer.write(json.dumps(notes.model_dump(mode="json")).encode() + b"\n")
    np.save(buffer, values)
    return buffer.getvalue()


def _unpacked(content: bytes) -> tuple[Scores, BlockNotes]:
    head, _, array = content.partition(b"\n")
    return np.load(io.BytesIO(array)), BlockNotes.model_validate(json.loads(head))


def _join(parts: list[Path], path: Path, examples: int) -> None:
    """Write the blocks as one array, block by block, and remove them."""
    width = np.load(parts[0], mmap_mode="r").shape[1]
    joined = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(examples, width))
    start = 0
    for values in _load_and_remove(parts):
        if values.shape[1] != width:
            raise InputError(
                "SF514", f"{width} classes in one block, but {values.shape[1]} in another", where=path.name
            )
        joined[start : start + len(values)] = values
        start += len(values)
    joined.flush()


def _load_and_remove(parts: list[Path]) -> Iterator[Scores]:
    for part in parts:
        yield np.load(part)
        part.unlink()
