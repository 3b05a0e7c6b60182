"""Where a known data set lies in a user's folder: as its official files, or in another form."""

from collections.abc import Callable, Sequence
from pathlib import Path

from samefn.core.errors import InputError
from samefn.datasets.formats.detect import LAYOUTS, find_form
from samefn.datasets.reference.reference_data import Known, as_known
from samefn.datasets.source import Source


def find_placed(
    data_dir: Path,
    known: Known,
    subfolders: Sequence[str],
    official: Callable[[Path], Source | None],
    holds: str,
    label: str | None,
) -> Source:
    """A known data set in the first of the subfolders that holds it.

    Args:
        data_dir: the user's folder; or one npz file or archive.
        known: which data set.
        subfolders: where in it to look, in this order; `""` for the folder itself.
        official: finds the official files in a folder; none when there are none.
        holds: what the official files are, for errors.
        label: the label column of Parquet files; none for `label` or `fine_label`.

    Raises:
        InputError: no such folder, nothing in it, or a form that cannot be used.
    """
    try:
        if data_dir.is_file() and (source := _source(data_dir, known, label, None)):
            return source
        if not data_dir.is_dir():
            raise InputError("SF2127", "there is no such folder", where=str(data_dir), fix=f"it should hold {holds}")
        for name in subfolders:
            if not (folder := data_dir / name).is_dir():
                continue
            # In a folder of many data sets a file must bear this one's name.
            if source := official(folder) or _source(folder, known, label, None if name else known.name):
                return source
    except OSError as error:
        raise InputError("SF2128", f"cannot be read ({error.strerror or error})", where=str(data_dir)) from error
    places = ", ".join(name for name in subfolders if name)
    raise InputError(
        "SF2129",
        f"holds no {known.title}: neither {holds} nor {LAYOUTS}; here or in {places}",
        where=str(data_dir),
        fix="name their folder, or none to download them",
    )


def _source(path: Path, known: Known, label: str | None, stem: str | None) -> Source | None:
    """What lies there in one of the forms that any data set may have."""
    form = find_form(path, label, stem)
    if form is None:
        return None
    return Source(
        known.name,
        form.files,
        lambda emit: as_known(form.decode(known.name, emit), known, form.words, str(form.place), emit),
        {"form": form.words, "label": label},
    )
