"""What all models of a comparison are asked: found by a known data set's name, or by what a file or folder holds."""

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
from samefn.datasets.formats.parquet import MAGIC
from samefn.datasets.load import LOADERS, find_dataset
from samefn.datasets.own import plain_name

NPY_MAGIC = b"\x93NUMPY"
FORMS = "npz, npy, Parquet with an image column, or images at CLASS/IMAGE in a folder, zip or tar"
# What torch.save and pickle write, by the names that people give it; torch's is a zip archive and no images.
PICKLED = (".pt", ".pth", ".ckpt", ".pkl", ".pickle")
KNOWN = tuple(name for name in LOADERS if name != "own")


def find_examples(spec: Examples, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    """The examples that a spec names.

    Args:
        spec: what, which split, and how many.
        data_dir: for a known data set the folder that holds its files; None to download them.
        cache_dir: downloads are kept in its `downloads`.
        emit: where events go.

    Raises:
        InputError: nothing of that name, or nothing that can be used.
    """
    if spec.path in KNOWN:
        return _known(spec, data_dir, cache_dir, emit)
    path = Path(spec.path)
    try:
        if path.is_dir():
            return _in_folder(path, spec, emit)
        if not path.exists():
            raise InputError(
                "SF2025",
                "there is no such file, folder or data set",
                where=spec.path,
                fix=f"known data sets: {', '.join(KNOWN)}",
            )
        require_file(path)
        return _in_file(path, spec, emit)
    except OSError as error:
        raise InputError("SF2026", f"cannot be read ({error.strerror or error})", where=spec.path) from error


def _known(spec: Examples, data_dir: Path | None, cache_dir: Path, emit: Emit) -> Dataset:
    dataset = find_dataset(spec.path, data_dir, cache_dir, emit, spec.label).decode(emit)
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
    packed = [path for path in plain if is_archive(path)]
    if len(packed) > 1:
        names = ", ".join(path.name for path in packed)
        raise InputError(
            "SF2027", f"holds more than one data set ({names})"[:300], where=str(folder), fix="name the file itself"
        )
    return _in_file(packed[0], spec, emit) if packed else folder_examples(folder, name, spec, emit)


def _in_file(path: Path, spec: Examples, emit: Emit) -> Dataset:
    name = plain_name(path)
    with path.open("rb") as file:
        start = file.read(len(NPY_MAGIC))
    if not start:
        raise InputError("SF2028", "is empty", where=str(path))
    if start.startswith(MAGIC):
        return parquet_examples((path,), name, spec, emit)
    if start == NPY_MAGIC:
        return npy_examples(path, name, spec)
    if is_npz(path):
        return npz_examples(path, name, spec)
    if path.suffix.lower() in PICKLED:
        raise InputError(
            "SF2029",
            f"{path.suffix} is no form of data: it is unpickled, which can run code",
            where=str(path),
            fix="save its arrays as npz, np.savez('test.npz', x=x.numpy(), y=y.numpy())",
        )
    if is_archive(path):
        return archive_examples(path, name, spec, emit)
    raise InputError("SF2030", "its content is of no form that holds examples", where=str(path), fix=f"give {FORMS}")
