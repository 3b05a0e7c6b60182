"""Saved predictions of one model, checked: scores or labels, with ids and true classes if the file has them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.predictions.checks import as_ids
from samefn.schema.methods import OutputKind


@dataclass(frozen=True, eq=False)
class SavedPredictions:
    """The predictions of one model from a file.

    Attributes:
        values: scores [examples, classes] as they are stored, or labels [examples].
        returns: the kind of output that the file says; None if it does not say.
        ids: one name an example, or None.
        true: the true classes, [examples], as numbers, or as names if nothing numbers them; or None.
        class_names: by class index; empty if the file has none.
        notes: what was changed on reading, one sentence each.
        array: the name of the values in the file; empty if they have none.
        others: what else the file holds, by name; read when called.
    """

    values: NDArray[np.generic]
    returns: OutputKind | None = None
    ids: NDArray[np.str_] | None = None
    true: NDArray[np.int64] | NDArray[np.str_] | None = None
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    array: str = ""
    others: Mapping[str, Callable[[], NDArray[Any]]] = field(default_factory=dict)


def check_saved(
    where: str,
    values: NDArray[Any],
    returns: OutputKind | None,
    ids: NDArray[Any] | None,
    true: NDArray[Any] | None,
    class_names: Sequence[str] = (),
    notes: Sequence[str] = (),
    array: str = "",
) -> SavedPredictions:
    """Predictions of one file, checked. Predicted labels that are names define the classes, with the true classes.

    Args:
        where: the file, for errors.
        values: scores [examples, classes]; or labels, numbers or names, [examples] or [examples, 1].
        returns: the kind that the file says.
        ids: numbers or names, [examples].
        true: numbers or names, [examples] or [examples, 1].
        class_names: by class index, if the file names the scores.
        notes: what was changed on reading.
        array: the name of the values in the file.

    Raises:
        InputError: no examples, one class, another rank, transposed scores, or arrays of different lengths.
    """
    if values.ndim == 2 and values.shape[1] == 1 and values.dtype.kind in "iuU":
        values = values[:, 0]
    ids, true = _flat(where, ids, "ids"), _flat(where, true, "labels")
    _check_shape(where, values, {len(each) for each in (ids, true) if each is not None})
    for name, array_of in (("ids", ids), ("labels", true)):
        if array_of is not None and len(array_of) != len(values):
            raise InputError("SF430", f"{len(array_of)} {name} for {len(values)} predictions", where=where)
    names = tuple(class_names)
    if values.ndim == 1 and values.dtype.kind == "U":
        labels = np.concatenate([values, true]) if true is not None and true.dtype.kind == "U" else values
        names = tuple(np.unique(labels).tolist())
    if values.ndim == 1 and values.dtype.kind in "iu" and int(values.min()) < 0:
        raise InputError(
            "SF409", f"predicts {int(values.min())}, which is not a class", where=where, fix="number them from 0"
        )
    return SavedPredictions(
        values,
        returns,
        None if ids is None else as_ids(where, ids, len(values)),
        None if true is None else true if true.dtype.kind == "U" and not names else class_indices(where, true, names),
        names,
        tuple(notes),
        array,
    )


def _flat(where: str, values: NDArray[Any] | None, name: str) -> NDArray[Any] | None:
    if values is None:
        return None
    flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if flat.ndim != 1 or flat.dtype.kind not in "iuU":
        raise InputError(
            "SF430",
            f"{name} have shape {list(values.shape)} and dtype {values.dtype}",
            where=where,
            fix="give one whole number or name for each example",
        )
    return flat


def _check_shape(where: str, values: NDArray[Any], lengths: set[int]) -> None:
    shape = list(values.shape)
    if values.ndim not in (1, 2):
        raise InputError(
            "SF430",
            f"predictions have shape {shape}",
            where=where,
            fix="give scores [examples, classes] or labels [examples]",
        )
    if 0 in shape:
        raise InputError("SF420", f"holds no predictions (shape {shape})", where=where)
    if values.dtype.kind not in "iufU" or (values.ndim == 2 and values.dtype.kind == "U"):
        raise InputError(
            "SF430", f"predictions have dtype {values.dtype}", where=where, fix="give floats, whole numbers or names"
        )
    if values.ndim == 1 and values.dtype.kind == "f":
        raise InputError(
            "SF430",
            "holds one float for each example",
            where=where,
            fix="give scores of two or more classes, [examples, classes], or labels as whole numbers or names",
        )
    if values.ndim == 2 and len(lengths) == 1 and values.shape[0] < values.shape[1] and values.shape[1] in lengths:
        raise InputError(
            "SF401",
            f"scores have shape {shape} for {lengths.pop()} examples, so they are transposed",
            where=where,
            fix="give [examples, classes]",
        )
    if values.ndim == 2 and values.shape[1] == 1:
        raise InputError(
            "SF430",
            "scores have one class only",
            where=where,
            fix="give two columns, 1 - p and p",
        )


def class_indices(where: str, true: NDArray[Any], names: tuple[str, ...]) -> NDArray[np.int64]:
    """True classes as numbers.

    Raises:
        InputError: a name or number that is not a class.
    """
    if true.dtype.kind == "U":
        number = {name: i for i, name in enumerate(names)}
        unknown = [name for name in np.unique(true).tolist() if name not in number]
        if unknown:
            fix = suggest(unknown[0], names) if names else "number the classes from 0, or name them with --class-names"
            raise InputError("SF409", f"label {unknown[0]!r} is not a class", where=where, fix=fix[:200])
        return np.array([number[name] for name in true.tolist()], dtype=np.int64)
    low, high = int(true.min()), int(true.max())
    if low < 0 or high > np.iinfo(np.int64).max:
        raise InputError(
            "SF409", f"label {low if low < 0 else high} is not a class", where=where, fix="number them from 0"
        )
    return true.astype(np.int64)
