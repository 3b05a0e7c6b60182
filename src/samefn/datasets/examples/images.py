"""Examples that are images: in Parquet files, in folders or in an archive, with labels or without."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset, comparison_dataset
from samefn.datasets.example_set import IMAGE
from samefn.datasets.formats.decoded_images import decode_images
from samefn.datasets.formats.image_folder import (
    files_below,
    interleave_classes,
    read_image_file,
    read_image_members,
)
from samefn.datasets.formats.parquet.find import SPLIT_FILE
from samefn.datasets.formats.parquet.read import read_parquet_images
from samefn.datasets.formats.splits import TEST_NAMES, count_notes, test_split_name
from samefn.predictions.about import about_examples, refuse_columns

ALL_SPLITS = frozenset({"train", *TEST_NAMES})


def parquet_files(folder: Path, split: str) -> tuple[Path, ...]:
    """The Parquet files of one split in a folder, or all where no file name names a split; empty without any.

    Raises:
        InputError: files of other splits only.
    """
    for parent in (folder, folder / "data"):
        if files := sorted(parent.glob("*.parquet")):
            splits = {path: match[1] for path in files if (match := SPLIT_FILE.fullmatch(path.name))}
            if not splits:
                return tuple(files)
            chosen = _split_name(split, set(splits.values()), str(parent))
            return tuple(path for path, name in splits.items() if name == chosen)
        by_split = {name: sorted((parent / name).glob("*.parquet")) for name in sorted(ALL_SPLITS)}
        if names := {name for name, files in by_split.items() if files}:
            return tuple(by_split[_split_name(split, names, str(parent))])
    return ()


def parquet_examples(files: Sequence[Path], name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images of Parquet files; ids are the numbers of the rows.

    Raises:
        InputError: files that cannot be used, or no such label column.
    """
    images = read_parquet_images(files, spec.label, name, emit, spec.groups, spec.slices)
    count = len(images.pixels)
    ids = np.array([str(number) for number in range(count)])
    source = "; ".join((f"{count:,} images from Parquet files", *images.notes))
    where, class_names = str(files[0]), images.class_names or ()
    about = about_examples(ids, images.groups, images.slices, where)
    arrays = {IMAGE: images.pixels}
    return comparison_dataset(name, arrays, ids, images.labels, class_names, source, spec.limit, where, about)


def folder_examples(folder: Path, name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images of a folder: SPLIT/CLASS/IMAGE, CLASS/IMAGE, or IMAGE without labels; ids are their paths.

    Raises:
        InputError: no images, files in other places, or files that are no images.
    """
    try:
        paths = [path.relative_to(folder).as_posix() for path in files_below(folder, folder)]
        return _examples(str(folder), "a folder", paths, lambda path: read_image_file(folder / path), name, spec, emit)
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(folder)) from error


def archive_examples(path: Path, name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images in a zip or tar of such a folder; a single folder around all files is ignored.

    Raises:
        InputError: as `folder_examples` and `archives.read_members`.
    """
    members = read_image_members(path)
    tops = {member.split("/")[0] for member in members}
    wrapped = len(tops) == 1 and not tops & ALL_SPLITS and all("/" in member for member in members)
    contents = {member.partition("/")[2] if wrapped else member: content for member, content in members.items()}
    return _examples(str(path), "an archive", list(contents), contents.__getitem__, name, spec, emit)


def _examples(
    where: str,
    storage: str,
    paths: Sequence[str],
    content: Callable[[str], bytes],
    name: str,
    spec: Examples,
    emit: Emit,
) -> Dataset:
    if spec.label is not None:
        raise InputError(
            "SF207",
            f"a label column {spec.label!r} is named, but this is {storage} of images",
            where=where,
            fix="remove label: only Parquet files have columns",
        )
    refuse_columns(spec.groups, spec.slices, f"{storage} of images", where)
    by_class, class_names = _classes_of_split(paths, spec.split, where)
    if not by_class:
        raise InputError("SF222", "holds no images", where=where, fix="give CLASS/IMAGE or IMAGE, npz, npy or Parquet")
    ordered = interleave_classes(by_class, class_names)
    encoded = ((f"{where}: {image.path}", content(image.path)) for image in ordered)
    images = decode_images(encoded, len(ordered), name, emit)
    labelled = bool(class_names[0])
    classes = "classes numbered in the order of their names" if labelled else "without labels"
    return comparison_dataset(
        name,
        {IMAGE: images.pixels},
        np.array([image.path for image in ordered]),
        np.array([image.label for image in ordered], dtype=np.int64) if labelled else None,
        tuple(class_names) if labelled else (),
        "; ".join((f"{len(ordered):,} images from {storage}, {classes}", *count_notes(images.notes))),
        spec.limit,
        where,
    )


def _classes_of_split(paths: Sequence[str], split: str, where: str) -> tuple[Mapping[str, list[str]], list[str]]:
    """The images of the split by class, and the names of all classes; images without a class have the name ''."""
    tops = {PurePosixPath(path).parts[0] for path in paths if "/" in path}
    chosen = _split_name(split, tops & ALL_SPLITS, where) if tops & ALL_SPLITS else None
    by_class: dict[str, list[str]] = {}
    names: set[str] = set()
    for path in sorted(paths):
        parts = PurePosixPath(path).parts
        if chosen is not None and parts[0] not in ALL_SPLITS:
            continue
        below = parts if chosen is None else parts[1:]
        if not 1 <= len(below) <= 2:
            raise InputError("SF252", f"{path!r} is not at CLASS/IMAGE", where=where, fix="move it there, or remove it")
        label = below[0] if len(below) == 2 else ""
        names.add(label)
        if chosen in (None, parts[0]):
            by_class.setdefault(label, []).append(path)
    if "" in names and len(names) > 1:
        unlabelled = next(path for path in sorted(paths) if PurePosixPath(path).parent.name in ("", chosen))
        raise InputError(
            "SF252",
            f"{unlabelled!r} is not in the folder of a class, but other images are",
            where=where,
            fix="move it there, or remove it",
        )
    return by_class, sorted(names)


def _split_name(split: str, names: set[str], where: str) -> str:
    """The name in use for this split."""
    name = test_split_name(sorted(names)) if split == "test" else next(iter({split} & names), None)
    if name is None:
        other = "train" if split == "test" else "test"
        raise InputError(
            "SF209", f"holds {', '.join(sorted(names))} but no {split}", where=where, fix=f"set split = {other}"
        )
    return name
