"""Data sets that everyone knows: what their images must be, and whether what was found is the official split."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.idx import idx_bytes
from samefn.datasets.images import Dataset, Images, numbered_ids
from samefn.datasets.splits import Split, Splits


@dataclass(frozen=True)
class Known:
    """What is published of a data set.

    Attributes:
        name: as a spec names it.
        title: as people write it.
        class_names: in the order of the labels.
        shape: channels, height and width.
        per_class: training and test images of every class, where all classes have as many.
        idx_md5: MD5s of training images, training labels, test images and test labels as idx files; where they are
            published they decide what is official, in whatever form it is stored.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    shape: tuple[int, int, int]
    per_class: tuple[int, int] | None = None
    idx_md5: tuple[str, str, str, str] | None = None

    @property
    def counts(self) -> tuple[int, int] | None:
        """Training and test images in all."""
        if self.per_class is None:
            return None
        train, test = self.per_class
        return train * len(self.class_names), test * len(self.class_names)


def as_known(splits: Splits, known: Known, form: str, where: str, emit: Emit) -> Dataset:
    """Both splits as a known data set; its `source` says what could be checked.

    Args:
        splits: what was decoded.
        known: what it should be.
        form: what it was stored as, in words.
        where: the place of the files, for errors and warnings; `source` does not tell it.
        emit: where events go: a warning when the split is not the official one.

    Raises:
        InputError: images of another shape, labels or class names of another data set.
    """
    train, test = (_checked(split, name, splits, known, where) for name, split in _both(splits))
    official, said = _official(train, test, splits, known, form)
    source = "; ".join((said, *splits.notes))
    if not official:
        emit(Event("warning", known.name, f"{source}; read from {where}"))
    return Dataset(
        known.name,
        known.class_names,
        Images(train.pixels, train.labels, numbered_ids("train", len(train.labels))),
        Images(test.pixels, test.labels, numbered_ids("test", len(test.labels))),
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
            f"{name} images of {found} (channels x height x width), not {known.title}'s {wanted}", where=where
        )
    labels = split.labels
    if splits.class_names is not None:
        order = _order(splits.class_names, known, where)
        if labels.max() >= len(order):
            raise InputError(f"{name} label {labels.max()} without a class name", where=where)
        labels = order[labels]
    if labels.max() >= len(known.class_names):
        place, last = int(labels.argmax()), len(known.class_names) - 1
        raise InputError(f"{name} label {labels[place]} at place {place}, outside 0..{last}", where=where)
    return Split(split.pixels, labels)


def _order(names: Sequence[str], known: Known, where: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The official label of each label that was found, by the classes' names."""
    official = {_plain(name): label for label, name in enumerate(known.class_names)}
    if strange := [name for name in names if _plain(name) not in official]:
        raise InputError(f"class {strange[0]!r} is none of {known.title}'s", where=where, fix="is it another data set?")
    return np.array([official[_plain(name)] for name in names], dtype=np.int64)


def _plain(name: str) -> str:
    """A name without what people write differently: `T - shirt / top` is `T-shirt/top`."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _official(train: Split, test: Split, splits: Splits, known: Known, form: str) -> tuple[bool, str]:
    """Whether it is the official split, and what can be said of it."""
    ours = len(train.labels), len(test.labels)
    here = f"{ours[0]:,} training and {ours[1]:,} test images"
    if splits.verified:
        return True, f"the official {known.title} files"
    if known.idx_md5 is not None:
        if _idx_md5(train, test) == known.idx_md5:
            return True, f"{known.title} from {form}, the pixels and labels of the official files in their order"
        return (
            False,
            f"{known.title} from {form} that do not hold the official images in their order (another MD5): {here}",
        )
    if (per_class(train, known), per_class(test, known)) == known.per_class:
        return True, (
            f"{known.title} from {form}: {here}, every class as often as in the official split; "
            "that these are the official images in all their pixels cannot be checked in this form"
        )
    counts = (
        "" if known.counts is None or ours == known.counts else " where that has {:,} and {:,}".format(*known.counts)
    )
    return False, f"{known.title} from {form}, not the official split: {here}{counts or ', classes in other numbers'}"


def _idx_md5(train: Split, test: Split) -> tuple[str, ...]:
    arrays = [array for split in (train, test) for array in (split.pixels[:, 0], split.labels.astype(np.uint8))]
    return tuple(hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest() for array in arrays)


def per_class(split: Split, known: Known) -> int | None:
    """How many images every class has; none when some have more than others.

    Args:
        split: the images.
        known: says how many classes there are.
    """
    counts = set(np.bincount(split.labels, minlength=len(known.class_names)).tolist())
    return counts.pop() if len(counts) == 1 else None
