"""A data set of the user's own, in any of the forms."""

import re
from pathlib import Path

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.formats.detect import LAYOUTS, Form, find_form
from samefn.datasets.formats.image_folder import check_half
from samefn.datasets.source import Source

SUBFOLDERS = ("", "data")


def find_own(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """Find a user's own data; its name is that of the folder or file.

    Args:
        data_dir: a folder or file; its content says which form it is in.
        cache_dir: not used.
        emit: not used.
        label: the label column of Parquet files; none for `label` or `fine_label`.

    Raises:
        InputError: no path, nothing there, or none of the forms.
    """
    del cache_dir, emit
    if data_dir is None:
        raise InputError("SF2115", "where your own data lies is not said", fix="name its folder or file as --data-dir")
    if not data_dir.exists():
        raise InputError("SF2116", "there is no such folder or file", where=str(data_dir), fix=f"give {LAYOUTS}")
    places = [data_dir / name for name in SUBFOLDERS if (data_dir / name).is_dir()] if data_dir.is_dir() else [data_dir]
    form = next((form for place in places if (form := find_form(place, label))), None)
    if form is None:
        for place in places:
            check_half(place)
        raise InputError("SF2117", "holds no data set", where=str(data_dir), fix=f"give {LAYOUTS}")
    name = plain_name(data_dir)
    return Source(name, form.files, lambda emit: _decode(form, name, emit), {"own": True, "label": label})


def _decode(form: Form, name: str, emit: Emit) -> Dataset:
    splits = form.decode(name, emit)
    names = splits.class_names
    if names is None:
        last = max(int(split.labels.max()) for split in (splits.train, splits.test))
        names = tuple(map(str, range(last + 1)))
    train, test = (
        numbered_images(kind, split.pixels, split.labels.astype(np.int64))
        for kind, split in (("train", splits.train), ("test", splits.test))
    )
    counts = f"{len(train):,} training and {len(test):,} test images"
    return study_dataset(name, names, train, test, "; ".join((f"own data from {form.words}: {counts}", *splits.notes)))


def plain_name(path: Path) -> str:
    """The name of the folder or file without what could disturb a page or a terminal.

    >>> plain_name(Path("data/my pets.tar.gz"))
    'my-pets'
    """
    name = path.absolute().name
    for ending in (".gz", ".tar", ".tgz", ".zip", ".npz", ".npy", ".parquet"):
        name = name.removesuffix(ending)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "own"
