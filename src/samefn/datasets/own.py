"""A user's own data set, in any of the formats."""

import re
from pathlib import Path

import numpy as np

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset, numbered_images, study_dataset
from samefn.datasets.formats.detect import LAYOUTS, Format, detect_format
from samefn.datasets.formats.image_folder import refuse_incomplete
from samefn.datasets.source import Source

SUBFOLDERS = ("", "data")


def find_own(data_dir: Path | None, cache_dir: Path, emit: Emit, label: str | None = None) -> Source:
    """Find a user's own data; its name is that of the folder or file.

    Args:
        data_dir: a folder or file; its format is detected from its content.
        cache_dir: not used.
        emit: not used.
        label: the label column of Parquet files; None for `label` or `fine_label`.

    Raises:
        InputError: no path, nothing there, or none of the formats.
    """
    del cache_dir, emit
    if data_dir is None:
        raise InputError("SF210", "no path to your own data is given", fix="name its folder or file with --data-dir")
    if not data_dir.exists():
        raise InputError("SF200", "there is no such folder or file", where=str(data_dir), fix=f"give {LAYOUTS}")
    paths = [data_dir / name for name in SUBFOLDERS if (data_dir / name).is_dir()] if data_dir.is_dir() else [data_dir]
    data_format = next((detected for path in paths if (detected := detect_format(path, label))), None)
    if data_format is None:
        for path in paths:
            refuse_incomplete(path)
        raise InputError("SF204", "holds no data set", where=str(data_dir), fix=f"give {LAYOUTS}")
    name = plain_name(data_dir)
    return Source(name, data_format.files, lambda emit: _decode(data_format, name, emit), {"own": True, "label": label})


def _decode(data_format: Format, name: str, emit: Emit) -> Dataset:
    splits = data_format.decode(name, emit)
    names = splits.class_names
    if names is None:
        last = max(int(split.labels.max()) for split in (splits.train, splits.test))
        names = tuple(map(str, range(last + 1)))
    train, test = (
        numbered_images(split_name, split.pixels, split.labels.astype(np.int64))
        for split_name, split in (("train", splits.train), ("test", splits.test))
    )
    counts = f"{len(train):,} training and {len(test):,} test images"
    source = "; ".join((f"own data from {data_format.name}: {counts}", *splits.notes))
    return study_dataset(name, names, train, test, source)


def plain_name(path: Path) -> str:
    """The name of the folder or file in plain letters, without its ending.

    >>> plain_name(Path("data/my pets.tar.gz"))
    'my-pets'
    """
    name = path.absolute().name
    for ending in (".gz", ".tar", ".tgz", ".zip", ".npz", ".npy", ".parquet"):
        name = name.removesuffix(ending)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "own"
