"""Examples that are images: in Parquet files, in folders or in an archive, with labels or without."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset, comparison_dataset
from samefn.datasets.examples.example_set import IMAGE
from samefn.datasets.formats.archives import read_members
from samefn.datasets.formats.image_folder import Image, file_content, files_below, is_litter, ranked
from samefn.datasets.formats.parquet import NAMED, read_parquet_part
from samefn.datasets.formats.pictures import decode_pictures
from samefn.datasets.formats.splits import TEST_NAMES, counted, second_split

ALL_SPLITS = frozenset({"train", *TEST_NAMES})


def parquet_files(folder: Path, split: str) -> tuple[Path, ...]:
    """The Parquet files of one split in a folder, or all where no name tells a split; none where there are none.

    Raises:
        InputError: files of other splits only.
    """
    for place in (folder, folder / "data"):
        if found := sorted(place.glob("*.parquet")):
            named = {path: match[1] for path in found if (match := NAMED.fullmatch(path.name))}
            if not named:
                return tuple(found)
            wanted = _split(split, set(named.values()), str(place))
            return tuple(path for path, name in named.items() if name == wanted)
        by_split = {name: sorted((place / name).glob("*.parquet")) for name in sorted(ALL_SPLITS)}
        if there := {name for name, files in by_split.items() if files}:
            return tuple(by_split[_split(split, there, str(place))])
    return ()


def parquet_examples(files: Sequence[Path], name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images of Parquet files; ids are the numbers of the rows.

    Raises:
        InputError: files that cannot be used, or no such label column.
    """
    part = read_parquet_part(files, spec.label, name, emit)
    count = len(part.pixels)
    ids = np.array([str(number) for number in range(count)])
    source = "; ".join((f"{count:,} images from Parquet files", *part.notes))
    return comparison_dataset(
        name, {IMAGE: part.pixels}, ids, part.labels, part.class_names or (), source, spec.limit, str(files[0])
    )


def folder_examples(folder: Path, name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images of a folder: SPLIT/CLASS/IMAGE, CLASS/IMAGE, or IMAGE without labels; ids are their places.

    Raises:
        InputError: no images, or files that lie elsewhere or are none.
    """
    try:
        places = [path.relative_to(folder).as_posix() for path in files_below(folder, folder)]
        return _examples(str(folder), "a folder", places, lambda place: file_content(folder / place), name, spec, emit)
    except OSError as error:
        raise InputError("SF2031", f"cannot be read ({error.strerror or error})", where=str(folder)) from error


def archive_examples(path: Path, name: str, spec: Examples, emit: Emit) -> Dataset:
    """The images in a zip or tar of such a folder; one folder around it all is taken off.

    Raises:
        InputError: as `folder_examples` and `archives.read_members`.
    """
    members = read_members(path, lambda place: not any(map(is_litter, place.split("/"))))
    tops = {place.split("/")[0] for place in members}
    inside = len(tops) == 1 and not tops & ALL_SPLITS and all("/" in place for place in members)
    places = {place.partition("/")[2] if inside else place: place for place in members}
    return _examples(str(path), "an archive", list(places), lambda place: members[places[place]], name, spec, emit)


def _examples(
    where: str,
    form: str,
    places: Sequence[str],
    content: Callable[[str], bytes],
    name: str,
    spec: Examples,
    emit: Emit,
) -> Dataset:
    if spec.label is not None:
        raise InputError(
            "SF2032",
            f"a label column {spec.label!r} is named, but this is {form} of images",
            where=where,
            fix="name none",
        )
    chosen, names = _of_split(places, spec.split, where)
    if not chosen:
        raise InputError("SF2033", "holds no images", where=where, fix="give CLASS/IMAGE or IMAGE, npz, npy or Parquet")
    images = ranked(chosen, names)
    encoded = ((f"{where}: {image.place}", content(image.place)) for image in images)
    pictures = decode_pictures(encoded, len(images), name, emit)
    labelled = bool(names[0])
    classes = "classes numbered in the order of their names" if labelled else "without labels"
    return comparison_dataset(
        name,
        {IMAGE: pictures.pixels},
        np.array([image.place for image in images]),
        _labels(images) if labelled else None,
        tuple(names) if labelled else (),
        "; ".join((f"{len(images):,} images from {form}, {classes}", *counted(pictures.notes))),
        spec.limit,
        where,
    )


def _labels(images: Sequence[Image]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([image.label for image in images], dtype=np.int64)


def _of_split(places: Sequence[str], split: str, where: str) -> tuple[Mapping[str, list[str]], list[str]]:
    """The images of the split by class, and the names of all classes; one class without a name where there are none."""
    tops = {PurePosixPath(place).parts[0] for place in places if "/" in place}
    wanted = _split(split, tops & ALL_SPLITS, where) if tops & ALL_SPLITS else None
    chosen: dict[str, list[str]] = {}
    names: set[str] = set()
    for place in sorted(places):
        parts = PurePosixPath(place).parts
        if wanted is not None and parts[0] not in ALL_SPLITS:
            continue
        below = parts if wanted is None else parts[1:]
        if not 1 <= len(below) <= 2:
            raise InputError(
                "SF2034", f"{place!r} does not lie at CLASS/IMAGE", where=where, fix="move it there, or take it out"
            )
        label = below[0] if len(below) == 2 else ""
        names.add(label)
        if wanted in (None, parts[0]):
            chosen.setdefault(label, []).append(place)
    if "" in names and len(names) > 1:
        stray = next(place for place in sorted(places) if PurePosixPath(place).parent.name in ("", wanted))
        raise InputError(
            "SF2035",
            f"{stray!r} lies in no folder of a class, other images do",
            where=where,
            fix="move it there, or take it out",
        )
    return chosen, sorted(names)


def _split(split: str, there: set[str], where: str) -> str:
    """Which of the names that are there is the split."""
    found = second_split(sorted(there)) if split == "test" else next(iter({split} & there), None)
    if found is None:
        raise InputError(
            "SF2036",
            f"holds {', '.join(sorted(there))} and no {split}",
            where=where,
            fix=f"say split = {_other(split)}",
        )
    return found


def _other(split: str) -> str:
    return "train" if split == "test" else "test"
