"""What arrays must be to become predictions."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError


def as_matrix(model: str, values: ArrayLike) -> NDArray[np.floating[Any]]:
    """Scores [examples, classes], of the type they have.

    Raises:
        InputError: no floating type, another rank, no examples or fewer than two classes.
    """
    matrix = np.asarray(values)
    if not np.issubdtype(matrix.dtype, np.floating):
        raise InputError("SF4018", f"scores have dtype {matrix.dtype}, not a floating type", where=model)
    if matrix.ndim != 2 or matrix.shape[0] < 1 or matrix.shape[1] < 2:
        raise InputError(
            "SF4019",
            f"scores have shape {list(matrix.shape)}",
            where=model,
            fix="give [examples, classes], two classes or more",
        )
    return matrix


def refuse_rows(model: str, rows: ArrayLike, what: str, ids: ArrayLike) -> None:
    """Refuse a table some of whose rows are bad.

    Raises:
        InputError: any row is; it names the first.
    """
    bad = np.asarray(rows, dtype=np.bool_)
    count = int(np.count_nonzero(bad))
    if count:
        i = int(np.flatnonzero(bad)[0])
        names = np.asarray(ids)
        name = str(names[i]) if names.ndim == 1 and i < len(names) else f"row {i}"
        raise InputError("SF4020", f"example {name!r} {what}; {count} of {len(bad)} rows are like it", where=model)


def as_ids(model: str, ids: ArrayLike, examples: int) -> NDArray[np.str_]:
    """One name an example.

    Raises:
        InputError: another number of them, or one that occurs twice.
    """
    names = np.asarray(ids).astype(np.str_)
    if names.shape != (examples,):
        raise InputError(
            "SF4021", f"{list(names.shape)} ids for {examples} examples", where=model, fix="give one id an example"
        )
    unique, counts = np.unique(names, return_counts=True)
    if len(unique) != examples:
        raise InputError("SF4022", f"id {str(unique[counts > 1][0])!r} occurs {counts.max()} times", where=model)
    return names


def as_classes(model: str, labels: ArrayLike, names: NDArray[np.str_], classes: int) -> NDArray[np.int64]:
    """The true classes, one an example.

    Raises:
        InputError: another number of them, no whole numbers, or one that is no class.
    """
    given = np.asarray(labels)
    if given.shape != names.shape or not np.issubdtype(given.dtype, np.integer):
        raise InputError(
            "SF4023",
            f"labels of shape {list(given.shape)} and dtype {given.dtype} for {len(names)} examples",
            where=model,
        )
    true = given.astype(np.int64)
    outside = np.flatnonzero((true < 0) | (true >= classes))
    if outside.size:
        i = int(outside[0])
        raise InputError(
            "SF4024", f"example {str(names[i])!r} has label {true[i]}, outside 0..{classes - 1}", where=model
        )
    return true
