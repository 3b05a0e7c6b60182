"""Images in folders, `train/CLASS/NAME.png` beside `test/CLASS/NAME.png`: on the disk, or in a zip or tar."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.archives import LIMITS, Limits, read_members
from samefn.datasets.pictures import decode_pictures
from samefn.datasets.splits import TEST_NAMES, Split, Splits, counted, second_split

MAX_FILES = LIMITS.members
# What file managers leave behind.
LITTER = ("Thumbs.db", "desktop.ini", "__MACOSX")


def is_image_folder(folder: Path) -> bool:
    """Whether a folder has a folder for training images, with folders in it, and one for test images."""
    train = folder / "train"
    names = [name for name in TEST_NAMES if (folder / name).is_dir()]
    return bool(names) and train.is_dir() and any(path.is_dir() for path in train.iterdir())


def image_files(folder: Path) -> tuple[Path, ...]:
    """Every file in the two splits' folders but hidden ones and litter.

    Raises:
        InputError: a link, which is not followed; too many files.
    """
    test = second_split([name for name in TEST_NAMES if (folder / name).is_dir()])
    files: list[Path] = []
    for split in ("train", test or "test"):
        for parent, folders, names in os.walk(folder / split, onerror=_raise):
            folders[:] = [name for name in folders if not _is_litter(name)]
            for name in (*folders, *(name for name in names if not _is_litter(name))):
                if (path := Path(parent) / name).is_symlink():
                    raise InputError("is a link; links are not followed", where=str(path))
            files += [Path(parent) / name for name in names if not _is_litter(name)]
            if len(files) > MAX_FILES:
                raise InputError(f"holds more than {MAX_FILES} files", where=str(folder))
    return tuple(files)


def read_image_folder(folder: Path, files: Sequence[Path], name: str, emit: Emit, limits: Limits = LIMITS) -> Splits:
    """Decode the images of a folder.

    Args:
        folder: holds `train` and `test`.
        files: what `image_files` found in it.
        name: what the events are of.
        emit: where events go.
        limits: what is too much.

    Raises:
        InputError: a file that is no image or lies elsewhere than in the folder of a class.
    """

    def content(place: str) -> bytes:
        path = folder / place
        if not path.is_file():
            raise InputError("is not a plain file", where=str(path))
        if path.stat().st_size > limits.member:
            raise InputError(f"more than {limits.member} bytes", where=str(path))
        return path.read_bytes()

    places = [path.relative_to(folder).as_posix() for path in files]
    return _read(str(folder), {place: place for place in places}, content, name, emit)


def read_image_archive(path: Path, name: str, emit: Emit, limits: Limits = LIMITS) -> Splits:
    """Decode the images of a zip or tar of such a folder; one folder around it is taken off.

    Raises:
        InputError: as `read_image_folder` and `archives.read_members`.
    """
    members = read_members(path, lambda place: not any(map(_is_litter, place.split("/"))), limits)
    tops = {place.split("/")[0] for place in members}
    inside = "train" not in tops and len(tops) == 1
    places = {place.partition("/")[2] if inside else place: place for place in members}
    return _read(str(path), places, lambda place: members[place], name, emit)


@dataclass(frozen=True, order=True)
class _Image:
    """Where an image stands: the first of every class, then the second of every class, and so on.

    So a beginning of the split holds all classes alike, whatever they are called.
    """

    rank: int
    label: int
    place: str


def _read(where: str, places: Mapping[str, str], content: Callable[[str], bytes], name: str, emit: Emit) -> Splits:
    """Decode the files that lie at split/class/image; the mapping gives each its place in the storage."""
    by_split: dict[str, dict[str, list[str]]] = {}
    for place in sorted(places):
        split, *rest = PurePosixPath(place).parts
        if split not in {"train", *TEST_NAMES} or not rest:
            continue
        if len(rest) != 2:
            raise InputError(f"{place!r} does not lie at SPLIT/CLASS/IMAGE", where=where)
        by_split.setdefault(split, {}).setdefault(rest[0], []).append(place)
    test = second_split(list(by_split))
    if "train" not in by_split or test is None:
        raise InputError(
            "holds no images at train/CLASS/IMAGE and test/CLASS/IMAGE",
            where=where,
            fix="lay it out like that, or give Parquet or npz",
        )
    names = sorted({*by_split["train"], *by_split[test]})
    notes: Counter[str] = Counter()
    splits: list[Split] = []
    for split in ("train", test):
        images = sorted(
            _Image(rank, names.index(label), place)
            for label, found in by_split[split].items()
            for rank, place in enumerate(found)
        )
        encoded = ((f"{where}: {image.place}", content(places[image.place])) for image in images)
        pictures = decode_pictures(encoded, len(images), name, emit)
        notes.update(pictures.notes)
        splits.append(Split(pictures.pixels, np.array([image.label for image in images], dtype=np.int64)))
    said = [] if test == "test" else [f"its {test} split is the test split here"]
    return Splits(splits[0], splits[1], tuple(names), (*said, *counted(notes)))


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name in LITTER


def _raise(error: OSError) -> None:
    raise InputError(f"cannot be read ({error.strerror or error})", where=str(error.filename)) from error
