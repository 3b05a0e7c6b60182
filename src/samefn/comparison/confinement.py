"""What the confined process of a model may read, and what it shares with the processes of other models."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.engine.task import Confined
from samefn.runtimes.adapters import ADAPTERS, Adapter
from samefn.runtimes.onnx.file import external_files, read_graph

# Imported once for all models. None of them starts a thread: a forked process would not have it.
_SHARED = ("samefn.engine.confined", "samefn.comparison.inference", "samefn.runtimes.adapters")


def confined_models(models: Sequence[tuple[ModelSource, Adapter]], *preload: str) -> Confined:
    """What a confined process needs to open models.

    Args:
        models: with their runtimes; the first is named in errors.
        preload: further modules that several processes share.
    """
    loaders = [adapter.loader.partition(":")[0] for _, adapter in models if adapter.name in ADAPTERS]
    readable = [str(path.absolute()) for source, adapter in models for path in _files(source, adapter)]
    return Confined(models[0][0].path, tuple(dict.fromkeys(readable)), (*_SHARED, *dict.fromkeys(loaders), *preload))


def _files(source: ModelSource, adapter: Adapter) -> Iterator[Path]:
    """The files and folders of a model: its own, and those that its options name."""
    for name in (source.path, source.weights, *source.options.values()):
        if name and Path(name).exists():
            yield Path(name)
    path = Path(source.path)
    if path.is_dir():
        # The cache of Hugging Face has links in a model's folder to files two folders up; other links are not followed.
        top = path.resolve().parent.parent
        links = (file.resolve() for file in path.rglob("*") if file.is_symlink())
        yield from (file for file in links if file.is_relative_to(top))
    elif adapter.name == "onnx" and path.is_file():
        try:
            yield from external_files(read_graph(path), path)
        except InputError:
            return  # opening it says the same
