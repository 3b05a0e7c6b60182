"""The two splits of a data set, as every format is decoded to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError

# More classes than any image data set has; larger numbers are no class labels.
MAX_LABEL_CLASSES = 100_000
# Names of the second split, the best first.
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
        class_names: by label, as the files give them; None when they give none.
        notes: how the images were stored, for the data set's `source`.
        verified: whether the files are the published ones by their published MD5.
    """

    train: Split
    test: Split
    class_names: tuple[str, ...] | None
    notes: tuple[str, ...] = ()
    verified: bool = False


def test_split_name(names: Sequence[str]) -> str | None:
    """Which of these names is the test split; None when none is.

    >>> test_split_name(["train", "val", "test"]), test_split_name(["train", "val"])
    ('test', 'val')
    """
    return next((name for name in TEST_NAMES if name in names), None)


def count_notes(notes: Counter[str]) -> tuple[str, ...]:
    """Notes with their number of images.

    >>> count_notes(Counter({"with a palette, as RGB": 3}))
    ('3 images with a palette, as RGB',)
    """
    return tuple(f"{count} image{'s' * (count != 1)} {note}" for note, count in sorted(notes.items()) if count)


def checked_labels(values: NDArray[np.int64], images: int, where: str) -> NDArray[np.int64]:
    """The labels, if there is one for each image and each can be the number of a class.

    Raises:
        InputError: another number of labels than images, or a label below 0 or above any number of classes.
    """
    if len(values) != images:
        raise InputError("SF223", f"{len(values)} labels for {images} images", where=where)
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= MAX_LABEL_CLASSES:
        index = int(values.argmin()) if low < 0 else int(values.argmax())
        raise InputError(
            "SF227", f"label {values[index]} at index {index}", where=where, fix="labels number the classes from 0"
        )
    return values
