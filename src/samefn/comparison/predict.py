"""Run one model in this process: a path of any runtime, a torch module, or any callable."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from numpy.typing import ArrayLike

from samefn.comparison.in_process import PYTHON, AnyModel, open_module, run_in_process
from samefn.comparison.saved_predictions import aligned_predictions, open_saved, saved_examples
from samefn.config.comparison import Examples, ModelSource
from samefn.config.read import validated
from samefn.core.arrays import ArrayObject, as_array
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.paths import cache_folder
from samefn.datasets.dataset import Dataset
from samefn.datasets.examples.arrays import examples_from_arrays
from samefn.datasets.examples.find import find_examples
from samefn.predictions.predictions import Predictions
from samefn.runtimes.adapters import find_adapter, open_model

AnyData: TypeAlias = str | Path | Examples | Dataset | ArrayObject | Mapping[str, ArrayObject]


def predict(
    model: AnyModel,
    data: AnyData | None = None,
    *,
    labels: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    batch_size: int = 64,
    task: Literal["classification"] | None = None,
    emit: Emit = silent,
    **settings: Any,
) -> Predictions:
    """Predictions of a model.

    Args:
        model: a path as on the command line, a `ModelSource`, a `torch.nn.Module`, or a function of a batch of arrays.
        data: a data set's name, a path, `Examples`, an array [examples, ...] or arrays by input name; images are uint8
            [examples, channels, height, width]. None for a file of saved predictions.
        labels: the true classes, where `data` is arrays.
        ids: one name an example, where `data` is arrays.
        batch_size: examples a batch.
        task: `classification` to take its output for class scores without a check.
        emit: receives notes and warnings.
        settings: fields of `ModelSource`: `name`, `runtime`, `output`, `returns`, `feed={"layout": "NHWC"}`,
            `trust`.

    Returns:
        The predictions, all examples in the data's order.

    Raises:
        InputError: a model or data that cannot be used, or a model that fails on an example.

    >>> import numpy as np
    >>> logits = lambda values: values @ np.eye(3, dtype=np.float32)
    >>> predict(logits, np.eye(3, dtype=np.float32), name="identity").predicted_class.tolist()
    [0, 1, 2]
    """
    source, assumed = source_of(model, settings), task is not None
    module = model if callable(model) and not isinstance(model, ModelSource) else None
    adapter = find_adapter(source) if module is None else PYTHON
    if adapter.kind == "predictions":
        saved = open_saved(source, adapter)
        examples = saved_examples(saved, source.path) if data is None else as_examples(data, labels, ids, emit)
        return aligned_predictions(source.name or source.path, source, saved, examples, assume_class_scores=assumed)
    if data is None:
        raise missing_data(source)
    examples = as_examples(data, labels, ids, emit)
    opened = open_model(source, adapter) if module is None else open_module(module, source)
    predictions, record = run_in_process(opened, source, examples.examples, batch_size, assume_class_scores=assumed)
    if record.failed:
        name, why = next(iter(record.failed.items()))
        raise InputError("SF512", f"fails on example {name!r}: {why}", where=source.path)
    return predictions


def missing_data(source: ModelSource) -> InputError:
    """The error for a model without data."""
    return InputError("SF502", "is a model and needs inputs", where=source.path, fix="give data")


def as_examples(
    data: AnyData,
    labels: ArrayLike | None = None,
    ids: ArrayLike | None = None,
    emit: Emit = silent,
) -> Dataset:
    """Examples from whatever names or holds them.

    Raises:
        InputError: labels or ids beside data that has its own, or data that cannot be used.
    """
    if isinstance(data, ArrayObject | Mapping):
        by_name = data if isinstance(data, Mapping) else {"input": data}
        arrays = {name: as_array(values, f"data: {name}") for name, values in by_name.items()}
        true, names = (
            None if values is None else as_array(values, name) for name, values in (("labels", labels), ("ids", ids))
        )
        return examples_from_arrays(arrays, true, names)
    if not isinstance(data, str | Path | Examples | Dataset):
        raise _no_data(data)
    if labels is not None or ids is not None:
        raise InputError(
            "SF503", "labels and ids are only for arrays; this data has its own", where="labels", fix="leave them out"
        )
    if isinstance(data, Dataset):
        return data
    spec = data if isinstance(data, Examples) else Examples(path=str(data))
    return find_examples(spec, None, cache_folder(), emit)


def source_of(model: AnyModel, settings: Mapping[str, object]) -> ModelSource:
    """Where a model is from, with its settings."""
    if isinstance(model, ModelSource):
        return validated(ModelSource, {**model.model_dump(exclude_unset=True), **settings}, model.path)
    path = str(model) if isinstance(model, str | Path) else _callable_name(model)
    return validated(ModelSource, {"path": path, **settings}, path)


def _no_data(data: object) -> InputError:
    """The error for something that is no data."""
    what, fix = f"is of type {type(data).__name__}, which is no data", "give arrays, a path, or a data set's name"
    if isinstance(data, Predictions) or callable(data):
        fix = "give several candidates as a list: compare(base, [one, other])"
    elif isinstance(data, tuple | list):
        fix = "give arrays: the inputs as data, the true classes as labels"
    return InputError("SF517", what, where="data", fix=fix)


def _callable_name(model: Callable[..., object]) -> str:
    return getattr(model, "__name__", type(model).__name__)
