"""Published data sets: what their images must be, and whether a copy is the official split."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.formats.splits import Split, Splits


@dataclass(frozen=True)
class ReferenceData:
    """What is published about a data set.

    Attributes:
        name: in a spec.
        title: in sentences.
        class_names: in the order of the labels.
        shape: channels, height and width.
        class_counts: training and test images of every class, in the order of the labels.
        pixel_sums: the sums of all pixels of the training and of the test images, one for each channel.
        idx_md5: MD5s of training images, training labels, test images and test labels as idx files.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    class_counts: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    pixel_sums: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    idx_md5: tuple[str, str, str, str] | None = None


def as_reference_dataset(splits: Splits, reference: ReferenceData, format_name: str, where: str, emit: Emit) -> Dataset:
    """Both splits as a reference data set; its `source` says what was checked.

    Args:
        splits: the decoded images and labels.
        reference: what they should be.
        format_name: how they were stored, such as `an npz file`.
        where: the path of the files, for errors and warnings; not part of `source`.
        emit: where events go: a warning when the split is not the official one, or may not be.

    Raises:
        InputError: images of another shape, labels or class names of another data set.
    """
    train = _checked(splits.train, "train", splits.class_names, reference, where)
    test = _checked(splits.test, "test", splits.class_names, reference, where)
    official, check = _official(train, test, splits, reference, format_name)
    source = "; ".join((check, *splits.notes))
    if not official:
        emit(Event("warning", reference.name, f"{source}; read from {where}"))
    return study_dataset(
        reference.name,
        reference.class_names,
        numbered_images("train", train.pixels, train.labels),
        numbered_images("test", test.pixels, test.labels),
        source,
        official,
    )


def _checked(split: Split, name: str, class_names: Sequence[str] | None, reference: ReferenceData, where: str) -> Split:
    """A split of the reference's shape, its labels renumbered to the official ones where the files name the classes."""
    shape = split.pixels.shape[1:]
    if shape != reference.shape:
        actual, expected = ("x".join(map(str, sizes)) for sizes in (shape, reference.shape))
        raise InputError(
            "SF213",
            f"{name} images are {actual} (channels x height x width), but {reference.title} has {expected}",
            where=where,
        )
    labels = split.labels
    if class_names is not None:
        official_labels = _official_labels(class_names, reference, where)
        if labels.max() >= len(official_labels):
            raise InputError("SF227", f"{name} label {labels.max()} has no class name", where=where)
        labels = official_labels[labels]
    if labels.max() >= len(reference.class_names):
        index, last = int(labels.argmax()), len(reference.class_names) - 1
        raise InputError("SF227", f"{name} label {labels[index]} at index {index} is outside 0..{last}", where=where)
    return Split(split.pixels, labels)


def _official_labels(names: Sequence[str], reference: ReferenceData, where: str) -> NDArray[np.int64]:
    """The official label of each class, by its name."""
    official = {_plain(name): label for label, name in enumerate(reference.class_names)}
    if unknown := [name for name in names if _plain(name) not in official]:
        raise InputError(
            "SF213",
            f"{reference.title} has no class {unknown[0]!r}",
            where=where,
            fix="check whether it is another data set",
        )
    return np.array([official[_plain(name)] for name in names], dtype=np.int64)


def _plain(name: str) -> str:
    """A name's letters and digits in lower case, so that `T - shirt / top` equals `T-shirt/top`."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _official(
    train: Split, test: Split, splits: Splits, reference: ReferenceData, format_name: str
) -> tuple[bool | None, str]:
    """Whether it is the official split (None where that is not known), and how that was checked.

    The content decides: published hashes; or the number of images of every class and the sum of all pixels, which
    are the same in any order.
    """
    copy = f"{reference.title} from {format_name}"
    if splits.verified:
        return True, f"the official {reference.title} files"
    if reference.idx_md5 is not None and _idx_md5(train, test) == reference.idx_md5:
        return True, f"{copy}, the pixels and labels of the official files in their order"
    if difference := _count_difference(train, test, reference) or _pixel_difference(train, test, reference):
        return False, f"{copy}, not the official split: {difference}"
    if reference.pixel_sums is not None and reference.idx_md5 is None:
        return True, f"{copy}, the official split by the size of every class and the sums of all pixels"
    reason = "no sum of its pixels is published" if reference.pixel_sums is None else "the order or the labels differ"
    return None, f"{copy}, perhaps not the official split: the sizes of its classes are equal, but {reason}"


def _count_difference(train: Split, test: Split, reference: ReferenceData) -> str:
    """How the numbers of images differ from the published ones; empty where they do not."""
    counts, published = (class_counts(train, reference), class_counts(test, reference)), reference.class_counts
    if published is None or counts == published:
        return ""
    images = f"{sum(counts[0]):,} training and {sum(counts[1]):,} test images"
    if [sum(split) for split in counts] == [sum(split) for split in published]:
        return f"{images}, but other numbers in each class"
    return f"{images}, not {sum(published[0]):,} and {sum(published[1]):,}"


def _pixel_difference(train: Split, test: Split, reference: ReferenceData) -> str:
    """How far the sums of all pixels are from the published ones; empty where they are equal or not published."""
    if reference.pixel_sums is None:
        return ""
    sums = np.array([*pixel_sums(train), *pixel_sums(test)])
    published = np.array([*reference.pixel_sums[0], *reference.pixel_sums[1]])
    difference = float((np.abs(sums - published) / published).max())
    if not difference:
        return ""
    return f"the sizes of its classes are equal, but the sums of all pixels differ by up to {100 * difference:.2g} %"


def _idx_md5(train: Split, test: Split) -> tuple[str, ...]:
    arrays = [array for split in (train, test) for array in (split.pixels[:, 0], split.labels.astype(np.uint8))]
    return tuple(hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest() for array in arrays)


def class_counts(split: Split, reference: ReferenceData) -> tuple[int, ...]:
    """How many images of the split every class of the reference has."""
    return tuple(np.bincount(split.labels, minlength=len(reference.class_names)).tolist())


def pixel_sums(split: Split) -> tuple[int, ...]:
    """The sum of all pixels of each channel."""
    return tuple(split.pixels.sum(axis=(0, 2, 3), dtype=np.int64).tolist())
