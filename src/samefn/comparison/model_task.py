"""The task that runs a model on a piece of the examples. It runs in a confined process, so it imports little."""

import io
import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np

from samefn.comparison.inference import BlockNotes, prepare_inference
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.task_specs import ModelRun, PredictionSpec
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.files import read_examples
from samefn.engine.task import Job
from samefn.engine.worker_check import require_same_environment
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.inference import NOT_FINITE, Scores, block_slices
from samefn.schema.records import write_record

LOG_PROBS_FILE = "log_probs.npy"


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
