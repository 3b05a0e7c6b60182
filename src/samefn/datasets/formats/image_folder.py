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
from samefn.datasets.formats.archives import DEFAULT_LIMITS, read_members
from samefn.datasets.formats.decoded_images import DecodedImages, decode_images, require_same_shape
from samefn.datasets.formats.splits import TEST_NAMES, Split, Splits, count_notes, test_split_name

MAX_FILES = DEFAULT_LIMITS.members
# Files that file managers write.
IGNORED_NAMES = ("Thumbs.db", "desktop.ini", "__MACOSX")
EXPECTED_LAYOUT = "(expected: train/CLASS/x.png and test/CLASS/x.png)"


def is_image_folder(folder: Path) -> bool:
    """Whether a folder has a folder for training images, with folders in it, and one for test images."""
    train = folder / "train"
    names = [name for name in TEST_NAMES if (folder / name).is_dir()]
    return bool(names) and train.is_dir() and any(path.is_dir() for path in train.iterdir())


def refuse_incomplete(folder: Path) -> None:
    """Refuse a folder that is an image folder in part, and name what is missing; return for any other folder.

    Raises:
        InputError: one of the two splits is there and the other not, or the images are not in folders of classes.
    """
    train, test = (folder / "train").is_dir(), any((folder / name).is_dir() for name in TEST_NAMES)
    if train and test:
        raise InputError(
            "SF209",
            f"train/ holds no folders {EXPECTED_LAYOUT}",
            where=str(folder),
            fix="put the images of each class into a folder of its own",
        )
    if train or test:
        raise _missing(str(folder), train, test)


def image_files(folder: Path) -> tuple[Path, ...]:
    """Every file in the two splits' folders but ignored ones.

    Raises:
        InputError: a link, which is not followed; too many files.
    """
    test = test_split_name([name for name in TEST_NAMES if (folder / name).is_dir()])
    return tuple(file for split in ("train", test or "test") for file in files_below(folder / split, folder))


def files_below(start: Path, folder: Path) -> Iterator[Path]:
    """Every file below `start` but ignored ones.

    Args:
        start: where to begin.
        folder: the folder that error messages name.

    Raises:
        InputError: a link, which is not followed; too many files.
    """
    count = 0
    for parent, folders, names in os.walk(start, onerror=_raise):
        folders[:] = [name for name in folders if not is_ignored(name)]
        files = [name for name in names if not is_ignored(name)]
        for name in (*folders, *files):
            if (path := Path(parent) / name).is_symlink():
                raise InputError("SF250", "is a link; links are not followed", where=str(path))
        count += len(files)
        if count > MAX_FILES:
            raise InputError("SF251", f"holds more than {MAX_FILES} files", where=str(folder))
        yield from (Path(parent) / name for name in files)


def read_image_file(path: Path) -> bytes:
    """The bytes of one plain file.

    Raises:
        InputError: it is not a plain file, or too large.
    """
    return read_file(path, DEFAULT_LIMITS.member)


def read_image_folder(folder: Path, files: Sequence[Path], name: str, emit: Emit) -> Splits:
    """Decode the images of a folder.

    Args:
        folder: holds `train` and `test`.
        files: its images, from `image_files`.
        name: of the data set, for events.
        emit: where events go.

    Raises:
        InputError: a file that is no image or is not in the folder of a class.
    """
    paths = [path.relative_to(folder).as_posix() for path in files]
    return _read(str(folder), {path: path for path in paths}, lambda path: read_image_file(folder / path), name, emit)


def read_image_archive(path: Path, name: str, emit: Emit) -> Splits:
    """Decode the images of a zip or tar of such a folder; a single folder around all files is ignored.

    Raises:
        InputError: as `read_image_folder` and `archives.read_members`.
    """
    members = read_image_members(path)
    tops = {member.split("/")[0] for member in members}
    wrapped = len(tops) == 1 and not tops & {"train", *TEST_NAMES}
    paths = {member.partition("/")[2] if wrapped else member: member for member in members}
    return _read(str(path), paths, members.__getitem__, name, emit)


def read_image_members(path: Path) -> dict[str, bytes]:
    """Every file of a zip or tar but ignored ones, by its name.

    Raises:
        InputError: as `archives.read_members`.
    """
    return read_members(path, lambda member: not any(map(is_ignored, member.split("/"))))


@dataclass(frozen=True, order=True)
class RankedImage:
    """An image and its rank in its class.

    Sorted, the first images of all classes come first, then the second ones, and so on. So the beginning of a split
    holds all classes equally.
    """

    rank: int
    label: int
    path: str


def interleave_classes(by_class: Mapping[str, Sequence[str]], names: Sequence[str]) -> list[RankedImage]:
    """The images of one split, class by class in turn.

    Args:
        by_class: the paths of each class's images, by its name.
        names: all classes, in the order of their labels.
    """
    return sorted(
        RankedImage(rank, names.index(label), path)
        for label, paths in by_class.items()
        for rank, path in enumerate(paths)
    )


def _read(where: str, paths: Mapping[str, str], content: Callable[[str], bytes], name: str, emit: Emit) -> Splits:
    """Decode the files at split/class/image; the mapping gives each its path in the storage."""
    by_split: dict[str, dict[str, list[str]]] = {}
    for path in sorted(paths):
        split, *rest = PurePosixPath(path).parts
        if split not in {"train", *TEST_NAMES} or not rest:
            continue
        if len(rest) != 2:
            raise InputError(
                "SF252", f"{path!r} is not at SPLIT/CLASS/IMAGE", where=where, fix="move it there, or remove it"
            )
        by_split.setdefault(split, {}).setdefault(rest[0], []).append(path)
    test = test_split_name(list(by_split))
    if "train" not in by_split or test is None:
        raise _missing(where, "train" in by_split, test is not None)
    names = sorted({*by_split["train"], *by_split[test]})
    notes: Counter[str] = Counter()
    decoded: list[DecodedImages] = []
    labels: list[NDArray[np.int64]] = []
    for split in ("train", test):
        ordered = interleave_classes(by_split[split], names)
        encoded = ((f"{where}: {image.path}", content(paths[image.path])) for image in ordered)
        images = decode_images(encoded, len(ordered), name, emit)
        notes.update(images.notes)
        decoded.append(images)
        labels.append(np.array([image.label for image in ordered], dtype=np.int64))
    require_same_shape(*decoded)
    splits = [Split(images.pixels, numbers) for images, numbers in zip(decoded, labels, strict=True)]
    split_note = [] if test == "test" else [f"its {test} split is the test split here"]
    return Splits(splits[0], splits[1], tuple(names), (*split_note, *count_notes(notes)))


def _missing(where: str, train: bool, test: bool) -> InputError:
    """The error for one missing split, or both."""
    missing = [name for name, present in (("train", train), ("test", test)) if not present]
    # Archives may not list folders, so empty ones are seen on the disk only.
    empty = all((Path(where) / name).is_dir() for name in missing)
    what = " and ".join(f"{name}/ holds no images" if empty else f"there is no {name}/ folder" for name in missing)
    fix = "put images there that are not trained on" if train else "use this layout, or give Parquet or npz"
    return InputError("SF209", f"{what} {EXPECTED_LAYOUT}", where=where, fix=fix)


def is_ignored(name: str) -> bool:
    """Whether a file or folder is hidden, or one that file managers write."""
    return name.startswith(".") or name in IGNORED_NAMES


def _raise(error: OSError) -> None:
    raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(error.filename)) from error
