"""Predictions that somebody saved, checked: scores or answers, with what the file says of the examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.predictions.checks import as_ids
from samefn.schema.methods import OutputKind


@dataclass(frozen=True, eq=False)
class SavedPredictions:
    """What a file says one model answered.

    Attributes:
        values: scores [examples, classes] as they are stored, or labels [examples].
        returns: what the file itself says the values are; None where it does not say.
        ids: one name an example, or None where the file has none.
        true: the true classes, [examples], as numbers, or as names where nothing numbers them; or None.
        class_names: by class index; empty where the file has none.
        notes: what was done on the way in, one sentence each.
        array: what the file calls the values; empty where it does not.
    """

    values: NDArray[np.generic]
    returns: OutputKind | None = None
    ids: NDArray[np.str_] | None = None
    true: NDArray[np.int64] | NDArray[np.str_] | None = None
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    array: str = ""


def saved_predictions(
    where: str,
    values: NDArray[Any],
    returns: OutputKind | None,
    ids: NDArray[Any] | None,
    true: NDArray[Any] | None,
    class_names: Sequence[str] = (),
    notes: Sequence[str] = (),
    array: str = "",
) -> SavedPredictions:
    """Predictions of one file, where its parts fit together. Answers and true classes that are names are classes.

    Args:
        where: what errors call the file.
        values: scores [examples, classes]; or answers, numbers or names, [examples] or [examples, 1].
        returns: what the file says they are.
        ids: numbers or names, [examples].
        true: numbers or names, [examples] or [examples, 1].
        class_names: by class index, where the file names the scores.
        notes: what was done on the way in.
        array: what the file calls the values.

    Raises:
        InputError: no examples, one class, another rank, or parts of different lengths; it says so where scores are
            transposed.
    """
    if values.ndim == 2 and values.shape[1] == 1 and values.dtype.kind in "iuU":
        values = values[:, 0]
    ids, true = _flat(where, ids, "ids"), _flat(where, true, "labels")
    _check_shape(where, values, {len(one) for one in (ids, true) if one is not None})
    for name, one in (("ids", ids), ("labels", true)):
        if one is not None and len(one) != len(values):
            raise InputError("SF4086", f"{len(one)} {name} for {len(values)} predictions", where=where)
    names = tuple(class_names)
    if values.ndim == 1 and values.dtype.kind == "U":
        told = np.concatenate([values, true]) if true is not None and true.dtype.kind == "U" else values
        names = tuple(np.unique(told).tolist())
    if values.ndim == 1 and values.dtype.kind in "iu" and int(values.min()) < 0:
        raise InputError(
            "SF4087", f"answers {int(values.min())}, which is no class", where=where, fix="number them from 0"
        )
    return SavedPredictions(
        values,
        returns,
        None if ids is None else as_ids(where, ids, len(values)),
        None if true is None else true if true.dtype.kind == "U" and not names else numbered(where, true, names),
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
            "SF4088",
            f"{name} have shape {list(values.shape)} and dtype {values.dtype}",
            where=where,
            fix="give one whole number or name an example",
        )
    return flat


def _check_shape(where: str, values: NDArray[Any], lengths: set[int]) -> None:
    shape = list(values.shape)
    if values.ndim not in (1, 2):
        raise InputError(
            "SF4089",
            f"predictions have shape {shape}",
            where=where,
            fix="give scores [examples, classes] or answers [examples]",
        )
    if 0 in shape:
        raise InputError("SF4090", f"holds no predictions (shape {shape})", where=where)
    if values.dtype.kind not in "iufU" or (values.ndim == 2 and values.dtype.kind == "U"):
        raise InputError("SF4091", f"predictions have dtype {values.dtype}: no scores and no answers", where=where)
    if values.ndim == 1 and values.dtype.kind == "f":
        raise InputError(
            "SF4092",
            "holds one floating-point number an example",
            where=where,
            fix="give scores of two classes or more, [examples, classes], or answers as whole numbers or names",
        )
    if values.ndim == 2 and len(lengths) == 1 and values.shape[0] < values.shape[1] and values.shape[1] in lengths:
        raise InputError(
            "SF4093",
            f"scores have shape {shape} for {lengths.pop()} examples: they are transposed",
            where=where,
            fix="give [examples, classes]",
        )
    if values.ndim == 2 and values.shape[1] == 1:
        raise InputError(
            "SF4094",
            "scores are of one class only",
            where=where,
            fix="give two columns: of a probability p, 1 - p and p",
        )


def numbered(where: str, true: NDArray[Any], names: tuple[str, ...]) -> NDArray[np.int64]:
    """True classes as numbers.

    Raises:
        InputError: a name that is none of the classes', or a number that is no class.
    """
    if true.dtype.kind == "U":
        number = {name: i for i, name in enumerate(names)}
        strange = [name for name in np.unique(true).tolist() if name not in number]
        if strange:
            fix = suggest(strange[0], names) if names else "number the classes from 0, or name them with --class-names"
            raise InputError("SF4095", f"label {strange[0]!r} is none of the classes", where=where, fix=fix[:200])
        return np.array([number[name] for name in true.tolist()], dtype=np.int64)
    low, high = int(true.min()), int(true.max())
    if low < 0 or high > np.iinfo(np.int64).max:
        raise InputError(
            "SF4096", f"label {low if low < 0 else high} is no class", where=where, fix="number them from 0"
        )
    return true.astype(np.int64)
