"""A data set by the name a spec gives it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from samefn.core.events import Emit, Event
from samefn.core.loading import load
from samefn.core.naming import lookup
from samefn.datasets.images import Dataset
from samefn.spec.study import Data

LOADERS = {
    "digits": "samefn.datasets.digits:load_digits",
    "mnist": "samefn.datasets.mnist:load_mnist",
}


def load_dataset(data: Data, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    """The data set that a spec names, cut to its limits.

    Args:
        data: name and limits.
        data_dir: a folder that holds the files; None to download what does not come with a library.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go; a warning when a class has no training image.

    Raises:
        InputError: the files are missing or damaged, a limit is above what there is, or one class is left.
    """
    loader: Callable[[Path | None, Path, Emit], Dataset] = load(lookup(LOADERS, data.name, "data set"))
    dataset = loader(data_dir, cache_dir, emit).limited(data.train_limit, data.test_limit)
    absent = np.setdiff1d(np.arange(dataset.classes), dataset.train.labels)
    if absent.size:
        names = ", ".join(dataset.class_names[label] for label in absent)
        emit(
            Event(
                "warning",
                dataset.name,
                f"none of the {len(dataset.train)} training images is of class {names}",
            )
        )
    return dataset
