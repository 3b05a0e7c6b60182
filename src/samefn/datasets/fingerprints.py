"""The sha256 of examples by their content. Stored results depend on both formulas: neither may change."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.canonical import Json, canonical_json
from samefn.datasets.example_set import ExampleSet

# Bytes of an array that are hashed at a time.
HASH_CHUNK = 1 << 24


def study_fingerprint(class_names: Sequence[str], splits: Sequence[ExampleSet]) -> str:
    """The sha256 of splits of labelled images: 64 hexadecimal digits; ids and names of splits do not count.

    It is of the decoded images, so the same images stored in another way have the same fingerprint.
    """
    arrays = [array for split in splits for array in (split.pixels, split.true.astype("<i8", copy=False))]
    head: Json = {"classes": list(class_names), "shapes": [list(split.pixels.shape) for split in splits]}
    return _digest(head, arrays)


def examples_fingerprint(
    arrays: Mapping[str, NDArray[Any]],
    ids: NDArray[np.str_],
    labels: NDArray[np.int64] | None,
    class_names: Sequence[str],
) -> str:
    """The sha256 of examples of any kind: 64 hexadecimal digits."""
    head: Json = {
        "arrays": [[name, array.dtype.str, list(array.shape)] for name, array in sorted(arrays.items())],
        "ids": ids.tolist(),
        "labels": None if labels is None else labels.tolist(),
        "classes": list(class_names),
    }
    return _digest(head, [array for _, array in sorted(arrays.items())])


def _digest(head: Json, arrays: Iterable[NDArray[Any]]) -> str:
    # Names and shapes first: without them, equal bytes in other arrays would give the same hash. Fingerprints are in
    # keys, so these names are frozen.
    hashed = hashlib.sha256(canonical_json(head))
    for array in arrays:
        for piece in _pieces(array):
            hashed.update(np.ascontiguousarray(piece).data)
    return hashed.hexdigest()


def _pieces(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """An array in parts, so that a mapped array is never in memory as a whole."""
    step = max(1, HASH_CHUNK // max(1, array[:1].nbytes))
    return (array[start : start + step] for start in range(0, len(array), step))
