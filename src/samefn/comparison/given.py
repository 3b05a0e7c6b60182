"""Examples that are given in Python as arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE, ExampleSet, example_set


def given_examples(
    data: NDArray[Any] | Mapping[str, NDArray[Any]],
    labels: Sequence[int] | NDArray[Any] | None = None,
    ids: Sequence[str] | NDArray[Any] | None = None,
) -> ExampleSet:
    """Examples from arrays.

    Args:
        data: one array [examples, ...], or arrays by the names of the models' inputs. One of uint8 with four dimensions
            is images, [examples, channels, height, width].
        labels: the true classes, whole numbers, [examples].
        ids: one name an example; their numbers where not given.

    Raises:
        InputError: no array, or counts that differ.

    >>> given_examples(np.zeros((2, 5)), labels=[0, 1]).ids.tolist()
    ['0', '1']
    """
    arrays = dict(data) if isinstance(data, Mapping) else {_name(data): data}
    if not arrays:
        raise InputError("holds no array", where="data")
    count = len(next(iter(arrays.values())))
    names = np.asarray(range(count) if ids is None else ids).astype(np.str_)
    classes = None if labels is None else np.asarray(labels)
    if classes is not None and not np.issubdtype(classes.dtype, np.integer):
        raise InputError(f"labels hold {classes.dtype}", where="data", fix="give whole numbers, 0 for the first class")
    true = None if classes is None else classes.astype(np.int64)
    return example_set("data", arrays, names, true, (), f"{count:,} examples given as arrays")


def _name(array: NDArray[Any]) -> str:
    return IMAGE if array.dtype == np.uint8 and array.ndim == 4 else "input"
