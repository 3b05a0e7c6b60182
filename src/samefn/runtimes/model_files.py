"""The files and folders that opening a model reads: all that its process may read of the user's."""

from collections.abc import Iterator
from pathlib import Path

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.onnx.file import external_files, read_graph

# Where the cache of Hugging Face has the files that the links in a model's folder lead to.
_CACHED = Path("..") / ".." / "blobs"


def model_files(source: ModelSource, adapter: Adapter) -> tuple[str, ...]:
    """A model's own files and folders, and those that its options name, as absolute paths."""
    return tuple(dict.fromkeys(str(path.absolute()) for path in _files(source, adapter)))


def _files(source: ModelSource, adapter: Adapter) -> Iterator[Path]:
    for name in (source.path, source.weights, *source.options.values()):
        if name and Path(name).exists():
            yield Path(name)
    path = Path(source.path)
    if path.is_dir():
        # Other links out of the folder are not followed: they could lead to any file.
        cache = (path.resolve() / _CACHED).resolve()
        links = (file.resolve() for file in path.rglob("*") if file.is_symlink())
        yield from (file for file in links if file.is_relative_to(cache))
    elif adapter.name == "onnx" and path.is_file():
        try:
            yield from external_files(read_graph(path), path)
        except InputError:
            return  # opening it says the same
