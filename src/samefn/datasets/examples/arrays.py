"""Examples from arrays: npz and npy files, or arrays in memory. Arrays of bytes shaped like images are images."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.config.comparison import Examples
from samefn.core.array_files import map_npy, map_npz
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.datasets.dataset import Dataset, comparison_dataset
from samefn.datasets.examples.example_set import IMAGE
from samefn.datasets.formats.npz import CHANNELS, as_pixels

ID_NAMES = ("ids", "id")
LABEL_NAMES = ("y", "labels", "label", "targets", "y_true", "target", "label_id", "label_ids")
SPLITS: tuple[Literal["train", "test"], ...] = ("train", "test")


def npy_examples(path: Path, name: str, spec: Examples) -> Dataset:
    """The examples of an npy file: one input, mapped; it has no labels.

    Raises:
        InputError: a file that cannot be used, or a label array named.
    """
    if spec.label is not None:
        raise InputError(
            "SF2009", f"labels {spec.label!r} are named, but npy holds one array", where=str(path), fix="give npz"
        )
    array = map_npy(path)
    arrays, said = _inputs({"input": array}, str(path))
    return _examples(name, arrays, None, None, f"npy{said}", spec.limit, str(path))


def npz_examples(path: Path, name: str, spec: Examples) -> Dataset:
    """The examples of an npz file.

    Labels are the array that the spec names, else `y_test` (of the split), or the first of `LABEL_NAMES`;
    ids are `ids_test`, `ids` or `id`. The input is `x_test`; where the file has no splits, all other arrays are inputs,
    by their names.

    Raises:
        InputError: a file that cannot be used, no inputs, or arrays that do not fit together.
    """
    arrays, where = map_npz(path), str(path)
    names = list(arrays)
    labels = _taken(arrays, (f"y_{spec.split}", *LABEL_NAMES) if spec.label is None else (spec.label,))
    if spec.label is not None and labels is None:
        raise InputError("SF2010", f"has no array {spec.label!r}", where=where, fix=suggest(spec.label, names))
    ids = _taken(arrays, (f"ids_{spec.split}", *ID_NAMES))
    if any(f"x_{split}" in arrays for split in SPLITS):
        wanted = f"x_{spec.split}"
        if wanted not in arrays:
            raise InputError(
                "SF2011", f"has no {wanted} among {', '.join(names)}"[:300], where=where, fix="choose another split"
            )
        arrays = {wanted: arrays[wanted]}
    if not arrays:
        raise InputError(
            "SF2012", f"has no inputs, only {', '.join(names)}"[:300], where=where, fix="add an array of inputs"
        )
    found, said = _inputs(arrays, where)
    return _examples(name, found, labels, ids, f"npz{said}", spec.limit, where)


def given_examples(
    data: ArrayLike | Mapping[str, ArrayLike],
    labels: Sequence[int] | NDArray[Any] | None = None,
    ids: Sequence[str] | NDArray[Any] | None = None,
    name: str = "examples",
) -> Dataset:
    """Examples from arrays in memory.

    Args:
        data: one array [examples, ...], or arrays by the names of the models' inputs; bytes [examples, height, width],
            or with 1 or 3 channels, are images.
        labels: the true classes, or None.
        ids: one name an example; numbers from 0 where not given.
        name: what the examples are called.

    Raises:
        InputError: arrays that do not fit together.

    >>> found = given_examples(np.zeros((2, 8, 8), np.uint8), labels=[1, 0])
    >>> found.examples.images, found.examples.pixels.shape, found.examples.ids.tolist()
    (True, (2, 1, 8, 8), ['0', '1'])
    """
    given = data if isinstance(data, Mapping) else {"input": data}
    arrays, said = _inputs({key: np.asarray(value) for key, value in given.items()}, name)
    true, names = (None if one is None else np.asarray(one) for one in (labels, ids))
    return _examples(name, arrays, true, names, f"arrays{said}", None, name)


def _taken(arrays: dict[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any] | None:
    """The first array of these names, taken out."""
    return next((arrays.pop(name) for name in names if name in arrays), None)


def _inputs(arrays: Mapping[str, NDArray[Any]], where: str) -> tuple[dict[str, NDArray[Any]], str]:
    """Input arrays, and what there is to say of them. A single array of bytes shaped like images becomes `image`."""
    for key, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise InputError("SF2013", f"{key} holds {array.dtype}, no numbers", where=where)
        if array.ndim < 1 or 0 in array.shape:
            raise InputError("SF2014", f"{key} has shape {list(array.shape)}: no examples", where=where)
    if len(arrays) > 1:
        return dict(arrays), f": inputs {', '.join(arrays)}"
    (key, array) = next(iter(arrays.items()))
    if _is_images(array):
        return {IMAGE: as_pixels(array, f"{where}: {key}")}, f": images {key}"
    # Only images may bear the name of images.
    return {"input" if key == IMAGE else key: array}, f": {array.dtype} {list(array.shape[1:])} an example"


def _is_images(array: NDArray[Any]) -> bool:
    sides = array.shape[1:]
    return array.dtype == np.uint8 and (len(sides) == 2 or (len(sides) == 3 and not {*CHANNELS}.isdisjoint(sides)))


def _examples(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    labels: NDArray[Any] | None,
    ids: NDArray[Any] | None,
    source: str,
    limit: int | None,
    where: str,
) -> Dataset:
    count = len(next(iter(arrays.values())))
    names = np.array([str(number) for number in range(count)]) if ids is None else _ids(ids, where)
    classes, class_names = (None, ()) if labels is None else _labels(labels, where)
    source = f"{count:,} examples from {source}"
    return comparison_dataset(name, arrays, names, classes, class_names, source, limit, where)


def _ids(ids: NDArray[Any], where: str) -> NDArray[np.str_]:
    if ids.ndim != 1 or ids.dtype.kind not in "iuU":
        raise InputError(
            "SF2015", f"ids have dtype {ids.dtype} and shape {list(ids.shape)}", where=where, fix="give [examples]"
        )
    return ids.astype(np.str_)


def _labels(labels: NDArray[Any], where: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels as numbers; names are numbered in their order."""
    plain = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if plain.ndim != 1 or plain.dtype.kind not in "iuU":
        raise InputError(
            "SF2016",
            f"labels have dtype {labels.dtype} and shape {list(labels.shape)}",
            where=where,
            fix="give one whole number or name an example",
        )
    if plain.dtype.kind == "U":
        names, numbers = np.unique(plain, return_inverse=True)
        return numbers.astype(np.int64), tuple(names.tolist())
    if len(plain) and int(plain.max()) > np.iinfo(np.int64).max:
        raise InputError("SF2017", f"label {plain.max()}", where=where, fix="labels number the classes from 0")
    return plain.astype(np.int64), ()
