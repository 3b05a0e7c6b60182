"""Large tables piece by piece: memory holds no float64 copy of all of one, and no result of any size."""

import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# So many numbers are converted at a time.
CELLS = 2**22
# A result of more bytes lies in a temporary file, which is gone when nothing refers to it.
IN_MEMORY = 2**26


def parts(table: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Consecutive rows of a table [rows, columns], in float64, with the place of each.

    >>> [(part, rows.tolist()) for part, rows in parts(np.array([[1], [2]]))]
    [(slice(0, 2, None), [[1.0], [2.0]])]
    """
    rows, columns = table.shape
    step = max(1, CELLS // max(1, columns))
    for start in range(0, rows, step):
        part = slice(start, min(start + step, rows))
        yield part, table[part].astype(np.float64)


def room(shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """A table to be filled: in memory, or in a temporary file where it is large."""
    if np.prod(shape, dtype=np.float64) * np.dtype(dtype).itemsize <= IN_MEMORY:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        return np.asarray(np.memmap(file, dtype, mode="w+", shape=shape))


def chosen(table: NDArray[Any], rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> NDArray[Any]:
    """Some rows of a table [rows, columns], in the order given: a view of a slice, else a copy that has its `room`.

    >>> chosen(np.array([[1, 2], [3, 4], [5, 6]]), np.array([2, 0])).tolist()
    [[5, 6], [1, 2]]
    """
    if isinstance(rows, slice):
        return table[rows]
    numbers = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    found = room((len(numbers), table.shape[1]), table.dtype)
    step = max(1, CELLS // max(1, table.shape[1]))
    for start in range(0, len(numbers), step):
        found[start : start + step] = table[numbers[start : start + step]]
    return found
