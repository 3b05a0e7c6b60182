"""The tasks of the corpus: tables that come with scikit-learn, made-up tables, and parts of image sets."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from samefn.config.study import Data
from samefn.core.events import silent
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.load import load_dataset

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

TRAIN, TEST = 4000, 2000  # images of an image set, at most
SPLIT = 0  # seed of what is split or made up: the same examples for every model


@dataclass(frozen=True)
class Task:
    """Inputs to learn from and inputs to answer.

    Attributes:
        name: of the task.
        classes: how many.
        train: [examples, features], or images [examples, channels, height, width].
        train_labels: [examples].
        test: likewise.
        test_labels: [examples].
    """

    name: str
    classes: int
    train: Floats
    train_labels: Labels
    test: Floats
    test_labels: Labels


def _table(name: str, inputs: NDArray[Any], labels: NDArray[Any], share: float = 0.5) -> Task:
    """A table, split; every column with mean 0 and deviation 1 over the training part."""
    x, other, y, other_labels = train_test_split(
        inputs, labels, test_size=share, random_state=SPLIT, stratify=labels, shuffle=True
    )
    scale = StandardScaler().fit(x)
    classes = len(np.unique(labels))
    ours, others = (scale.transform(one).astype(np.float32) for one in (x, other))
    return Task(name, classes, ours, y.astype(np.int64), others, other_labels.astype(np.int64))


def _from_sklearn(name: str) -> Task:
    inputs, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
    return _table(name, inputs, labels)


def _diabetes() -> Task:
    inputs, progress = datasets.load_diabetes(return_X_y=True)
    return _table("diabetes, thirds", inputs, np.digitize(progress, np.quantile(progress, [1 / 3, 2 / 3])))


def _made(classes: int, examples: int, apart: float) -> Task:
    inputs, labels = datasets.make_classification(
        n_samples=examples,
        n_features=30,
        n_informative=12,
        n_classes=classes,
        n_clusters_per_class=2,
        class_sep=apart,
        flip_y=0.02,
        random_state=SPLIT + classes,
    )
    return _table(f"made up, {classes} classes", inputs, labels, share=2 / 3)


def _images(name: str, dataset: Literal["mnist", "cifar10", "cifar100"], of_classes: range, data_dir: Path) -> Task:
    """The images of some classes, half as wide and high, pixels -1 to 1."""
    found = _decoded(dataset, data_dir)
    (x, y), (other, other_labels) = (
        _pixels(part, of_classes, most) for part, most in ((found.train, TRAIN), (found.test, TEST))
    )
    return Task(name, len(of_classes), x, y, other, other_labels)


@cache
def _decoded(dataset: Literal["mnist", "cifar10", "cifar100"], data_dir: Path) -> Dataset:
    return load_dataset(Data(name=dataset), data_dir / dataset, Path(), silent)


def _pixels(part: ExampleSet, of_classes: range, most: int) -> tuple[Floats, Labels]:
    chosen = np.flatnonzero(np.isin(part.true, of_classes))[:most]
    images = part.pixels[chosen].astype(np.float32) / 127.5 - 1
    examples, channels, height, width = images.shape
    halved = images.reshape(examples, channels, height // 2, 2, width // 2, 2).mean(axis=(3, 5))
    return halved, part.true[chosen] - of_classes.start


TABLES: tuple[Callable[[], Task], ...] = (
    lambda: _from_sklearn("digits"),
    lambda: _from_sklearn("iris"),
    lambda: _from_sklearn("wine"),
    lambda: _from_sklearn("breast_cancer"),
    _diabetes,
    lambda: _made(2, 3000, 1.5),
    lambda: _made(10, 3000, 2.0),
    lambda: _made(30, 6000, 2.5),
)
IMAGES: tuple[Callable[[Path], Task], ...] = (
    lambda folder: _images("MNIST", "mnist", range(10), folder),
    lambda folder: _images("MNIST, 0 to 4", "mnist", range(5), folder),
    lambda folder: _images("CIFAR-10", "cifar10", range(10), folder),
    lambda folder: _images("CIFAR-10, animals", "cifar10", range(2, 8), folder),
    lambda folder: _images("CIFAR-100", "cifar100", range(100), folder),
    lambda folder: _images("CIFAR-100, 0 to 19", "cifar100", range(20), folder),
    lambda folder: _images("MNIST, 5 to 9", "mnist", range(5, 10), folder),
    lambda folder: _images("CIFAR-10, planes and cars", "cifar10", range(2), folder),
)
