"""Examples from arrays: npz and npy files, or arrays in memory. uint8 arrays with the shape of images are images."""

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
from samefn.datasets.example_set import IMAGE
from samefn.datasets.formats.npz import CHANNELS, as_pixels
from samefn.predictions.about import about_examples, group_name, refuse_columns, require_columns

ID_NAMES = ("ids", "id")
LABEL_NAMES = ("y", "labels", "label", "targets", "y_true", "target", "label_id", "label_ids")
IN_MEMORY = "examples"  # the name of arrays that come from no file
STUDY_SPLITS: tuple[Literal["train", "test"], ...] = ("train", "test")


def npy_examples(path: Path, name: str, spec: Examples) -> Dataset:
    """The examples of an npy file: one input, mapped; it has no labels.

    Raises:
        InputError: a file that cannot be used, or a label array named.
    """
    if spec.label is not None:
        raise InputError(
            "SF207", f"labels {spec.label!r} are named, but npy holds one array", where=str(path), fix="give npz"
        )
    refuse_columns(spec.groups, spec.slices, "npy", str(path))
    arrays, summary = _inputs({"input": map_npy(path)}, str(path))
    return _examples(name, arrays, None, None, f"npy{summary}", spec.limit, str(path))


def npz_examples(path: Path, name: str, spec: Examples) -> Dataset:
    """The examples of an npz file.

    Labels are the array that the spec names, else `y_test` (of the split), or the first of `LABEL_NAMES`;
    ids are `ids_test`, `ids` or `id`; groups are the array that the spec names, else `groups_test`, `group` or
    `groups`. Arrays of groups and slices are no inputs. The input is `x_test`; where the file has no splits, all other
    arrays are inputs, by their names.

    Raises:
        InputError: a file that cannot be used, no inputs, groups or slices that are not there, or arrays that do not
            fit together.
    """
    arrays, where = map_npz(path), str(path)
    names = list(arrays)
    groups, slices = _groups_and_slices(arrays, spec, where)
    labels = _pop_first(arrays, (f"y_{spec.split}", *LABEL_NAMES) if spec.label is None else (spec.label,))
    if spec.label is not None and labels is None:
        raise InputError("SF208", f"has no array {spec.label!r}", where=where, fix=suggest(spec.label, names))
    ids = _pop_first(arrays, (f"ids_{spec.split}", *ID_NAMES))
    if any(f"x_{split}" in arrays for split in STUDY_SPLITS):
        inputs = f"x_{spec.split}"
        if inputs not in arrays:
            raise InputError(
                "SF209", f"has no {inputs} among {', '.join(names)}"[:300], where=where, fix="choose another split"
            )
        arrays = {inputs: arrays[inputs]}
    if not arrays:
        raise InputError(
            "SF222", f"has no inputs, only {', '.join(names)}"[:300], where=where, fix="add an array of inputs"
        )
    checked, summary = _inputs(arrays, where)
    return _examples(name, checked, labels, ids, f"npz{summary}", spec.limit, where, groups, slices)


def _groups_and_slices(
    arrays: dict[str, NDArray[Any]], spec: Examples, where: str
) -> tuple[NDArray[Any] | None, dict[str, NDArray[Any]]]:
    """The arrays of groups and slices; they are removed from the others, but for labels."""
    names = list(arrays)
    # An array of a usual name that is not one number or text an example is an input.
    usual = [name for name in names if arrays[name].ndim == 1 and arrays[name].dtype.kind in "biuU"]
    of_split = f"groups_{spec.split}"
    group = group_name(spec.groups or (of_split if of_split in usual else None), usual)
    require_columns([*([group] if group else []), *spec.slices], names, where)
    slices = {name: arrays[name] for name in spec.slices}
    groups = arrays.get(group) if group else None
    for name in {group, *slices} - {spec.label, f"y_{spec.split}", *LABEL_NAMES, *ID_NAMES}:
        arrays.pop(name or "", None)
    return groups, slices


def examples_from_arrays(
    data: ArrayLike | Mapping[str, ArrayLike],
    labels: Sequence[int] | NDArray[Any] | None = None,
    ids: Sequence[str] | NDArray[Any] | None = None,
) -> Dataset:
    """Examples from arrays in memory.

    Args:
        data: one array [examples, ...], or arrays by the names of the models' inputs; uint8 [examples, height, width],
            or with 1 or 3 channels, are images.
        labels: the true classes, or None.
        ids: one name for each example; numbers from 0 where not given.

    Raises:
        InputError: arrays that do not fit together.

    >>> examples = examples_from_arrays(np.zeros((2, 8, 8), np.uint8), labels=[1, 0]).examples
    >>> examples.images, examples.pixels.shape, examples.ids.tolist()
    (True, (2, 1, 8, 8), ['0', '1'])
    """
    by_name = data if isinstance(data, Mapping) else {"input": data}
    arrays, summary = _inputs({key: np.asarray(value) for key, value in by_name.items()}, IN_MEMORY)
    label_array, id_array = (None if values is None else np.asarray(values) for values in (labels, ids))
    return _examples(IN_MEMORY, arrays, label_array, id_array, f"arrays{summary}", None, IN_MEMORY)


def _pop_first(arrays: dict[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any] | None:
    """The first array of these names, removed from the others."""
    return next((arrays.pop(name) for name in names if name in arrays), None)


def _inputs(arrays: Mapping[str, NDArray[Any]], where: str) -> tuple[dict[str, NDArray[Any]], str]:
    """Input arrays and their summary. A single uint8 array with the shape of images becomes `image`."""
    for key, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise InputError("SF231", f"{key} holds {array.dtype}, not numbers", where=where)
        if array.ndim < 1 or 0 in array.shape:
            raise InputError("SF222", f"{key} has shape {list(array.shape)}: no examples", where=where)
    if len(arrays) > 1:
        return dict(arrays), f": inputs {', '.join(arrays)}"
    (key, array) = next(iter(arrays.items()))
    if _is_images(array):
        return {IMAGE: as_pixels(array, f"{where}: {key}")}, f": images {key}"
    # Only images may have the name of images.
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
    groups: NDArray[Any] | None = None,
    slices: Mapping[str, NDArray[Any]] | None = None,
) -> Dataset:
    count = len(next(iter(arrays.values())))
    names = np.array([str(number) for number in range(count)]) if ids is None else _ids(ids, where)
    classes, class_names = (None, ()) if labels is None else _labels(labels, where)
    source = f"{count:,} examples from {source}"
    about = about_examples(names, groups, slices or {}, where)
    return comparison_dataset(name, arrays, names, classes, class_names, source, limit, where, about)


def _ids(ids: NDArray[Any], where: str) -> NDArray[np.str_]:
    if ids.ndim != 1 or ids.dtype.kind not in "iuU":
        raise InputError(
            "SF224", f"ids have dtype {ids.dtype} and shape {list(ids.shape)}", where=where, fix="give [examples]"
        )
    return ids.astype(np.str_)


def _labels(labels: NDArray[Any], where: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels as numbers, and the class names where the labels are names; they are numbered in sorted order."""
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.ndim != 1 or flat.dtype.kind not in "iuU":
        raise InputError(
            "SF226",
            f"labels have dtype {labels.dtype} and shape {list(labels.shape)}",
            where=where,
            fix="give one whole number or one name for each example",
        )
    if flat.dtype.kind == "U":
        names, numbers = np.unique(flat, return_inverse=True)
        return numbers.astype(np.int64), tuple(names.tolist())
    if len(flat) and int(flat.max()) > np.iinfo(np.int64).max:
        raise InputError("SF227", f"label {flat.max()}", where=where, fix="labels number the classes from 0")
    return flat.astype(np.int64), ()
