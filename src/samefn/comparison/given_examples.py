"""The examples of a comparison in Python: the data, or those that the base's predictions are about."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray

from samefn.comparison.examples import with_class_names
from samefn.comparison.given import GivenModel
from samefn.comparison.predict import AnyData, as_examples, missing_data
from samefn.comparison.saved_predictions import matching_order, open_saved, saved_examples, without_inputs
from samefn.comparison.tasks import labels_within
from samefn.config.comparison import Examples
from samefn.core.arrays import ArrayObject, as_array
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import SavedPredictions
from samefn.predictions.saved.values import check_saved
from samefn.runtimes.adapters import find_adapter

IN_MEMORY = "examples"  # the name of examples that only predictions in memory are about


def given_examples(
    models: list[GivenModel], data: AnyData | None, labels: ArrayLike | None, names: tuple[str, ...], emit: Emit
) -> Dataset:
    """The examples of all models.

    Args:
        models: the base first.
        data: what models run on; None, or columns alone, for the examples of the base's predictions.
        labels: the true classes; of arrays, or of predictions without labels of their own.
        names: by class index; empty for those of the data.
        emit: receives an event for each step.

    Raises:
        InputError: data that cannot be used, labels beside others, or a base that is a model without data.
    """
    _refuse_other_data(models, data)
    columns = data if isinstance(data, Examples) and not data.path else None
    if data is not None and columns is None:
        found = as_examples(data, labels, None, emit)
        return with_class_names(found, names) if names else found
    base = models[0]
    if isinstance(base.content, Predictions):
        if columns is not None:
            what = "predictions in memory have no columns"
            raise InputError("SF503", what, where="data", fix="give groups= and slices=")
        return _of_predictions(base.content, labels, names)
    name, saved = IN_MEMORY, base.content
    if not isinstance(saved, SavedPredictions):
        adapter = None if base.module else find_adapter(base.source)
        if adapter is None or adapter.kind != "predictions":
            raise missing_data(base.source)
        name, saved = Path(base.source.path).name, open_saved(base.source, adapter)
    if labels is not None:
        saved = replace(saved, true=_true(saved.values, labels, saved.class_names, has_own=saved.true is not None))
    return saved_examples(saved, name, names, columns)


def of_examples(predictions: Predictions, data: Dataset) -> Predictions:
    """Predictions in memory in the order of the examples, with their labels where they have none of their own.

    Raises:
        InputError: ids that do not match, or a label beyond the classes.
    """
    examples, name = data.examples, predictions.model
    order = matching_order(predictions.ids, examples.ids, name)
    ordered = predictions if order is None else predictions.part(order)
    if ordered.labels is not None or examples.labels is None:
        return ordered
    return replace(ordered, labels=labels_within(examples, ordered.classes, name))


def _of_predictions(predictions: Predictions, labels: ArrayLike | None, names: tuple[str, ...]) -> Dataset:
    ids, own = predictions.ids, predictions.labels
    true = own if labels is None else _true(predictions.predicted_class, labels, names, has_own=own is not None)
    text = f"the {predictions.examples:,} examples of the base's predictions"
    return without_inputs(IN_MEMORY, names, ids, true, text)


def _true(values: NDArray[Any], labels: ArrayLike, names: tuple[str, ...], *, has_own: bool) -> NDArray[Any] | None:
    """The labels of predictions, checked."""
    if has_own:
        raise InputError(
            "SF503", "the base's predictions have labels of their own", where="labels", fix="leave labels out"
        )
    return check_saved("labels", values, None, None, as_array(labels, "labels"), names).true


def _refuse_other_data(models: list[GivenModel], data: object) -> None:
    """Refuse labels or a second candidate in the place of the data, where nothing runs on data."""
    predictions = [one.content for one in models if isinstance(one.content, Predictions | SavedPredictions)]
    if len(predictions) < len(models) or not isinstance(data, ArrayObject):
        return
    array, base = as_array(data, "data"), predictions[0]
    if array.ndim == 1:
        what = "predictions need no data, and one value for each example looks like labels"
        raise InputError("SF517", what, where="data", fix="say labels=")
    if array.shape == (base.log_probs if isinstance(base, Predictions) else base.values).shape:
        what = "predictions need no data, and this has the shape of predictions"
        fix = "give several candidates as a list: compare(base, [one, other]); or inputs by name: data={'input': ...}"
        raise InputError("SF517", what, where="data", fix=fix)
