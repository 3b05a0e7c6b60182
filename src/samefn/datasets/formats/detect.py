"""Which form a path holds, seen from its content: Parquet, npz, or an image folder, plain or in an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import require_file
from samefn.datasets.formats.archives import is_archive
from samefn.datasets.formats.image_folder import image_files, is_image_folder, read_image_archive, read_image_folder
from samefn.datasets.formats.npz import is_npz, read_npz
from samefn.datasets.formats.parquet import LABEL_COLUMNS, MAGIC, find_parquet, read_parquet
from samefn.datasets.formats.splits import Splits

LAYOUTS = (
    "train*.parquet and test*.parquet with an image column, train/CLASS/IMAGE and test/CLASS/IMAGE (plain or in one "
    "zip or tar), or one npz file with x_train, y_train, x_test, y_test"
)
FILE_ENDINGS = (".npz", ".zip", ".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class Form:
    """Data found in one of the forms.

    Attributes:
        words: what it is stored as, for a sentence.
        place: the folder or file.
        files: every file that decoding reads.
        decode: reads them; takes what the events are of, and where they go.
    """

    words: str
    place: Path
    files: tuple[Path, ...]
    decode: Callable[[str, Emit], Splits]


def find_form(path: Path, label: str | None = None, stem: str | None = None) -> Form | None:
    """What a folder or file holds.

    Args:
        path: the folder or file.
        label: the label column, for Parquet; none for `label` or `fine_label`.
        stem: in a folder of several data sets, the name that this one's npz file or archive has before its ending;
            none when there may be but one file.

    Returns:
        None when a folder holds none of the forms.

    Raises:
        InputError: a file of another form, more than one candidate, a label column for another form.
    """
    try:
        form = _in_folder(path, label, stem) if path.is_dir() else _in_file(path)
    except OSError as error:
        raise InputError("SF2055", f"cannot be read ({error.strerror or error})", where=str(path)) from error
    if label is not None and form is not None and form.words != "Parquet files":
        raise InputError(
            "SF2056",
            f"a label column {label!r} is named, but this is {form.words}",
            where=str(form.place),
            fix="only Parquet has columns: name none",
        )
    return form


def _in_folder(folder: Path, label: str | None, stem: str | None) -> Form | None:
    if parquet := find_parquet(folder):
        labels: Sequence[str] = LABEL_COLUMNS if label is None else (label,)
        return Form(
            "Parquet files",
            folder,
            (*parquet.train, *parquet.test),
            lambda name, emit: read_parquet(parquet, labels, name, emit),
        )
    if is_image_folder(folder):
        files = image_files(folder)
        return Form("an image folder", folder, files, lambda name, emit: read_image_folder(folder, files, name, emit))
    if stem is not None:
        found = [path for ending in FILE_ENDINGS if (path := folder / f"{stem}{ending}").is_file()]
    else:
        plain = (path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith("."))
        found = [path for path in plain if is_archive(path)]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise InputError(
            "SF2057", f"holds more than one data set ({names})", where=str(folder), fix="name the file itself"
        )
    return _in_file(found[0]) if found else None


def _in_file(path: Path) -> Form:
    require_file(path)
    with path.open("rb") as file:
        parquet = file.read(len(MAGIC)) == MAGIC
    if parquet:
        raise InputError(
            "SF2058",
            "one Parquet file holds one split",
            where=str(path),
            fix="name the folder that holds train and test",
        )
    if is_npz(path):
        return Form("an npz file", path, (path,), lambda *_: read_npz(path))
    if is_archive(path):
        return Form("an archive of images", path, (path,), lambda name, emit: read_image_archive(path, name, emit))
    raise InputError("SF2059", "neither npz nor a zip or tar archive", where=str(path), fix=f"give {LAYOUTS}")
