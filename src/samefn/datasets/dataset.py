"""A data set: named splits of examples, the names of the classes, and a fingerprint; checked when made."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE, ExampleSet
from samefn.datasets.fingerprints import examples_fingerprint, study_fingerprint

if TYPE_CHECKING:  # Polars starts threads when it is imported, and the processes that run models do without it.
    import polars as pl

# The only split of the data of a comparison.
EXAMPLES_SPLIT = "examples"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Named splits of examples: `train` and `test` for a study, `examples` alone for a comparison.

    Attributes:
        name: of the data set.
        class_names: one name for each class, in the order of the labels; empty where they are not known.
        splits: the examples, by the split's name.
        source: one sentence for the report: where the examples come from and how they were changed.
        official: whether all splits are the published ones; None where that is not known. `source` says how it was
            checked. Published figures are shown beside ours only where it is True.
        known_fingerprint: the fingerprint where it is known already; empty to compute it.
        about: groups and slices of the examples of a comparison, as `about_examples` makes them; None without any. They
            do not count for the fingerprint, because predictions do not depend on them.
        where: the name in error messages; empty for `name`.

    Raises:
        InputError: a label without a class name.
    """

    name: str
    class_names: tuple[str, ...]
    splits: Mapping[str, ExampleSet]
    source: str
    official: bool | None = False
    known_fingerprint: str = ""
    about: "pl.DataFrame | None" = None
    where: InitVar[str] = ""

    def __post_init__(self, where: str) -> None:
        for split in self.splits.values():
            if self.class_names and split.labels is not None and split.labels.max() >= self.classes:
                raise split.label_error(
                    int(split.labels.argmax()), f"outside 0..{self.classes - 1}", where or self.name
                )

    @property
    def train(self) -> ExampleSet:
        """The training images of a study."""
        return self.splits["train"]

    @property
    def test(self) -> ExampleSet:
        """The test images of a study."""
        return self.splits["test"]

    @property
    def examples(self) -> ExampleSet:
        """The examples of a comparison.

        Raises:
            InputError: it is the data of a study.
        """
        if EXAMPLES_SPLIT not in self.splits:
            raise InputError(
                "SF221",
                f"has the splits {', '.join(self.splits)}; a comparison needs one set of examples",
                where=self.name,
                fix="give the arrays of one split",
            )
        return self.splits[EXAMPLES_SPLIT]

    @property
    def classes(self) -> int:
        """How many classes."""
        return len(self.class_names)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of every image of a study."""
        channels, height, width = self.train.pixels.shape[1:]
        return channels, height, width

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of the content: 64 hexadecimal digits, computed once; name and source do not count."""
        if self.known_fingerprint:
            return self.known_fingerprint
        if EXAMPLES_SPLIT in self.splits:
            examples = self.examples
            return examples_fingerprint(examples.arrays, examples.ids, examples.labels, self.class_names)
        return study_fingerprint(self.class_names, list(self.splits.values()))

    def limited(self, train: int | None, test: int | None) -> "Dataset":
        """Only the first so many training and test images; None for all. `source` says so; a part is not official.

        Raises:
            InputError: a limit below one or above what there is, or one class left to train on.
        """
        cuts = []
        for name, limit in (("train", train), ("test", test)):
            count = len(self.splits[name])
            require_limit(limit, count, f"{name}_limit", f"{name} images", self.name)
            if limit is not None and limit < count:
                cuts.append(f"the first {limit} of {count} {name} images")
        if not cuts:
            return self
        splits = {"train": self.train.first(train), "test": self.test.first(test)}
        source = f"{self.source}; only {' and '.join(cuts)}"
        return require_study(replace(self, splits=splits, source=source, official=False, known_fingerprint=""))


def require_study(dataset: Dataset) -> Dataset:
    """The data set, if a study can use it. Every data set of a study goes through this check.

    Raises:
        InputError: other splits than `train` and `test`, no images, images of different shapes, no labels, class names
            that are missing or repeat, or fewer than two classes in the training images.
    """
    if list(dataset.splits) != ["train", "test"]:
        raise InputError("SF221", f"has the splits {', '.join(dataset.splits)}, not train and test", where=dataset.name)
    for split in (dataset.train, dataset.test):
        pixels = split.arrays.get(IMAGE)
        if pixels is None or pixels.dtype != np.uint8 or pixels.ndim != 4 or 0 in pixels.shape:
            what = (
                "has no images"
                if pixels is None
                else f"images have dtype {pixels.dtype} and shape {list(pixels.shape)}"
            )
            raise InputError(
                "SF231",
                what,
                where=dataset.name,
                fix="give uint8 [examples, channels, height, width], at least one of each",
            )
        if split.labels is None:
            raise InputError("SF228", "the images have no labels", where=dataset.name)
    if dataset.train.pixels.shape[1:] != dataset.test.pixels.shape[1:]:
        raise InputError(
            "SF232",
            f"training images are {list(dataset.shape)}, test images {list(dataset.test.pixels.shape[1:])}"
            " (channels, height, width)",
            where=dataset.name,
            fix="give both splits images of one size, all grey or all RGB",
        )
    if not dataset.class_names or len(set(dataset.class_names)) != dataset.classes:
        raise InputError("SF229", f"class names are not all different: {list(dataset.class_names)}", where=dataset.name)
    labels = dataset.train.true
    if labels.min() == labels.max():
        raise InputError(
            "SF230",
            f"all {len(labels)} training images are of class {dataset.class_names[labels[0]]!r}",
            where=dataset.name,
            fix="give images of two classes or more",
        )
    return dataset


def study_dataset(
    name: str,
    class_names: tuple[str, ...],
    train: ExampleSet,
    test: ExampleSet,
    source: str,
    official: bool | None = False,
) -> Dataset:
    """The data of a study, as `Dataset` has it.

    Raises:
        InputError: as `require_study`.
    """
    return require_study(Dataset(name, class_names, {"train": train, "test": test}, source, official))


def comparison_dataset(
    name: str,
    arrays: Mapping[str, NDArray[Any]],
    ids: NDArray[np.str_],
    labels: NDArray[np.int64] | None,
    class_names: tuple[str, ...],
    source: str,
    limit: int | None = None,
    where: str = "",
    about: "pl.DataFrame | None" = None,
) -> Dataset:
    """The data of a comparison, cut to the first so many examples.

    Args:
        name: as `Dataset` has it.
        arrays: by name.
        ids: one name for each example.
        labels: the true classes, or None.
        class_names: by class index.
        source: one sentence.
        limit: how many examples to keep; None for all.
        where: the name in error messages; empty for `name`.
        about: groups and slices, as `Dataset` has them.

    Raises:
        InputError: examples that do not fit together, or a limit above their number.
    """
    where, count = where or name, len(ids)
    require_limit(limit, count, "limit", "examples", where)
    if limit is not None and limit < count:
        source = f"{source}; only the first {limit:,} of {count:,}"
        arrays = {key: array[:limit] for key, array in arrays.items()}
        ids, labels = ids[:limit], None if labels is None else labels[:limit]
        about = None if about is None else about.head(limit)
    examples = ExampleSet(arrays, ids, labels, where)
    return Dataset(name, class_names, {EXAMPLES_SPLIT: examples}, source, about=about, where=where)


def require_limit(limit: int | None, count: int, key: str, what: str, where: str) -> None:
    """Check a limit.

    Raises:
        InputError: it is below one or above what there is.
    """
    if limit is not None and not 1 <= limit <= count:
        raise InputError(
            "SF220",
            f"{key} is {limit}, but there are {count} {what}",
            where=where,
            fix=f"set it from 1 to {count}, or leave it out for all",
        )


def numbered_images(split: str, pixels: NDArray[np.uint8], labels: NDArray[np.int64]) -> ExampleSet:
    """Labelled images without names: an id is the split and the position in it.

    >>> numbered_images("test", np.zeros((2, 1, 8, 8), np.uint8), np.array([0, 1])).ids.tolist()
    ['test-00000', 'test-00001']
    """
    ids = np.array([f"{split}-{i:05d}" for i in range(len(pixels))], dtype=np.str_)
    return ExampleSet({IMAGE: pixels}, ids, labels)
