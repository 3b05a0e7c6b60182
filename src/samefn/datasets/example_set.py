"""One split of a data set: examples as named arrays, checked when made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError

# Under this name arrays hold images: uint8 [examples, channels, height, width].
IMAGE = "image"


@dataclass(frozen=True, eq=False)
class ExampleSet:
    """Examples: inputs as named arrays, ids, and labels where there are any.

    Attributes:
        arrays: by name, [examples, ...] each; mapped from a file where possible. None where all predictions were
            saved. Images are the array `image`: uint8 [examples, channels, height, width].
        ids: one name for each example, all different, [examples].
        labels: the true classes, int64, 0 or more, [examples], or None.
        where: what errors call them: the file that they are from, where it is known.

    Raises:
        InputError: no examples, counts that differ, an id that occurs twice, labels that are no class numbers.
    """

    arrays: Mapping[str, NDArray[Any]]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64] | None = None
    where: str = ""

    def __post_init__(self) -> None:
        count, where = len(self.ids), self.where
        if not count:
            raise InputError("SF222", "holds no examples", where=where)
        for name, array in self.arrays.items():
            if not array.ndim or len(array) != count:
                raise InputError("SF223", f"{name} has shape {list(array.shape)} for {count} examples", where=where)
        if self.ids.ndim != 1 or self.ids.dtype.kind != "U":
            raise InputError(
                "SF224",
                f"ids have dtype {self.ids.dtype} and shape {list(self.ids.shape)} for {count} examples",
                where=where,
            )
        unique, counts = np.unique(self.ids, return_counts=True)
        if len(unique) != count:
            raise InputError("SF225", f"id {str(unique[counts.argmax()])!r} occurs {counts.max()} times", where=where)
        if self.labels is None:
            return
        if self.labels.shape != (count,) or not np.issubdtype(self.labels.dtype, np.int64):
            raise InputError(
                "SF226",
                f"labels have dtype {self.labels.dtype} and shape {list(self.labels.shape)} for {count} examples",
                where=where,
                fix="give one whole number for each example, in the examples' order",
            )
        if self.labels.min() < 0:
            raise self.label_error(int(self.labels.argmin()), "below 0", where)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def images(self) -> bool:
        """Whether there are images."""
        return IMAGE in self.arrays

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The images; only where there are any."""
        return self.arrays[IMAGE]

    @property
    def true(self) -> NDArray[np.int64]:
        """The labels, where they are required.

        Raises:
            InputError: there are none.
        """
        if self.labels is None:
            raise InputError("SF228", "the examples have no labels")
        return self.labels

    def part(self, rows: slice) -> "ExampleSet":
        """Some consecutive examples, as views."""
        arrays = {name: array[rows] for name, array in self.arrays.items()}
        return ExampleSet(arrays, self.ids[rows], None if self.labels is None else self.labels[rows], self.where)

    def first(self, count: int | None) -> "ExampleSet":
        """The first so many examples, as views; None for all."""
        return self.part(slice(count))

    def label_error(self, index: int, problem: str, where: str) -> InputError:
        """The error for one label that is not the number of a class."""
        kind = "image" if self.images else "example"
        return InputError(
            "SF227",
            f"{kind} {str(self.ids[index])!r} has label {self.true[index]}, {problem}",
            where=where,
            fix="labels number the classes from 0",
        )
