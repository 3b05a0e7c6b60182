"""What every form of storage decodes to, before it is known whose data set it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError

# More classes than any image data set; a label column that holds something else is refused by it.
MAX_CLASSES = 100_000
SPLITS = ("train", "test")
# What people call the second split, the best name first.
TEST_NAMES = ("test", "validation", "valid", "val")


@dataclass(frozen=True, eq=False)
class Split:
    """Images and labels.

    Attributes:
        pixels: uint8 [images, channels, height, width].
        labels: int64 [images].
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Splits:
    """Both splits as they were stored.

    Attributes:
        train: the training images.
        test: the test images.
        class_names: the names that the files give the labels, in their order; none when they give none.
        notes: what there is to say of how the images were stored, for the data set's `source`.
        verified: whether the files are the published ones by their published MD5.
    """

    train: Split
    test: Split
    class_names: tuple[str, ...] | None
    notes: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True)
class SplitFiles:
    """Which files hold which split.

    Attributes:
        train: files of the training split, in order.
        test: files of the test split, in order.
        notes: what there is to say of the choice.
    """

    train: tuple[Path, ...]
    test: tuple[Path, ...]
    notes: tuple[str, ...] = field(default=())


def second_split(names: Sequence[str]) -> str | None:
    """Which of these names is the test split; none when none is.

    >>> second_split(["train", "val", "test"]), second_split(["train", "val"])
    ('test', 'val')
    """
    return next((name for name in TEST_NAMES if name in names), None)


def counted(notes: Counter[str]) -> tuple[str, ...]:
    """Notes with their number of images.

    >>> counted(Counter({"with a palette, as RGB": 3}))
    ('3 images with a palette, as RGB',)
    """
    return tuple(f"{count} image{'s' * (count != 1)} {note}" for note, count in sorted(notes.items()) if count)


def as_labels(values: NDArray[np.int64], images: int, where: str) -> NDArray[np.int64]:
    """Labels, one an image and each a class.

    Raises:
        InputError: another number of labels than images, or a label out of any range.
    """
    if len(values) != images:
        raise InputError("SF2110", f"{len(values)} labels for {images} images", where=where)
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= MAX_CLASSES:
        place, worst = (int(values.argmin()), low) if low < 0 else (int(values.argmax()), high)
        raise InputError(
            "SF2111", f"label {worst} at place {place}", where=where, fix="labels number the classes from 0"
        )
    return values
