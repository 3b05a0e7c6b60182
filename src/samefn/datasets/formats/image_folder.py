"""Images in folders, `train/CLASS/NAME.png` beside `test/CLASS/NAME.png`: on the disk, or in a zip or tar."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import read_file
from samefn.datasets.formats.archives import LIMITS, Limits, read_members
from samefn.datasets.formats.pictures import Pictures, check_alike, decode_pictures
from samefn.datasets.formats.splits import TEST_NAMES, Split, Splits, counted, second_split

MAX_FILES = LIMITS.members
# What file managers leave behind.
LITTER = ("Thumbs.db", "desktop.ini", "__MACOSX")
WANTED = "(train/CLASS/x.png and test/CLASS/x.png are wanted)"


def is_image_folder(folder: Path) -> bool:
    """Whether a folder has a folder for training images, with folders in it, and one for test images."""
    train = folder / "train"
    names = [name for name in TEST_NAMES if (folder / name).is_dir()]
    return bool(names) and train.is_dir() and any(path.is_dir() for path in train.iterdir())


def check_half(folder: Path) -> None:
    """Say what is missing of a folder that is half an image folder; nothing for what is none at all.

    Raises:
        InputError: one of the two splits is there and the other not, or the images lie in no folders of classes.
    """
    train, test = (folder / "train").is_dir(), any((folder / name).is_dir() for name in TEST_NAMES)
    if train and test:
        raise InputError(
            "SF2076",
            f"train/ holds no folders {WANTED}",
            where=str(folder),
            fix="put the images of every class into a folder",
        )
    if train or test:
        raise _missing(str(folder), train, test)


def image_files(folder: Path) -> tuple[Path, ...]:
    """Every file in the two splits' folders but hidden ones and litter.

    Raises:
        InputError: a link, which is not followed; too many files.
    """
    test = second_split([name for name in TEST_NAMES if (folder / name).is_dir()])
    return tuple(file for split in ("train", test or "test") for file in files_below(folder / split, folder))


def files_below(start: Path, folder: Path) -> Iterator[Path]:
    """Every file below a place but hidden ones and litter.

    Args:
        start: the place.
        folder: what errors call it all.

    Raises:
        InputError: a link, which is not followed; too many files.
    """
    count = 0
    for parent, folders, names in os.walk(start, onerror=_raise):
        folders[:] = [name for name in folders if not is_litter(name)]
        kept = [name for name in names if not is_litter(name)]
        for name in (*folders, *kept):
            if (path := Path(parent) / name).is_symlink():
                raise InputError("SF2077", "is a link; links are not followed", where=str(path))
        count += len(kept)
        if count > MAX_FILES:
            raise InputError("SF2078", f"holds more than {MAX_FILES} files", where=str(folder))
        yield from (Path(parent) / name for name in kept)


def file_content(path: Path, limits: Limits = LIMITS) -> bytes:
    """The bytes of one plain file.

    Raises:
        InputError: it is none, or too large.
    """
    return read_file(path, limits.member)


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
    places = [path.relative_to(folder).as_posix() for path in files]
    return _read(
        str(folder), {place: place for place in places}, lambda place: file_content(folder / place, limits), name, emit
    )


def read_image_archive(path: Path, name: str, emit: Emit, limits: Limits = LIMITS) -> Splits:
    """Decode the images of a zip or tar of such a folder; one folder around it is taken off.

    Raises:
        InputError: as `read_image_folder` and `archives.read_members`.
    """
    members = read_members(path, lambda place: not any(map(is_litter, place.split("/"))), limits)
    tops = {place.split("/")[0] for place in members}
    inside = len(tops) == 1 and not tops & {"train", *TEST_NAMES}
    places = {place.partition("/")[2] if inside else place: place for place in members}
    return _read(str(path), places, lambda place: members[place], name, emit)


@dataclass(frozen=True, order=True)
class Image:
    """Where an image stands: the first of every class, then the second of every class, and so on.

    So a beginning of the split holds all classes alike, whatever they are called.
    """

    rank: int
    label: int
    place: str


def ranked(by_class: Mapping[str, Sequence[str]], names: Sequence[str]) -> list[Image]:
    """The images of one split in their order.

    Args:
        by_class: by the name of each class its images' places, in their order.
        names: all classes, by their number.
    """
    return sorted(
        Image(rank, names.index(label), place) for label, found in by_class.items() for rank, place in enumerate(found)
    )


def _read(where: str, places: Mapping[str, str], content: Callable[[str], bytes], name: str, emit: Emit) -> Splits:
    """Decode the files that lie at split/class/image; the mapping gives each its place in the storage."""
    by_split: dict[str, dict[str, list[str]]] = {}
    for place in sorted(places):
        split, *rest = PurePosixPath(place).parts
        if split not in {"train", *TEST_NAMES} or not rest:
            continue
        if len(rest) != 2:
            raise InputError(
                "SF2079",
                f"{place!r} does not lie at SPLIT/CLASS/IMAGE",
                where=where,
                fix="move it there, or take it out",
            )
        by_split.setdefault(split, {}).setdefault(rest[0], []).append(place)
    test = second_split(list(by_split))
    if "train" not in by_split or test is None:
        raise _missing(where, "train" in by_split, test is not None)
    names = sorted({*by_split["train"], *by_split[test]})
    notes: Counter[str] = Counter()
    decoded: list[Pictures] = []
    labels: list[NDArray[np.int64]] = []
    for split in ("train", test):
        images = ranked(by_split[split], names)
        encoded = ((f"{where}: {image.place}", content(places[image.place])) for image in images)
        pictures = decode_pictures(encoded, len(images), name, emit)
        notes.update(pictures.notes)
        decoded.append(pictures)
        labels.append(np.array([image.label for image in images], dtype=np.int64))
    check_alike(*decoded)
    splits = [Split(pictures.pixels, numbers) for pictures, numbers in zip(decoded, labels, strict=True)]
    said = [] if test == "test" else [f"its {test} split is the test split here"]
    return Splits(splits[0], splits[1], tuple(names), (*said, *counted(notes)))


def _missing(where: str, train: bool, test: bool) -> InputError:
    """What to say where one split or both are missing."""
    lacking = [name for name, there in (("train", train), ("test", test)) if not there]
    # An archive need not name its folders, so an empty one is only seen on the disk.
    empty = all((Path(where) / name).is_dir() for name in lacking)
    said = " and ".join(f"{name}/ holds no images" if empty else f"there is no {name}/ folder" for name in lacking)
    fix = "put images there that are not trained on" if train else "lay it out like that, or give Parquet or npz"
    return InputError("SF2080", f"{said} {WANTED}", where=where, fix=fix)


def is_litter(name: str) -> bool:
    """Whether a file or folder is hidden, or one of those that file managers leave behind."""
    return name.startswith(".") or name in LITTER


def _raise(error: OSError) -> None:
    raise InputError("SF2081", f"cannot be read ({error.strerror or error})", where=str(error.filename)) from error
