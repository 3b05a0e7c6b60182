"""An npz file with x_train, y_train, x_test and y_test, as Keras stores its data sets. Nothing in it is unpickled."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.array_files import map_npz
from samefn.core.errors import InputError
from samefn.datasets.formats.splits import Split, Splits, checked_labels

SPLIT_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
CHANNELS = (1, 3)


def is_npz(path: Path) -> bool:
    """Whether a file is a zip of npy files."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(names := archive.namelist()) and all(name.endswith(".npy") for name in names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_npz_splits(path: Path) -> Splits:
    """Both splits of an npz file.

    Images are uint8 [n, height, width], [n, height, width, channels] or [n, channels, height, width] with 1 or 3
    channels; labels are whole numbers [n] or [n, 1].

    Raises:
        InputError: not an npz file, damaged, an array missing, of another type or shape or too large.
    """
    arrays = map_npz(path, SPLIT_ARRAYS)
    for name, array in arrays.items():
        _check_array(array, name, path)
    return Splits(_split("train", arrays, path), _split("test", arrays, path), class_names=None)


def _split(name: str, arrays: Mapping[str, NDArray[Any]], path: Path) -> Split:
    pixels = np.ascontiguousarray(as_pixels(arrays[f"x_{name}"], f"{path}: x_{name}"))
    return Split(pixels, _labels(arrays[f"y_{name}"], len(pixels), f"{path}: y_{name}"))


def _check_array(array: NDArray[Any], name: str, path: Path) -> None:
    """Pixels must be uint8, labels whole numbers; there must be some."""
    images = name.startswith("x_")
    if array.dtype != np.uint8 and (images or array.dtype.kind not in "ui"):
        fix = "give uint8 from 0 to 255" if images else "give whole numbers from 0, one for each image"
        if images and array.dtype.kind == "f":
            fix += " (multiply by 255 where it is 0 to 1)"
        raise InputError("SF231", f"{name} holds {array.dtype}", where=str(path), fix=fix)
    if array.ndim and not len(array):
        content = "images" if images else "labels"
        raise InputError("SF222", f"{name} holds no {content}", where=str(path), fix="give at least one in each split")
    if not array.size:
        raise InputError("SF231", f"{name} has shape {list(array.shape)}, so no values", where=str(path))


def as_pixels(array: NDArray[Any], where: str) -> NDArray[np.uint8]:
    """Images as [n, channels, height, width]: a view, so that a mapped array stays mapped.

    Args:
        array: uint8 [n, height, width], or with 1 or 3 channels as the second or the last dimension.
        where: the name in error messages.

    Raises:
        InputError: another shape, or both or none of these dimensions could be the channels.
    """
    if array.ndim == 3:
        return array[:, None]
    if array.ndim != 4:
        raise InputError(
            "SF231", f"shape {list(array.shape)}", where=where, fix="give [n, height, width] or four dimensions"
        )
    first, last = array.shape[1] in CHANNELS, array.shape[3] in CHANNELS
    if first == last:
        raise InputError(
            "SF231",
            f"shape {list(array.shape)}: which dimension holds the channels is not clear",
            where=where,
            fix="give 1 or 3 channels as the second or the last dimension",
        )
    return array if first else array.transpose(0, 3, 1, 2)


def _labels(array: NDArray[Any], images: int, where: str) -> NDArray[np.int64]:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(
            "SF226",
            f"shape {list(array.shape)}, not [n]",
            where=where,
            fix="give the number of the class for each image, not a row of probabilities",
        )
    if array.max() > np.iinfo(np.int64).max:
        raise InputError("SF227", f"label {array.max()}", where=where, fix="labels number the classes from 0")
    return checked_labels(array.astype(np.int64), images, where)
