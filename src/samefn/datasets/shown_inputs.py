"""What a page shows of an input: its picture, or its first values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.datasets.pictures import pictures
from samefn.datasets.thumbnails import thumbnail
from samefn.schema.changed import InputValues, PictureScale

# The first values of each array that are shown.
FIRST_VALUES = 12


@dataclass(frozen=True)
class ShownInput:
    """One input; `samefn.schema.changed.ChangedExample` has the same fields."""

    image: str | None = None
    picture_scale: PictureScale | None = None
    values: tuple[InputValues, ...] = ()


def shown_inputs(arrays: Mapping[str, NDArray[Any]]) -> Callable[[int], ShownInput]:
    """A function from an example's place in the data to what is shown of it.

    Args:
        arrays: by name, [examples, ...]; empty where only predictions are known.
    """
    found = pictures(arrays)
    if found is not None:
        return lambda place: ShownInput(thumbnail(found.pixels(place)), found.scale)
    return lambda place: ShownInput(values=tuple(_values(name, array[place]) for name, array in arrays.items()))


def _values(name: str, array: NDArray[Any]) -> InputValues:
    flat = np.asarray(array).reshape(-1)
    first = (one if np.isfinite(one) else None for one in flat[:FIRST_VALUES].tolist())
    return InputValues(array=name, values=tuple(first), count=flat.size)
