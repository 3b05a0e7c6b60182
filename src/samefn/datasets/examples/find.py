"""The examples of a comparison: a reference data set by its name, or a file or folder by its content."""

from pathlib import Path

from samefn.config.comparison import Examples
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import require_file
from samefn.datasets.dataset import Dataset, comparison_dataset
from samefn.datasets.examples.arrays import npy_examples, npz_examples
from samefn.datasets.examples.images import archive_examples, folder_examples, parquet_examples, parquet_files
from samefn.datasets.formats.archives import is_archive
from samefn.datasets.formats.npz import is_npz
from samefn.datasets.formats.parquet.find import MAGIC
from samefn.datasets.load import LOADERS, find_dataset
from samefn.datasets.own import plain_name
from samefn.predictions.about import refuse_columns

NPY_MAGIC = b"\x93NUMPY"
ACCEPTED_FORMATS = "npz, npy, Parquet with an image column, or images at CLASS/IMAGE in a folder, zip or tar"
# Usual suffixes of files that torch.save and pickle write. Those of torch are zip archives, but hold no images.
PICKLE_SUFFIXES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle")
REFERENCE_NAMES = tuple(name for name in LOADERS if name != "own")


def find_examples(spec: Examples, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    """The examples that a spec names.

    Args:
        spec: which examples, which split, and how many.
        data_dir: for a reference data set the folder that holds its files; None to download them.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go.

    Raises:
        InputError: nothing of that name, or examples that cannot be used.
    """
    if spec.path in REFERENCE_NAMES:
        return _reference_split(spec, data_dir, cache_dir, emit)
    path = Path(spec.path)
    try:
        if path.is_dir():
            return _in_folder(path, spec, emit)
        if not path.exists():
            raise InputError(
                "SF200",
                "there is no such file, folder or data set",
                where=spec.path,
                fix=f"data sets by name: {', '.join(REFERENCE_NAMES)}",
            )
        require_file(path)
        return _in_file(path, spec, emit)
    except OSError as error:
        raise InputError("SF201", f"cannot be read ({error.strerror or error})", where=spec.path) from error


def _reference_split(spec: Examples, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    dataset = find_dataset(spec.path, data_dir, cache_dir, emit, spec.label).decode(emit)
    refuse_columns(spec.groups, spec.slices, "a reference data set", spec.path)
    split = dataset.splits[spec.split]
    source = f"{dataset.source}; the {spec.split} images"
    return comparison_dataset(
        dataset.name, split.arrays, split.ids, split.labels, dataset.class_names, source, spec.limit
    )


def _in_folder(folder: Path, spec: Examples, emit: Emit) -> Dataset:
    name = plain_name(folder)
    if files := parquet_files(folder, spec.split):
        return parquet_examples(files, name, spec, emit)
    plain = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    archives = [path for path in plain if is_archive(path)]
    if len(archives) > 1:
        names = ", ".join(path.name for path in archives)
        raise InputError(
            "SF206", f"holds more than one data set ({names})"[:300], where=str(folder), fix="name the file itself"
        )
    return _in_file(archives[0], spec, emit) if archives else folder_examples(folder, name, spec, emit)


def _in_file(path: Path, spec: Examples, emit: Emit) -> Dataset:
    name = plain_name(path)
    with path.open("rb") as file:
        start = file.read(len(NPY_MAGIC))
    if not start:
        raise InputError("SF202", "is empty", where=str(path))
    # (A damaged file is known by its name alone: its reader says what is broken.)
    suffix = path.suffix.lower()
    if start.startswith(MAGIC) or suffix == ".parquet":
        return parquet_examples((path,), name, spec, emit)
    if start == NPY_MAGIC or suffix == ".npy":
        return npy_examples(path, name, spec)
    if is_npz(path) or suffix == ".npz":
        return npz_examples(path, name, spec)
    if suffix in PICKLE_SUFFIXES:
        raise InputError(
            "SF205",
            f"{path.suffix} files are not read: unpickling them can run code",
            where=str(path),
            fix="save the arrays as npz: np.savez('test.npz', x=x.numpy(), y=y.numpy())",
        )
    if is_archive(path):
        return archive_examples(path, name, spec, emit)
    raise InputError("SF204", "no format of examples is detected", where=str(path), fix=f"give {ACCEPTED_FORMATS}")
