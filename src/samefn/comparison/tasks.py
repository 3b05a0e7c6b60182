"""The tasks of a comparison: what one model answers, shard by shard, so that an interruption costs one shard."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.comparison.answering import NOT_FINITE, Answers, answered, shards
from samefn.comparison.decisive import decisive
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.example_files import read_examples
from samefn.datasets.example_set import ExampleSet
from samefn.engine.alike import require_alike
from samefn.engine.task import Job
from samefn.predictions.answers import to_predictions, told_apart
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.feeding import plan_feed
from samefn.schema.methods import OutputKind
from samefn.schema.records import AnswersRecord, write_record
from samefn.spec.comparison import ModelSource

LOG_PROBS = "log_probs.npy"


def answer(job: Job) -> None:
    """What a model says about every example: log-probabilities, and a record of how it was asked."""
    source = ModelSource.model_validate(job.spec["source"])
    examples = read_examples(job.inputs["examples"].folder)
    asked = job.spec["examples"]
    adapter = find_adapter(source)
    require_alike(job.spec["planned_on"], decisive([adapter]))
    model = open_model(source, adapter)
    arrays = {name: array[:asked] for name, array in examples.arrays.items()}
    plan = plan_feed(model.inputs, arrays, source.feed, source.path)
    batch = plan.batch or int(job.spec["batch"])
    size = model.weights()

    def shard(rows: slice) -> Answers:
        return answered(model, plan, arrays, rows, batch, source.output, source.path)

    failed, returns, notes = _written(job, source, examples, asked, batch, shard, model.resolution)
    record = AnswersRecord.model_validate(
        {
            "fed": plan.said(),
            "failed": {str(examples.ids[place]): why for place, why in failed.items()},
            "returns": returns,
            "facts": model.facts(),
            "notes": (*model.notes, *notes),
            **asdict(size),
            "batch": batch,
        }
    )
    write_record(record, job.out)


def _written(
    job: Job,
    source: ModelSource,
    examples: ExampleSet,
    asked: int,
    batch: int,
    shard: Callable[[slice], Answers],
    resolution: float | None,
) -> tuple[dict[int, str], OutputKind, list[str]]:
    """Ask shard by shard and write the log-probabilities; what failed, what the scores were, and notes on them."""
    parts: list[Path] = []
    failed: dict[int, str] = {}
    returns = source.returns
    notes: dict[str, None] = {}
    for rows in shards(asked, batch):
        name = f"shard-{rows.start:010d}"
        kept = job.workspace.read(name)
        if kept is None:
            answers = shard(rows)
            whole = answers.scores[np.isfinite(answers.scores).all(axis=1)]
            if returns is None and len(whole):
                returns = told_apart(whole, source.path, source.resolution or resolution)
            found = log_probs_of(source, answers.scores, examples.ids[rows], returns or "logits", resolution)
            kept = _packed(found[0], answers.failed, returns, found[1])
            job.workspace.write(name, kept)
        values, more, returns, said = _unpacked(kept)
        failed |= more
        notes |= dict.fromkeys(said)
        parts.append(job.out / name)
        np.save(parts[-1], values)
        job.emit(Event("progress", job.name, "examples", done=rows.stop, total=asked))
    if len(failed) == asked:
        why = next(iter(failed.values()))
        what = "every answer is NaN or infinite" if why == NOT_FINITE else f"answers no example: {why}"
        raise InputError(what, where=source.path)
    _joined([part.with_name(f"{part.name}.npy") for part in parts], job.out / LOG_PROBS, asked)
    return failed, returns or "logits", list(notes)


def log_probs_of(
    source: ModelSource,
    scores: NDArray[np.float32],
    ids: NDArray[np.str_],
    returns: OutputKind,
    resolution: float | None,
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The scores of one shard as log-probabilities; rows that are NaN stay so."""
    whole = np.isfinite(scores).all(axis=1)
    found = np.full(scores.shape, np.nan, dtype=np.float32)
    if not whole.any():
        return found, ()
    step = source.resolution or resolution
    predictions = to_predictions(source.path, scores[whole], ids[whole], None, returns, step, None)
    found[whole] = predictions.log_probs
    return found, predictions.notes


def _packed(values: NDArray[np.float32], failed: Any, returns: OutputKind | None, notes: tuple[str, ...]) -> bytes:
    """A shard as bytes: one line of JSON, then the array."""
    head = {"failed": {str(place): why for place, why in failed.items()}, "returns": returns, "notes": list(notes)}
    buffer = io.BytesIO()
    buffer.write(json.dumps(head).encode() + b"\n")
    np.save(buffer, values)
    return buffer.getvalue()


def _unpacked(kept: bytes) -> tuple[NDArray[np.float32], dict[int, str], OutputKind | None, list[str]]:
    head, _, array = kept.partition(b"\n")
    told = json.loads(head)
    failed = {int(place): str(why) for place, why in told["failed"].items()}
    return np.load(io.BytesIO(array)), failed, told["returns"], told["notes"]


def _joined(parts: list[Path], path: Path, examples: int) -> None:
    """The shards as one array, written piece by piece; the pieces are removed."""
    width = np.load(parts[0], mmap_mode="r").shape[1]
    whole = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(examples, width))
    start = 0
    for values in _loaded(parts):
        if values.shape[1] != width:
            raise InputError(f"{width} classes in one shard, {values.shape[1]} in another", where=path.name)
        whole[start : start + len(values)] = values
        start += len(values)
    whole.flush()


def _loaded(parts: list[Path]) -> Iterator[NDArray[np.float32]]:
    for part in parts:
        yield np.load(part)
        part.unlink()
