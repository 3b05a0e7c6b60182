"""What a model is by its content, so that what it answered before is found again."""

import inspect
from pathlib import Path

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json, digest
from samefn.core.errors import InputError
from samefn.core.plain_files import file_sha256
from samefn.core.user_code import load_factory
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.onnx.file import external_files, outlined

# What a name on disk, or that its maker is trusted, has to do with the numbers: nothing.
_NOT_CONTENT = {"path", "name", "weights", "trust"}


def model_identity(source: ModelSource, adapter: Adapter, batch: int) -> dict[str, Json]:
    """What decides a model's answers, but for the examples and the machine.

    Args:
        source: the model.
        adapter: its runtime.
        batch: examples a batch.

    Raises:
        InputError: a file cannot be read.
    """
    said = source.model_dump(mode="json", exclude=_NOT_CONTENT)
    weights = {"weights": file_sha256(Path(source.weights))} if source.weights else {}
    return {**said, **weights, "runtime": adapter.name, "batch_size": batch, "content": content_sha256(source, adapter)}


def function_sha256(source: ModelSource, adapter: Adapter) -> str:
    """What tells two models apart, however each is fed and run: their files, and which output is meant.

    Raises:
        InputError: as `model_identity`.
    """
    told = model_identity(source, adapter, 1)
    return digest([told["content"], told.get("weights", ""), source.output])


def content_sha256(source: ModelSource, adapter: Adapter) -> str:
    """The sha256 of a model's files, of all files of its folder, or of its factory: its name and source file.

    Raises:
        InputError: a file cannot be read, or a factory has no source file.
    """
    path = Path(source.path)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        return digest([[file.relative_to(path).as_posix(), file_sha256(file)] for file in files])
    if "factory" not in adapter.contents or path.exists():
        beside = external_files(outlined(path), path) if adapter.name == "onnx" else ()
        return digest([file_sha256(file) for file in (path, *beside)]) if beside else file_sha256(path)
    try:
        file = inspect.getsourcefile(inspect.unwrap(load_factory(source.path)))
    except TypeError:  # built into Python
        file = None
    if file is None:
        raise InputError(
            "SF5021", "has no source file, so its answers could not be told from another's", where=source.path
        )
    return digest([source.path.rpartition(":")[2], file_sha256(Path(file))])
