"""Saved predictions: read, and matched by id to the examples of the comparison."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.comparison.tasks import labels_within
from samefn.config.comparison import Examples, ModelSource
from samefn.core.canonical import Json, digest
from samefn.core.errors import InputError
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.about import about_examples, group_name, require_columns
from samefn.predictions.chunks import take
from samefn.predictions.class_scores import not_class_scores, why_not_class_scores
from samefn.predictions.interpret import GRID_ROWS, detect_output_kind, step_of, to_predictions
from samefn.predictions.output_trail import OutputTrail
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import SavedPredictions
from samefn.predictions.saved.values import class_indices
from samefn.runtimes.adapters import Adapter, import_loader
from samefn.schema.methods import OutputKind


def open_saved(source: ModelSource, adapter: Adapter) -> SavedPredictions:
    """The content of a file of saved predictions.

    Raises:
        InputError: it cannot be read.
    """
    saved: SavedPredictions = import_loader(adapter)(source)  # type: ignore[assignment]
    return saved


def aligned_predictions(
    name: str,
    source: ModelSource,
    saved: SavedPredictions,
    data: Dataset,
    *,
    base: bool = True,
    assume_class_scores: bool = False,
) -> Predictions:
    """Saved predictions in the order of the examples, matched by id.

    Args:
        name: of the model.
        source: the file and its settings.
        saved: its content.
        data: the examples that it must be about.
        base: whether labels and values too decide that it holds class scores.
        assume_class_scores: whether it counts as class scores without a check.

    Raises:
        InputError: ids that do not match, another number of examples, or values that are no predictions.
    """
    examples = data.examples
    values, labels, where = saved.values, examples.labels, source.path
    order = None
    if saved.ids is not None:
        order = matching_order(saved.ids, examples.ids, where)
        values = values if order is None else _in_order(values, order)
    elif len(values) != len(examples.ids):
        raise InputError(
            "SF520",
            f"holds {len(values)} predictions for {len(examples.ids)} examples",
            where=where,
            fix="give ids in both files",
        )
    _require_same_labels(saved, order, data, where)
    step = source.resolution or step_of(values)
    if not assume_class_scores and values.ndim == 2 and values.dtype.kind == "f" and source.returns is None:
        first = None if labels is None else labels[:GRID_ROWS]
        if why := why_not_class_scores(values[:GRID_ROWS], OutputTrail(saved.array), (), first, base=base):
            raise not_class_scores(why, where)
    returns = returned_kind(source, saved, values)
    if values.ndim == 2:
        labels = labels_within(examples, values.shape[1], where)
    facts: dict[str, Json] = {"runtime": "saved predictions", "returns": returns}
    predictions = to_predictions(name, values, examples.ids, labels, returns, step, facts, data.class_names)
    return replace(predictions, notes=(*saved.notes, *predictions.notes))


def returned_kind(source: ModelSource, saved: SavedPredictions, values: NDArray[Any]) -> OutputKind:
    """What saved predictions hold: as the user or the file says, else as these values of the file show.

    Raises:
        InputError: the values do not show it.
    """
    step = source.resolution or step_of(values)
    return source.returns or saved.returns or detect_output_kind(values, source.path, step)


def _require_same_labels(saved: SavedPredictions, order: NDArray[np.int64] | None, data: Dataset, where: str) -> None:
    """Refuse a file whose own labels differ from the data's: its rows are about other examples.

    Labels that are names are numbered by the file's own classes; where these differ, nothing is compared.
    """
    true, labels = saved.true, data.examples.labels
    if true is None or labels is None or true.dtype.kind not in "iu" or saved.class_names not in ((), data.class_names):
        return
    own = true if order is None else true[order]
    different = np.flatnonzero(own != labels)
    if len(different):
        first = int(different[0])
        raise InputError(
            "SF521",
            f"{len(different)} of {len(labels)} labels differ from the data's: "
            f"example {str(data.examples.ids[first])!r} has {own[first]}, in the data {labels[first]}",
            where=where,
            fix="check the order of its rows, or leave its labels out",
        )


def matching_order(ids: NDArray[np.str_], wanted: NDArray[np.str_], where: str) -> NDArray[np.int64] | None:
    """The place of each wanted id; None where they are in that order already.

    Raises:
        InputError: one is missing or too many, and which.
    """
    if len(ids) == len(wanted) and bool((ids == wanted).all()):
        return None
    place = {str(name): number for number, name in enumerate(ids)}
    for name in wanted:
        if str(name) not in place:
            raise InputError("SF522", f"has no prediction for example {str(name)!r}", where=where)
    if len(ids) != len(wanted):
        known = set(wanted.tolist())
        extra = next(str(name) for name in ids if str(name) not in known)
        raise InputError("SF522", f"has a prediction for {extra!r}, which is not in the data", where=where)
    return np.array([place[str(name)] for name in wanted], dtype=np.int64)


def _in_order(values: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    return take(values, order) if values.ndim == 2 else values[order]


def saved_examples(
    saved: SavedPredictions, name: str, class_names: tuple[str, ...] = (), spec: Examples | None = None
) -> Dataset:
    """The examples that saved predictions are about: ids and labels, groups and slices, no inputs.

    Args:
        saved: the predictions.
        name: of the data.
        class_names: by class index; empty for those of the file.
        spec: names groups and slices of the file; None for groups of a usual name alone.

    Raises:
        InputError: a label is a name and no class, or groups or slices that are not there.
    """
    count = len(saved.values)
    names, true = class_names or saved.class_names, saved.true
    labels = None if true is None else _labels(saved, true, names, name)
    ids = saved.ids if saved.ids is not None else np.array([str(number) for number in range(count)], dtype=np.str_)
    data = without_inputs(name, names, ids, labels, f"the {count:,} examples of the base's saved predictions")
    slices = spec.slices if spec else ()
    group = group_name(spec.groups if spec else None, tuple(saved.others))
    require_columns([*([group] if group else []), *slices], tuple(saved.others), name)
    groups = saved.others[group]() if group else None
    return replace(data, about=about_examples(ids, groups, {one: saved.others[one]() for one in slices}, name))


def _labels(saved: SavedPredictions, true: NDArray[Any], names: tuple[str, ...], where: str) -> NDArray[np.int64]:
    """The true classes by their numbers among these names; the file's own numbers may be others."""
    if true.dtype.kind == "U":
        return class_indices(where, true, names)
    if saved.values.ndim == 1 and saved.class_names and names != saved.class_names:
        return class_indices(where, np.array(saved.class_names)[true], names)
    return true


def without_inputs(
    name: str, class_names: tuple[str, ...], ids: NDArray[np.str_], labels: NDArray[np.int64] | None, source: str
) -> Dataset:
    """Examples of which only ids and labels are known.

    Args:
        name: of the data.
        class_names: by class index.
        ids: one an example.
        labels: the true classes, or None.
        source: what they are, in words.
    """
    content = {"ids": ids.tolist(), "labels": None if labels is None else labels.tolist()}
    examples = ExampleSet({}, ids, labels, name)
    return Dataset(name, class_names, {EXAMPLES_SPLIT: examples}, source, known_fingerprint=digest(content))
