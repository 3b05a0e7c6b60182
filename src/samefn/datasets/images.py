"""Labelled images in memory, and a data set: two splits, the names of the classes, and a fingerprint."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from samefn.core.canonical import canonical_json
from samefn.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Images:
    """Labelled images, checked when made.

    Attributes:
        pixels: uint8, 0 to 255, [examples, channels, height, width].
        labels: the class of each image, int64, 0 or more, [examples].
        ids: one name an image, all different, [examples].

    Raises:
        InputError: another dtype or rank, no images, counts that differ, a negative label, a repeated id.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    ids: NDArray[np.str_]

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 4 or 0 in self.pixels.shape:
            raise InputError(
                f"images have dtype {self.pixels.dtype} and shape {list(self.pixels.shape)}",
                fix="give uint8 [examples, channels, height, width], at least one of each",
            )
        for name, values, dtype in (("labels", self.labels, np.int64), ("ids", self.ids, np.str_)):
            if values.shape != (len(self),) or not np.issubdtype(values.dtype, dtype):
                raise InputError(
                    f"{name} have dtype {values.dtype} and shape {list(values.shape)} for {len(self)} images",
                    fix=f"give {dtype.__name__.rstrip('_')} [{len(self)}]",
                )
        if self.labels.min() < 0:
            raise InputError(f"image {str(self.ids[self.labels.argmin()])!r} has label {self.labels.min()}, below 0")
        unique, counts = np.unique(self.ids, return_counts=True)
        if len(unique) != len(self):
            raise InputError(f"id {str(unique[counts.argmax()])!r} occurs {counts.max()} times")

    def __len__(self) -> int:
        return int(self.pixels.shape[0])

    def first(self, count: int | None) -> "Images":
        """The first so many images, as views; None for all."""
        return Images(self.pixels[:count], self.labels[:count], self.ids[:count])


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training and a test split of the same kind of images, checked when made.

    Attributes:
        name: what the data set is called.
        class_names: one name a class, in the order of the labels.
        train: the training images.
        test: the test images.
        source: one sentence, for the report: where the images come from and what was done to them.
        official: whether both splits are the published ones, none where that cannot be told; `source` says how that is
            known. Only where they are may published figures stand beside ours.

    Raises:
        InputError: splits of different image shapes, a label without a class name, fewer than two classes in
            the training images, class names that repeat.
    """

    name: str
    class_names: tuple[str, ...]
    train: Images
    test: Images
    source: str
    official: bool | None = False

    def __post_init__(self) -> None:
        if len(set(self.class_names)) != len(self.class_names):
            raise InputError(f"class names are not all different: {list(self.class_names)}", where=self.name)
        if self.train.pixels.shape[1:] != self.test.pixels.shape[1:]:
            raise InputError(
                f"training images are {list(self.shape)}, test images {list(self.test.pixels.shape[1:])}"
                " (channels, height, width)",
                where=self.name,
                fix="give both splits images of one size, all grey or all RGB",
            )
        for images in (self.train, self.test):
            if images.labels.max() >= self.classes:
                worst, last = images.labels.argmax(), self.classes - 1
                raise InputError(
                    f"image {str(images.ids[worst])!r} has label {images.labels[worst]}, outside 0..{last}",
                    where=self.name,
                )
        if self.train.labels.min() == self.train.labels.max():
            only = self.class_names[self.train.labels[0]]
            raise InputError(
                f"all {len(self.train)} training images are of class {only!r}",
                where=self.name,
                fix="give images of two classes or more",
            )

    @property
    def classes(self) -> int:
        """How many classes."""
        return len(self.class_names)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of every image."""
        channels, height, width = self.train.pixels.shape[1:]
        return channels, height, width

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of class names, shapes, pixels and labels: 64 hexadecimal digits, computed once.

        It is of the decoded images, so the same images stored in another way have the same fingerprint.
        """
        splits = (self.train, self.test)
        shapes = [list(images.pixels.shape) for images in splits]
        # Names and shapes first: without them, bytes could move from one split to the other unnoticed. Fingerprints are
        # in keys, so these names are frozen.
        hashed = hashlib.sha256(canonical_json({"classes": list(self.class_names), "shapes": shapes}))
        for images in splits:
            hashed.update(np.ascontiguousarray(images.pixels).data)
            hashed.update(np.ascontiguousarray(images.labels, dtype="<i8").data)
        return hashed.hexdigest()

    def limited(self, train: int | None, test: int | None) -> "Dataset":
        """Only the first so many training and test images; None for all. `source` says so; a part is not official.

        Raises:
            InputError: a limit below one or above what there is, or one class left to train on.
        """
        limits = {"train": (self.train, train), "test": (self.test, test)}
        said = []
        for split, (images, limit) in limits.items():
            if limit is not None and not 1 <= limit <= len(images):
                raise InputError(
                    f"{split}_limit is {limit}, but there are {len(images)} {split} images",
                    where=self.name,
                    fix=f"set it from 1 to {len(images)}, or leave it out for all",
                )
            if limit is not None and limit < len(images):
                said.append(f"the first {limit} of {len(images)} {split} images")
        if not said:
            return self
        source = f"{self.source}; only {' and '.join(said)}"
        return replace(self, train=self.train.first(train), test=self.test.first(test), source=source, official=False)


def numbered_ids(split: str, count: int) -> NDArray[np.str_]:
    """Ids for images that come without names: their split and their place in it.

    >>> numbered_ids("test", 2).tolist()
    ['test-00000', 'test-00001']
    """
    return np.array([f"{split}-{i:05d}" for i in range(count)], dtype=np.str_)
