"""Detect a data set's format from its content: Parquet, npz, or an image folder, plain or in an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import require_file
from samefn.datasets.formats.archives import is_archive
from samefn.datasets.formats.image_folder import image_files, is_image_folder, read_image_archive, read_image_folder
from samefn.datasets.formats.npz import is_npz, read_npz_splits
from samefn.datasets.formats.parquet.columns import LABEL_COLUMNS
from samefn.datasets.formats.parquet.find import MAGIC, find_parquet
from samefn.datasets.formats.parquet.read import read_parquet_splits
from samefn.datasets.formats.splits import Splits

LAYOUTS = (
    "train*.parquet and test*.parquet with an image column, train/CLASS/IMAGE and test/CLASS/IMAGE (plain or in one "
    "zip or tar), or one npz file with x_train, y_train, x_test, y_test"
)
FILE_ENDINGS = (".npz", ".zip", ".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class Format:
    """A data set in one of the formats.

    Attributes:
        name: of the format, such as `an npz file`. Part of the source's key, so it must not change.
        path: the folder or file.
        files: every file that decoding reads.
        decode: reads them; takes the data set's name and where events go.
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    decode: Callable[[str, Emit], Splits]


def detect_format(path: Path, label: str | None = None, stem: str | None = None) -> Format | None:
    """The format of the data set in a folder or file.

    Args:
        path: the folder or file.
        label: the label column, for Parquet; None for `label` or `fine_label`.
        stem: in a folder of several data sets, the name of this one's npz file or archive before its ending; None
            when the folder may hold only one such file.

    Returns:
        None when a folder holds none of the formats.

    Raises:
        InputError: a file of another format, more than one candidate, a label column for another format.
    """
    try:
        data_format = _in_folder(path, label, stem) if path.is_dir() else _in_file(path)
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(path)) from error
    if label is not None and data_format is not None and data_format.name != "Parquet files":
        raise InputError(
            "SF207",
            f"a label column {label!r} is named, but this is {data_format.name}",
            where=str(data_format.path),
            fix="remove label: only Parquet files have columns",
        )
    return data_format


def _in_folder(folder: Path, label: str | None, stem: str | None) -> Format | None:
    if parquet := find_parquet(folder):
        labels: Sequence[str] = LABEL_COLUMNS if label is None else (label,)
        return Format(
            "Parquet files",
            folder,
            (*parquet.train, *parquet.test),
            lambda name, emit: read_parquet_splits(parquet, labels, name, emit),
        )
    if is_image_folder(folder):
        files = image_files(folder)
        return Format("an image folder", folder, files, lambda name, emit: read_image_folder(folder, files, name, emit))
    if stem is not None:
        candidates = [path for ending in FILE_ENDINGS if (path := folder / f"{stem}{ending}").is_file()]
    else:
        plain = (path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("."))
        candidates = [path for path in plain if is_archive(path)]
    if len(candidates) > 1:
        names = ", ".join(path.name for path in candidates)
        raise InputError(
            "SF206", f"holds more than one data set ({names})", where=str(folder), fix="name the file itself"
        )
    return _in_file(candidates[0]) if candidates else None


def _in_file(path: Path) -> Format:
    require_file(path)
    with path.open("rb") as file:
        parquet = file.read(len(MAGIC)) == MAGIC
    if parquet:
        raise InputError(
            "SF209",
            "one Parquet file holds one split only",
            where=str(path),
            fix="name the folder that holds train and test",
        )
    # (A damaged npz file is known by its name alone: its reader says what is broken.)
    if is_npz(path) or path.suffix.lower() == ".npz":
        return Format("an npz file", path, (path,), lambda *_: read_npz_splits(path))
    if is_archive(path):
        return Format("an archive of images", path, (path,), lambda name, emit: read_image_archive(path, name, emit))
    raise InputError("SF204", "neither npz nor a zip or tar archive", where=str(path), fix=f"give {LAYOUTS}")
