"""An npz file with x_train, y_train, x_test and y_test, as Keras stores its data sets. Nothing in it is unpickled."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.array_files import read_npy
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
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            if missing := [name for name in SPLIT_ARRAYS if f"{name}.npy" not in members]:
                raise InputError(
                    "SF212",
                    f"lacks {', '.join(missing)} among {', '.join(sorted(members))}"[:300],
                    where=str(path),
                    fix=f"give {', '.join(SPLIT_ARRAYS)}",
                )
            for name in SPLIT_ARRAYS:
                info = archive.getinfo(f"{name}.npy")
                if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & 1:
                    raise InputError(
                        "SF250",
                        f"{name} is encrypted or compressed by method {info.compress_type}",
                        where=str(path),
                        fix="save it with numpy.savez",
                    )
                with archive.open(info) as stream:
                    arrays[name] = _array(stream, name, path)
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError) as error:
        raise InputError(
            "SF203", f"damaged, or not an npz file ({error})", where=str(path), fix="get the file again"
        ) from error
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(path)) from error
    return Splits(_split("train", arrays, path), _split("test", arrays, path), class_names=None)


def _split(name: str, arrays: Mapping[str, NDArray[Any]], path: Path) -> Split:
    pixels = np.ascontiguousarray(as_pixels(arrays[f"x_{name}"], f"{path}: x_{name}"))
    return Split(pixels, _labels(arrays[f"y_{name}"], len(pixels), f"{path}: y_{name}"))


def _array(stream: IO[bytes], name: str, path: Path) -> NDArray[Any]:
    array = read_npy(stream, name, path)
    _check_dtype(array.dtype, name, path)
    if array.ndim and not len(array):
        content = "images" if name.startswith("x_") else "labels"
        raise InputError("SF222", f"{name} holds no {content}", where=str(path), fix="give at least one in each split")
    if not array.size:
        raise InputError("SF231", f"{name} has shape {list(array.shape)}, so no values", where=str(path))
    return array


def _check_dtype(dtype: np.dtype[Any], name: str, path: Path) -> None:
    """Pixels must be uint8, labels whole numbers; Python objects would have to be unpickled."""
    images = name.startswith("x_")
    if dtype == np.uint8 or (not images and dtype.kind in "ui"):
        return
    fix = "give uint8 from 0 to 255" if images else "give whole numbers from 0, one for each image"
    if images and dtype.kind == "f":
        fix += " (multiply by 255 where it is 0 to 1)"
    what = "Python objects, which are not unpickled" if dtype.hasobject else str(dtype)
    raise InputError("SF231", f"{name} holds {what}", where=str(path), fix=fix)


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
