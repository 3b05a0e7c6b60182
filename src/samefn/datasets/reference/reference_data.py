"""Data sets that everyone knows: what their images must be, and whether what was found is the official split."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.formats.idx import idx_bytes
from samefn.datasets.formats.splits import Split, Splits


@dataclass(frozen=True)
class Known:
    """What is published of a data set.

    Attributes:
        name: as a spec names it.
        title: as people write it.
        class_names: in the order of the labels.
        shape: channels, height and width.
        class_counts: training and test images of every class, in the order of the labels.
        pixel_sums: the sums of all pixels of the training and of the test images, one a channel.
        idx_md5: MD5s of training images, training labels, test images and test labels as idx files.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    class_counts: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    pixel_sums: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    idx_md5: tuple[str, str, str, str] | None = None


def as_known(splits: Splits, known: Known, form: str, where: str, emit: Emit) -> Dataset:
    """Both splits as a known data set; its `source` says what could be checked.

    Args:
        splits: what was decoded.
        known: what it should be.
        form: what it was stored as, in words.
        where: the place of the files, for errors and warnings; `source` does not tell it.
        emit: where events go: a warning when the split is not the official one, or that cannot be told.

    Raises:
        InputError: images of another shape, labels or class names of another data set.
    """
    train, test = (_checked(split, name, splits, known, where) for name, split in _both(splits))
    official, said = _official(train, test, splits, known, form)
    source = "; ".join((said, *splits.notes))
    if not official:
        emit(Event("warning", known.name, f"{source}; read from {where}"))
    return study_dataset(
        known.name,
        known.class_names,
        numbered_images("train", train.pixels, train.labels),
        numbered_images("test", test.pixels, test.labels),
        source,
        official,
    )


def _both(splits: Splits) -> tuple[tuple[str, Split], tuple[str, Split]]:
    return ("train", splits.train), ("test", splits.test)


def _checked(split: Split, name: str, splits: Splits, known: Known, where: str) -> Split:
    shape = split.pixels.shape[1:]
    if shape != known.shape:
        found, wanted = ("x".join(map(str, sizes)) for sizes in (shape, known.shape))
        raise InputError(
            "SF2130", f"{name} images of {found} (channels x height x width), not {known.title}'s {wanted}", where=where
        )
    labels = split.labels
    if splits.class_names is not None:
        order = _order(splits.class_names, known, where)
        if labels.max() >= len(order):
            raise InputError("SF2131", f"{name} label {labels.max()} without a class name", where=where)
        labels = order[labels]
    if labels.max() >= len(known.class_names):
        place, last = int(labels.argmax()), len(known.class_names) - 1
        raise InputError("SF2132", f"{name} label {labels[place]} at place {place}, outside 0..{last}", where=where)
    return Split(split.pixels, labels)


def _order(names: Sequence[str], known: Known, where: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The official label of each label that was found, by the classes' names."""
    official = {_plain(name): label for label, name in enumerate(known.class_names)}
    if strange := [name for name in names if _plain(name) not in official]:
        raise InputError(
            "SF2133", f"class {strange[0]!r} is none of {known.title}'s", where=where, fix="is it another data set?"
        )
    return np.array([official[_plain(name)] for name in names], dtype=np.int64)


def _plain(name: str) -> str:
    """A name without what people write differently: `T - shirt / top` is `T-shirt/top`."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _official(train: Split, test: Split, splits: Splits, known: Known, form: str) -> tuple[bool | None, str]:
    """Whether it is the official split, none where that cannot be told; and how that is known.

    The content decides: published hashes, else how many images every class has and what all pixels sum to, which is
    the same in any order.
    """
    here = f"{known.title} from {form}"
    if splits.verified:
        return True, f"the official {known.title} files"
    if known.idx_md5 is not None and _idx_md5(train, test) == known.idx_md5:
        return True, f"{here}, the pixels and labels of the official files in their order"
    if difference := _other_counts(train, test, known) or _other_pixels(train, test, known):
        return False, f"{here}, not the official split: {difference}"
    if known.pixel_sums is not None and known.idx_md5 is None:
        return True, f"{here}, the official split by the size of every class and the sums of all pixels"
    unknown = "no sum of its pixels is published" if known.pixel_sums is None else "the order or the labels differ"
    return None, f"{here}; whether it is the official split cannot be told: its classes are as large, but {unknown}"


def _other_counts(train: Split, test: Split, known: Known) -> str:
    """The numbers of images, where a class has more or fewer than published."""
    ours, published = (class_counts(train, known), class_counts(test, known)), known.class_counts
    if published is None or ours == published:
        return ""
    here = f"{sum(ours[0]):,} training and {sum(ours[1]):,} test images"
    if [sum(counts) for counts in ours] == [sum(counts) for counts in published]:
        return f"{here}, classes in other numbers"
    return f"{here} where that has {sum(published[0]):,} and {sum(published[1]):,}"


def _other_pixels(train: Split, test: Split, known: Known) -> str:
    """How far the sums of all pixels are from the published ones, where they are."""
    if known.pixel_sums is None:
        return ""
    ours = np.array([*pixel_sums(train), *pixel_sums(test)])
    published = np.array([*known.pixel_sums[0], *known.pixel_sums[1]])
    off = float((np.abs(ours - published) / published).max())
    return f"its classes are as large, but the sums of all pixels differ by up to {100 * off:.2g} %" if off else ""


def _idx_md5(train: Split, test: Split) -> tuple[str, ...]:
    arrays = [array for split in (train, test) for array in (split.pixels[:, 0], split.labels.astype(np.uint8))]
    return tuple(hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest() for array in arrays)


def class_counts(split: Split, known: Known) -> tuple[int, ...]:
    """How many images every class has.

    Args:
        split: the images.
        known: says how many classes there are.
    """
    return tuple(np.bincount(split.labels, minlength=len(known.class_names)).tolist())


def pixel_sums(split: Split) -> tuple[int, ...]:
    """The sum of all pixels of each channel."""
    return tuple(split.pixels.sum(axis=(0, 2, 3), dtype=np.int64).tolist())
