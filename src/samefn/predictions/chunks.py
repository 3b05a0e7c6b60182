"""Large tables chunk by chunk, so that memory never holds a float64 copy of one, nor a large result."""

import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# How many numbers are converted at a time.
CHUNK_CELLS = 2**22
# A larger result lies in a temporary file, which is deleted when nothing refers to it.
MAX_BYTES_IN_MEMORY = 2**26


def iter_chunks(table: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """A table [rows, columns] in chunks of rows: where each path_exists, and its rows in float64.

    >>> [(part, rows.tolist()) for part, rows in iter_chunks(np.array([[1], [2]]))]
    [(slice(0, 2, None), [[1.0], [2.0]])]
    """
    rows, columns = table.shape
    step = max(1, CHUNK_CELLS // max(1, columns))
    for start in range(0, rows, step):
        part = slice(start, min(start + step, rows))
        yield part, table[part].astype(np.float64)


def allocate(shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """An empty table to fill: in memory, or in a temporary file if it is large."""
    if np.prod(shape, dtype=np.float64) * np.dtype(dtype).itemsize <= MAX_BYTES_IN_MEMORY:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        return np.asarray(np.memmap(file, dtype, mode="w+", shape=shape))


def take(table: NDArray[Any], rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> NDArray[Any]:
    """Some rows of a table [rows, columns], in the given order: a view for a slice, else a copy made by `allocate`.

    >>> take(np.array([[1, 2], [3, 4], [5, 6]]), np.array([2, 0])).tolist()
    [[5, 6], [1, 2]]
    """
    if isinstance(rows, slice):
        return table[rows]
    numbers = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    taken = allocate((len(numbers), table.shape[1]), table.dtype)
    step = max(1, CHUNK_CELLS // max(1, table.shape[1]))
    for start in range(0, len(numbers), step):
        taken[start : start + step] = table[numbers[start : start + step]]
    return taken
