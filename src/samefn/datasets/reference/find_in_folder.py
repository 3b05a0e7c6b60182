"""Find a reference data set in a user's folder: as its official files, or in another format."""

from collections.abc import Callable, Sequence
from pathlib import Path

from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.datasets.formats.detect import LAYOUTS, detect_format
from samefn.datasets.reference.reference_data import ReferenceData, as_reference_dataset
from samefn.datasets.source import Source


def find_in_folder(
    data_dir: Path,
    reference: ReferenceData,
    subfolders: Sequence[str],
    official: Callable[[Path], Source | None],
    official_files: str,
    label: str | None,
) -> Source:
    """A reference data set in the first of the subfolders that holds it.

    Args:
        data_dir: the user's folder; or one npz file or archive.
        reference: which data set.
        subfolders: where in it to look, in this order; `""` for the folder itself.
        official: finds the official files in a folder; returns None when there are none.
        official_files: their names, for errors.
        label: the label column of Parquet files; None for `label` or `fine_label`.

    Raises:
        InputError: no such folder, nothing in it, or a format that cannot be used.
    """
    try:
        if data_dir.is_file() and (source := _source(data_dir, reference, label, None)):
            return source
        if not data_dir.is_dir():
            raise InputError(
                "SF200", "there is no such folder", where=str(data_dir), fix=f"it should hold {official_files}"
            )
        for name in subfolders:
            if not (folder := data_dir / name).is_dir():
                continue
            # In a folder of many data sets a file must have this data set's name.
            if source := official(folder) or _source(folder, reference, label, None if name else reference.name):
                return source
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=str(data_dir)) from error
    names = ", ".join(name for name in subfolders if name)
    raise InputError(
        "SF211",
        f"holds no {reference.title}: neither {official_files} nor {LAYOUTS}; here or in {names}",
        where=str(data_dir),
        fix="name the folder that holds it, or leave --data-dir out to download it",
    )


def _source(path: Path, reference: ReferenceData, label: str | None, stem: str | None) -> Source | None:
    """The data set there in one of the formats for any data set; None where there is none."""
    data_format = detect_format(path, label, stem)
    if data_format is None:
        return None

    def decode(emit: Emit) -> Dataset:
        splits = data_format.decode(reference.name, emit)
        return as_reference_dataset(splits, reference, data_format.name, str(data_format.path), emit)

    return Source(reference.name, data_format.files, decode, {"form": data_format.name, "label": label})
