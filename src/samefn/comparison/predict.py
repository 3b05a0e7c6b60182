"""Ask one model, in this process: a path of any runtime, a torch module, or any callable."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from samefn.comparison.collect import saved_predictions
from samefn.comparison.examples import saved_examples
from samefn.comparison.inference import opened
from samefn.comparison.tasks import labels_within
from samefn.config.comparison import Examples, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.loading import load
from samefn.core.paths import cache_folder
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.examples.arrays import examples_from_arrays
from samefn.datasets.examples.find import find_examples
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import SavedPredictions
from samefn.runtimes.adapters import find_adapter, import_loader, open_model
from samefn.runtimes.inference import shard_slices
from samefn.runtimes.model import Model
from samefn.schema.records import AnswerRecord

AnyModel: TypeAlias = str | Path | ModelSource | Callable[..., object]
AnyData: TypeAlias = str | Path | Examples | Dataset | np.ndarray | Mapping[str, np.ndarray]


def predict(
    model: AnyModel,
    data: AnyData | None = None,
    *,
    labels: Sequence[int] | np.ndarray | None = None,
    ids: Sequence[str] | np.ndarray | None = None,
    batch_size: int = 64,
    task: Literal["classification"] | None = None,
    emit: Emit = silent,
    **settings: Any,
) -> Predictions:
    """What a model says about examples.

    Args:
        model: a path as on the command line, a `ModelSource`, a `torch.nn.Module`, or a function of a batch of arrays.
        data: a data set's name, a path, `Examples`, an array [examples, ...] or arrays by input name; images are uint8
            [examples, channels, height, width]. None for a file of saved predictions.
        labels: the true classes, where `data` is arrays.
        ids: one name an example, where `data` is arrays.
        batch_size: examples a batch.
        task: `classification` where its output is class scores, whatever it looks like.
        emit: told of what is noteworthy.
        settings: fields of `ModelSource`: `name`, `runtime`, `output`, `returns`, `feed={"layout": "NHWC"}`,
            `trust`.

    Returns:
        The predictions, all examples in the data's order.

    Raises:
        InputError: a model or data that cannot be used, or a model that fails on an example.

    >>> logits = lambda values: values @ np.eye(3, dtype=np.float32)
    >>> predict(logits, np.eye(3, dtype=np.float32), name="identity").predicted_class.tolist()
    [0, 1, 2]
    """
    source = source_of(model, settings)
    if callable(model) and not isinstance(model, ModelSource):
        given = _required(data, source, labels, ids, emit)
        return _whole(open_here(model, source), source, given, batch_size, insisted=task is not None)
    adapter = find_adapter(source)
    if adapter.kind == "predictions":
        saved: SavedPredictions = import_loader(adapter)(source)  # type: ignore[assignment]
        about = saved_examples(saved, source.path) if data is None else as_examples(data, labels, ids, emit)
        return saved_predictions(source.name or source.path, source, saved, about, insisted=task is not None)
    given = _required(data, source, labels, ids, emit)
    return _whole(open_model(source, adapter), source, given, batch_size, insisted=task is not None)


def open_here(model: Callable[..., object], source: ModelSource) -> Model:
    """A module or function of this process, ready to run."""
    found: Model = load("samefn.runtimes.torch.callables:open_callable")(source.name or source.path, model)
    return found


def as_examples(
    data: AnyData,
    labels: Sequence[int] | np.ndarray | None = None,
    ids: Sequence[str] | np.ndarray | None = None,
    emit: Emit = silent,
) -> Dataset:
    """Examples from whatever names or holds them.

    Raises:
        InputError: labels or ids beside data that brings its own, or data that cannot be used.
    """
    if isinstance(data, np.ndarray | Mapping):
        return examples_from_arrays(data, labels, ids)
    if labels is not None or ids is not None:
        raise InputError("SF5027", "labels and ids go with arrays; this data brings its own", where="predict")
    if isinstance(data, Dataset):
        return data
    spec = data if isinstance(data, Examples) else Examples(path=str(data))
    return find_examples(spec, None, cache_folder(), emit)


def source_of(model: AnyModel, settings: Mapping[str, object]) -> ModelSource:
    """Where a model is from, and what is said of it."""
    if isinstance(model, ModelSource):
        return ModelSource.model_validate({**model.model_dump(exclude_unset=True), **settings})
    path = str(model) if isinstance(model, str | Path) else _called(model)
    return ModelSource.model_validate({"path": path, **settings})


def _called(model: Callable[..., object]) -> str:
    return getattr(model, "__name__", type(model).__name__)


def _required(
    data: AnyData | None,
    source: ModelSource,
    labels: Sequence[int] | np.ndarray | None,
    ids: Sequence[str] | np.ndarray | None,
    emit: Emit,
) -> ExampleSet:
    if data is None:
        raise InputError("SF5028", "must be run, and on what is not said", where=source.path, fix="give it data")
    return as_examples(data, labels, ids, emit).examples


def run_here(
    model: Model,
    source: ModelSource,
    examples: ExampleSet,
    batch_size: int,
    *,
    base: bool = True,
    insisted: bool = False,
) -> tuple[Predictions, AnswerRecord]:
    """Run a model in this process.

    Args:
        model: the model, open.
        source: where it is from, and what is said of it.
        examples: what it runs on.
        batch_size: examples a batch, where it does not fix that.
        base: whether labels and values are asked whether its output is class scores.
        insisted: whether it is, whatever it looks like.

    Returns:
        Its predictions, NaN where it failed, and how it was run.

    Raises:
        InputError: it cannot be run.
    """
    arrays = dict(examples.arrays)
    inference = opened(source, model, arrays, source.batch_size or batch_size, base=base, insisted=insisted)
    parts = []
    for rows in shard_slices(len(examples.ids), inference.batch):
        values, left = inference.shard(arrays, rows, examples)
        inference.take(left)
        parts.append(values)
    log_probs = np.concatenate(parts)
    labels = None if examples.labels is None else labels_within(examples.labels, log_probs.shape[1], source.path)
    record = inference.record(examples.ids)
    facts = {**record.facts, "batch_size": record.batch, "fed": list(record.fed)}
    name = source.name or source.path
    return Predictions(name, log_probs, examples.ids, labels, facts, record.all_notes), record


def _whole(model: Model, source: ModelSource, examples: ExampleSet, batch_size: int, *, insisted: bool) -> Predictions:
    found, record = run_here(model, source, examples, batch_size, insisted=insisted)
    if record.failed:
        name, why = next(iter(record.failed.items()))
        raise InputError("SF5029", f"fails on example {name!r}: {why}", where=source.path)
    return found
