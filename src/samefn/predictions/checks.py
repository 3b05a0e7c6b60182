"""Checks of arrays that become predictions: scores, ids and labels."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError


def as_matrix(model: str, values: ArrayLike) -> NDArray[np.floating[Any]]:
    """Scores [examples, classes], in their own floating type.

    Raises:
        InputError: not a floating type, another rank, no examples, or fewer than two classes.
    """
    matrix = np.asarray(values)
    if not np.issubdtype(matrix.dtype, np.floating):
        raise InputError("SF400", f"scores have dtype {matrix.dtype}", where=model, fix="give floats")
    if matrix.ndim != 2 or matrix.shape[0] < 1 or matrix.shape[1] < 2:
        raise InputError(
            "SF400",
            f"scores have shape {list(matrix.shape)}",
            where=model,
            fix="give [examples, classes], two classes or more",
        )
    return matrix


def refuse_rows(model: str, rows: ArrayLike, what: str, ids: ArrayLike) -> None:
    """Refuse a table with bad rows.

    Raises:
        InputError: there is one; it names the first.
    """
    bad = np.asarray(rows, dtype=np.bool_)
    count = int(np.count_nonzero(bad))
    if count:
        i = int(np.flatnonzero(bad)[0])
        names = np.asarray(ids)
        name = str(names[i]) if names.ndim == 1 and i < len(names) else f"row {i}"
        raise InputError("SF402", f"example {name!r} {what} ({count} of {len(bad)} rows)", where=model)


def as_ids(model: str, ids: ArrayLike, examples: int) -> NDArray[np.str_]:
    """One id an example, all different, [examples].

    Raises:
        InputError: another number of ids, or one that occurs twice.
    """
    names = np.asarray(ids).astype(np.str_)
    if names.shape != (examples,):
        raise InputError(
            "SF403", f"{list(names.shape)} ids for {examples} examples", where=model, fix="give one id for each example"
        )
    unique, counts = np.unique(names, return_counts=True)
    if len(unique) != examples:
        raise InputError(
            "SF403",
            f"id {str(unique[counts > 1][0])!r} occurs {counts.max()} times",
            where=model,
            fix="give every example its own id",
        )
    return names


def as_classes(model: str, labels: ArrayLike, names: NDArray[np.str_], classes: int) -> NDArray[np.int64]:
    """The true classes, [examples].

    Raises:
        InputError: another number of labels, not whole numbers, or one that is not a class.
    """
    array = np.asarray(labels)
    if array.shape != names.shape or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            "SF404",
            f"labels have shape {list(array.shape)} and dtype {array.dtype} for {len(names)} examples",
            where=model,
            fix="give one whole number for each example",
        )
    true = array.astype(np.int64)
    outside = np.flatnonzero((true < 0) | (true >= classes))
    if outside.size:
        i = int(outside[0])
        raise InputError(
            "SF404", f"example {str(names[i])!r} has label {true[i]}, outside 0..{classes - 1}", where=model
        )
    return true
