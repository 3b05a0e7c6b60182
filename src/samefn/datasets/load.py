"""A study's data set by its name: a reference data set, or the user's own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.config.study import Data
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.core.loading import load
from samefn.core.naming import lookup
from samefn.datasets.dataset import Dataset
from samefn.datasets.source import Source

LOADERS = {
    "digits": "samefn.datasets.reference.digits:find_digits",
    "mnist": "samefn.datasets.reference.mnist:find_mnist",
    "fashion-mnist": "samefn.datasets.reference.mnist:find_fashion_mnist",
    "cifar10": "samefn.datasets.reference.cifar:find_cifar10",
    "cifar100": "samefn.datasets.reference.cifar:find_cifar100",
    "own": "samefn.datasets.own:find_own",
}
# How many classes a warning names.
MAX_NAMED_CLASSES = 10


def load_dataset(data: Data, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    """The data set that a spec names, cut to its limits.

    This is `find_dataset`, `decode` and `apply_limits`. A caller that stores decoded data sets calls these itself.

    Args:
        data: name and limits.
        data_dir: a folder that holds the files; None to download what does not come with a library.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go; a warning when a class has no training image.

    Raises:
        InputError: the files are missing or damaged, a limit is above what there is, or one class is left.
    """
    return apply_limits(find_dataset(data.name, data_dir, cache_dir, emit, data.label).decode(emit), data, emit)


def find_dataset(name: str, data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """Find a data set's files, downloading them if need be; nothing is decoded.

    Args:
        name: a key of `LOADERS`.
        data_dir: a folder that holds the files; None to download what does not come with a library.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go.
        label: the column of Parquet files that holds the labels; None for `label` or `fine_label`.

    Returns:
        What to decode. Its `key()` stays the same as long as decoding gives the same data set.

    Raises:
        InputError: the name is not known, the files are missing, or a label column is named where there are none.
    """
    find: Callable[[Path | None, Path, Emit, str | None], Source] = load(lookup(LOADERS, name, "data set"))
    source = find(data_dir, cache_dir, emit, label)
    if label is not None and source.settings.get("label") != label:
        raise InputError(
            "SF207",
            f"a label column {label!r} is named, but only Parquet files have columns",
            where=source.name,
            fix="remove label",
        )
    return source


def apply_limits(dataset: Dataset, data: Data, emit: Emit) -> Dataset:
    """A decoded data set cut to a spec's limits; warns of classes without training images and of sorted classes.

    Raises:
        InputError: a limit is above what there is, or one class is left.
    """
    train_labels, test_labels = dataset.train.true, dataset.test.true
    dataset = dataset.limited(data.train_limit, data.test_limit)
    _warn_of_untrained_classes(dataset, train_labels, test_labels, data, emit)
    if len(train_labels) > dataset.classes and bool((np.diff(train_labels) >= 0).all()):
        text = "the training images are sorted by class, so the first of them are of few classes only"
        emit(Event("warning", dataset.name, text))
    return dataset


def _warn_of_untrained_classes(
    dataset: Dataset, train_labels: NDArray[np.int64], test_labels: NDArray[np.int64], data: Data, emit: Emit
) -> None:
    """Warn of classes without a training image in the cut data set, each with its cause in all labels."""
    trained, tested = set(train_labels.tolist()), set(test_labels.tolist())
    absent = set(range(dataset.classes)).difference(dataset.train.true.tolist())
    unused = "get the whole data set"
    if data.name == "own":
        unused = (
            f"number the labels 0 to {len(trained | tested) - 1} without gaps, or leave out the names of classes "
            "without images (class names come from the folders or the Parquet files; in npz they are the labels)"
        )
    for labels, test_note, fix in (
        (absent & trained, "", f"train_limit is {data.train_limit}: raise it"),
        (
            absent & tested - trained,
            ", but test images are",
            "give training images of it, or remove its test images (class names come from the folders or the "
            "Parquet files; check that both splits spell them the same)",
        ),
        (absent - trained - tested, ", nor is any test image", unused),
    ):
        if labels:
            names = [dataset.class_names[label] for label in sorted(labels)]
            more = f" and {len(names) - MAX_NAMED_CLASSES} more" if len(names) > MAX_NAMED_CLASSES else ""
            shown = ", ".join(names[:MAX_NAMED_CLASSES]) + more
            text = f"none of the {len(dataset.train)} training images is of class {shown}{test_note}; {fix}"
            emit(Event("warning", dataset.name, text))
