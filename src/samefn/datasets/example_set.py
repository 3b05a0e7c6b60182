"""What all models of a comparison are asked, checked when made."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError

# Under this name arrays hold images: uint8 [examples, channels, height, width].
IMAGE = "image"
# So many bytes of an array are hashed at a time.
CHUNK = 1 << 24


@dataclass(frozen=True, eq=False)
class ExampleSet:
    """Examples: inputs as named arrays, ids, and labels where there are any.

    Attributes:
        name: what the data is called.
        arrays: by name, [examples, ...] each; mapped from a file where possible. None where all predictions were
            saved.
        ids: one name an example, all different, [examples].
        labels: the true classes, int64, 0 or more, [examples], or None.
        class_names: by class index; empty where they are not known.
        images: whether there are images, in the array `image`: uint8 [examples, channels, height, width].
        source: one sentence, for the report: where the examples come from and what was done to them.
        fingerprint: the sha256 of all of it but name and source, as `fingerprint_of` gives it.
        where: what errors call it; empty for the name.

    Raises:
        InputError: no examples, counts that differ, an id that occurs twice, labels that number no classes.
    """

    name: str
    arrays: Mapping[str, NDArray[Any]]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]
    images: bool
    source: str
    fingerprint: str
    where: InitVar[str] = ""

    def __post_init__(self, where: str) -> None:
        where = where or self.name
        count = len(self.ids)
        if not count:
            raise InputError("holds no examples", where=where)
        for name, array in self.arrays.items():
            if not array.ndim or len(array) != count:
                raise InputError(f"{name} has shape {list(array.shape)} for {count} examples", where=where)
        unique, counts = np.unique(self.ids, return_counts=True)
        if len(unique) != count:
            raise InputError(f"id {str(unique[counts.argmax()])!r} occurs {counts.max()} times", where=where)
        if self.labels is None:
            return
        if self.labels.shape != (count,) or self.labels.dtype != np.int64:
            raise InputError(
                f"labels have dtype {self.labels.dtype} and shape {list(self.labels.shape)} for {count} examples",
                where=where,
                fix="give one whole number for each example, in the examples' order",
            )
        low, high = int(self.labels.min()), int(self.labels.max())
        if low < 0 or (self.class_names and high >= len(self.class_names)):
            worst = low if low < 0 else high
            raise InputError(
                f"example {str(self.ids[int((self.labels == worst).argmax())])!r} has label {worst}",
                where=where,
                fix="labels number the classes from 0",
            )


def example_set(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    ids: NDArray[np.str_],
    labels: NDArray[np.int64] | None,
    class_names: tuple[str, ...],
    source: str,
    limit: int | None = None,
    where: str = "",
) -> ExampleSet:
    """The first so many of some examples, with their fingerprint.

    Args:
        name: as `ExampleSet` has it, like all that follows but the last two.
        arrays: by name.
        ids: one name an example.
        labels: the true classes, or None.
        class_names: by class index.
        source: one sentence.
        limit: how many are kept; None for all.
        where: what errors call it; empty for the name.

    Raises:
        InputError: examples that do not fit together, or a limit above their number.
    """
    if limit is not None and limit > len(ids):
        raise InputError(
            f"limit is {limit}, but there are {len(ids)} examples",
            where=where or name,
            fix=f"set it from 1 to {len(ids)}",
        )
    if limit is not None and limit < len(ids):
        source = f"{source}; only the first {limit:,} of {len(ids):,}"
        arrays = {key: array[:limit] for key, array in arrays.items()}
        ids, labels = ids[:limit], None if labels is None else labels[:limit]
    fingerprint = fingerprint_of(arrays, ids, labels, class_names)
    return ExampleSet(name, arrays, ids, labels, class_names, IMAGE in arrays, source, fingerprint, where)


def fingerprint_of(
    arrays: Mapping[str, NDArray[Any]],
    ids: NDArray[np.str_],
    labels: NDArray[np.int64] | None,
    class_names: tuple[str, ...],
) -> str:
    """The sha256 of examples: 64 hexadecimal digits; arrays are read piece by piece."""
    told = {
        "arrays": [[name, array.dtype.str, list(array.shape)] for name, array in sorted(arrays.items())],
        "ids": ids.tolist(),
        "labels": None if labels is None else labels.tolist(),
        "classes": list(class_names),
    }
    # Names and shapes first: without them, bytes could move from one array to the next unnoticed. Fingerprints are in
    # keys, so these names are frozen.
    hashed = hashlib.sha256(canonical_json(told))
    for _, array in sorted(arrays.items()):
        for piece in _pieces(array):
            hashed.update(np.ascontiguousarray(piece).tobytes())
    return hashed.hexdigest()


def _pieces(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    step = max(1, CHUNK // max(1, array[:1].nbytes))
    return (array[start : start + step] for start in range(0, len(array), step))
