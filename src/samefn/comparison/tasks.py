"""The tasks of a comparison: run one model on a piece of the examples, and measure it against the base."""

import io
import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.inference import Left, opened
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.task_specs import AnswerSpec, ModelPaths, ModelRun
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.measures.rows import rows as measured
from samefn.predictions.predictions import Predictions
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.inference import NOT_FINITE, Scores, shard_slices
from samefn.schema.records import RECORD, AnswerRecord, write_record
from samefn.store.artefact import Artefact

LOG_PROBS, ROWS = "log_probs.npy", "rows.parquet"


def answer(job: Job) -> None:
    """A model's log-probabilities of every example, and a record of how it was run."""
    spec, run = job.read(AnswerSpec), job.read(ModelRun)
    source, count = run.model, spec.examples
    adapter = find_adapter(source)
    require_same_environment(run.planned_on, numeric_environment([adapter]))
    examples = read_examples(job.inputs["examples"].folder).examples
    model = open_model(source, adapter)
    arrays = {name: array[:count] for name, array in examples.arrays.items()}
    inference = opened(source, model, arrays, spec.batch, base=run.role != "candidate", insisted=run.insisted)

    def shard(rows: slice) -> bytes:
        return _packed(*inference.shard(arrays, rows, examples))

    parts: list[Path] = []
    for rows in shard_slices(count, inference.batch):
        name = f"rows-{rows.start:010d}"  # (what earlier versions left is called shard-)
        values, left = _unpacked(kept(job, name, lambda rows=rows: shard(rows)))  # type: ignore[misc]
        inference.take(left)
        parts.append(job.out / name)
        np.save(parts[-1], values)
        job.emit(Event("progress", job.name, "examples", done=rows.stop, total=count))
    require_any(inference.failed.values(), count, source.path)
    _joined([part.with_name(f"{part.name}.npy") for part in parts], job.out / LOG_PROBS, count)
    write_record(inference.record(examples.ids), job.out)


def require_any(failures: Collection[str], examples: int, where: str) -> None:
    """Refuse a model that failed on every example.

    Args:
        failures: why, one an example that it failed on.
        examples: how many it was run on.
        where: the model.

    Raises:
        InputError: it did.
    """
    if len(failures) == examples:
        why = next(iter(failures))
        what = "every answer is NaN or infinite" if why == NOT_FINITE else f"answers no example: {why}"
        raise InputError("SF5910", what, where=where)


def rows(job: Job) -> None:
    """Rows of a model against the base, about the examples on which neither failed."""
    told = job.read(ModelPaths)
    require_same_environment(told.planned_on, numeric_environment(()))
    examples = read_examples(job.inputs["examples"].folder).examples
    base, other = (
        stored_predictions(job.inputs[role], path, examples)
        for role, path in zip(("base", "other"), told.paths, strict=True)
    )
    common_rows(base, other).write_parquet(job.out / ROWS, compression="zstd")


def common_rows(base: Predictions, other: Predictions) -> pl.DataFrame:
    """Rows of a model against the base, about the examples on which neither failed; none at all where there is none."""
    # A row of log-probabilities that holds a NaN is nothing else, and the example failed.
    both = ~(_failed(base) | _failed(other))
    if both.all():
        return measured(base, other)
    if not both.any():
        return measured(base.part(slice(1)), base.part(slice(1))).clear()
    return measured(base.part(both), other.part(both))


def _failed(one: Predictions) -> NDArray[np.bool_]:
    if one.hard_predictions is not None:
        return np.zeros(one.examples, dtype=np.bool_)
    return np.asarray(np.isnan(one.log_probs[:, 0]))


def stored_predictions(artefact: Artefact, name: str, examples: ExampleSet) -> Predictions:
    """What a model said, from the store; the numbers are mapped, not read.

    Args:
        artefact: the result of its task.
        name: what errors call it.
        examples: what it was run on.

    Raises:
        InputError: the labels know more classes than the model.
    """
    log_probs: Scores = np.load(artefact.path(LOG_PROBS), mmap_mode="r")
    labels = None if examples.labels is None else labels_within(examples.labels, log_probs.shape[1], name)
    return Predictions(name, log_probs, examples.ids, labels)


def labels_within(labels: NDArray[np.int64], classes: int, where: str) -> NDArray[np.int64]:
    """The labels, none of them beyond the classes that a model gives.

    Raises:
        InputError: one is.
    """
    if len(labels) and int(labels.max()) >= classes:
        raise InputError(
            "SF5911",
            f"gives {classes} classes, but the data has label {int(labels.max())}",
            where=where,
            fix="are model and data about the same classes?",
        )
    return labels


def read_record(artefact: Artefact) -> AnswerRecord:
    """How a model was run."""
    return AnswerRecord.model_validate_json(artefact.path(RECORD).read_bytes())


def kept(job: Job, name: str, make: Callable[[], bytes]) -> bytes:
    """What an interrupted try left, else made and left."""
    found = job.workspace.read(name)
    if found is None:
        found = make()
        job.workspace.write(name, found)
    return found


def _packed(values: Scores, left: Left) -> bytes:
    """A shard as bytes: one line of JSON, then the array."""
    buffer = io.BytesIO()
    # (an error's text may hold what UTF-8 cannot)
    buffer.write(json.dumps(left.model_dump(mode="json")).encode() + b"\n")
    np.save(buffer, values)
    return buffer.getvalue()


def _unpacked(kept: bytes) -> tuple[Scores, Left]:
    head, _, array = kept.partition(b"\n")
    return np.load(io.BytesIO(array)), Left.model_validate(json.loads(head))


def _joined(parts: list[Path], path: Path, examples: int) -> None:
    """The shards as one array, written piece by piece; the pieces are removed."""
    width = np.load(parts[0], mmap_mode="r").shape[1]
    whole = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(examples, width))
    start = 0
    for values in _loaded(parts):
        if values.shape[1] != width:
            raise InputError("SF5912", f"{width} classes in one shard, {values.shape[1]} in another", where=path.name)
        whole[start : start + len(values)] = values
        start += len(values)
    whole.flush()


def _loaded(parts: list[Path]) -> Iterator[Scores]:
    for part in parts:
        yield np.load(part)
        part.unlink()
