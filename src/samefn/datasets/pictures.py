"""Arrays that hold pictures, and their values as bytes: of images of bytes, and of floats that were normalised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.datasets.example_set import IMAGE
from samefn.datasets.formats.npz import CHANNELS
from samefn.schema.changed import PictureScale

# A shorter side is rather a list of features than a picture.
MIN_SIDE = 8
# The examples that show the scale of the values: up to this many, evenly spread, and no more values than fit.
SAMPLE_EXAMPLES, SAMPLE_VALUES = 256, 4_000_000
# How far a value may lie beside its step of the grid, in steps: float16 rounds a normalised image by less.
OFF_GRID = 0.2
LEVELS, MIN_LEVELS = 256, 32


@dataclass(frozen=True, eq=False)
class Pictures:
    """The pictures of a data set.

    Attributes:
        values: [examples, height, width, channels], in the data's own numbers.
        scale: how they become bytes.
        low: the values that are black, [channels].
        high: the values that are white, [channels].
    """

    values: NDArray[Any]
    scale: PictureScale
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def pixels(self, place: int) -> NDArray[np.uint8]:
        """One picture as bytes [height, width, channels]."""
        picture = self.values[place]
        if self.scale == "bytes":
            return np.asarray(picture, dtype=np.uint8)
        shares = (picture.astype(np.float64) - self.low) / np.where(self.high > self.low, self.high - self.low, 1)
        # (A value that is no number is shown as black.)
        shares = np.nan_to_num(shares, nan=0, posinf=1, neginf=0).clip(0, 1)
        return np.asarray(np.rint(shares * (LEVELS - 1)), dtype=np.uint8)


def pictures(arrays: Mapping[str, NDArray[Any]]) -> Pictures | None:
    """The pictures among the arrays of examples; None where there are none, or more than one array of them.

    An array is one of pictures if an example has 1 or 3 channels in front or at the end, or is square.
    """
    found = [values for name, array in arrays.items() if (values := _channels_last(name, array)) is not None]
    return _scaled(found[0]) if len(found) == 1 else None


def _channels_last(name: str, array: NDArray[Any]) -> NDArray[Any] | None:
    """The array as [examples, height, width, channels], a view; None where it holds no pictures."""
    if name == IMAGE:
        # (Images of other than 1 or 3 channels have no colours.)
        return array.transpose(0, 2, 3, 1) if array.shape[1] in CHANNELS else None
    sides = array.shape[1:]
    if len(sides) == 2:
        square = sides[0] == sides[1] >= MIN_SIDE
        return array[..., None] if square and (array.dtype.kind == "f" or array.dtype == np.uint8) else None
    if len(sides) != 3:
        return None
    first, last = sides[0] in CHANNELS, sides[-1] in CHANNELS
    if first == last or min(sides[1:] if first else sides[:2]) < MIN_SIDE:
        return None
    return array.transpose(0, 2, 3, 1) if first else array


def _scaled(values: NDArray[Any]) -> Pictures:
    none = np.zeros(0)
    if values.dtype == np.uint8:
        return Pictures(values, "bytes", none, none)
    count = max(1, min(SAMPLE_EXAMPLES, len(values), SAMPLE_VALUES // max(1, int(np.prod(values.shape[1:])))))
    sample = np.asarray(values[np.linspace(0, len(values) - 1, count).astype(np.int64)]).astype(np.float64)
    channels = [_finite(sample[..., channel]) for channel in range(values.shape[-1])]
    low, high = (np.array([end(channel) for channel in channels]) for end in (np.min, np.max))
    if low.min() >= 0 and high.max() <= 1:
        return Pictures(values, "unit", np.zeros(len(low)), np.ones(len(low)))
    on_grid = all(_has_all_steps(channel) for channel in channels)
    return Pictures(values, "denormalised" if on_grid else "stretched", low, high)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = values[np.isfinite(values)]
    return finite if len(finite) else np.zeros(1)


def _has_all_steps(values: NDArray[np.float64]) -> bool:
    """Whether values are (byte / 255 - mean) / std for some mean and std.

    They then lie on 256 evenly spaced steps. Where the first step, the last one and two neighbours occur, the values
    themselves show mean and std.
    """
    different = np.unique(values)
    low, high = different[0], different[-1]
    if high <= low:
        return False
    steps = (different - low) / (high - low) * (LEVELS - 1)
    used = np.rint(steps)
    neighbours = bool((np.diff(used) == 1).any())
    return neighbours and len(np.unique(used)) >= MIN_LEVELS and bool(np.abs(steps - used).max() < OFF_GRID)
