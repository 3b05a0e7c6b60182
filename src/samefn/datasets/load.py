"""A data set by the name a spec gives it."""

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
# So many classes a warning names.
NAMED = 10


def load_dataset(data: Data, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    """The data set that a spec names, cut to its limits.

    It is `find_dataset`, decoding, and `limited`; a caller that keeps decoded data sets calls these itself.

    Args:
        data: name and limits.
        data_dir: a folder that holds the files; None to download what does not come with a library.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go; a warning when a class has no training image.

    Raises:
        InputError: the files are missing or damaged, a limit is above what there is, or one class is left.
    """
    return limited(find_dataset(data.name, data_dir, cache_dir, emit, data.label).decode(emit), data, emit)


def find_dataset(name: str, data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """Find a data set's files, downloading them if need be; nothing is decoded.

    Args:
        name: a key of `LOADERS`.
        data_dir: a folder that holds the files; None to download what does not come with a library.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go.
        label: the column of Parquet files that holds the labels; none for `label` or `fine_label`.

    Returns:
        What to decode. Its `key()` is the same as long as decoding would give the same.

    Raises:
        InputError: the name is not known, the files are missing, or a label column is named where there are none.
    """
    find: Callable[[Path | None, Path, Emit, str | None], Source] = load(lookup(LOADERS, name, "data set"))
    source = find(data_dir, cache_dir, emit, label)
    if label is not None and source.settings.get("label") != label:
        raise InputError(
            "SF2112", f"a label column {label!r} is named, but only Parquet files have columns", where=source.name
        )
    return source


def limited(dataset: Dataset, data: Data, emit: Emit) -> Dataset:
    """A decoded data set cut to a spec's limits, with warnings of what is odd in it.

    Raises:
        InputError: a limit is above what there is, or one class is left.
    """
    whole, tested = dataset.train.true, dataset.test.true
    dataset = dataset.limited(data.train_limit, data.test_limit)
    _warn_of_absent(dataset, whole, tested, data, emit)
    if len(whole) > dataset.classes and bool((np.diff(whole) >= 0).all()):
        text = "the training images are sorted by class; whatever takes only the first of them sees but a few classes"
        emit(Event("warning", dataset.name, text))
    return dataset


def _warn_of_absent(
    dataset: Dataset, train: NDArray[np.int64], test: NDArray[np.int64], data: Data, emit: Emit
) -> None:
    """Warn of classes that nothing is trained on, each with its cause.

    Args:
        dataset: cut to its limits.
        train: the labels of all training images.
        test: the labels of all test images.
        data: the limits.
        emit: where the warnings go.
    """
    trained, tested = set(train.tolist()), set(test.tolist())
    absent = set(range(dataset.classes)).difference(dataset.train.true.tolist())
    unused = "get the whole data set"
    if data.name == "own":
        unused = (
            f"number the labels 0 to {len(trained | tested) - 1} without gaps, or leave out the names of classes "
            "without images (class names come from the folders or the Parquet files; in npz they are the labels)"
        )
    for labels, said, fix in (
        (absent & trained, "", f"train_limit is {data.train_limit}: raise it"),
        (
            absent & tested - trained,
            ", but test images are",
            "give training images of it, or take its test images out (class names come from the folders or the "
            "Parquet files: are they spelt alike in both splits?)",
        ),
        (absent - trained - tested, ", nor is any test image", unused),
    ):
        if labels:
            names = [dataset.class_names[label] for label in sorted(labels)]
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            text = (
                f"none of the {len(dataset.train)} training images is of class {', '.join(names[:NAMED])}{more}{said}"
            )
            emit(Event("warning", dataset.name, f"{text}; {fix}"))
