"""What a model is by its content, so that what it answered before is found again."""

import inspect
from pathlib import Path
from typing import NamedTuple

from pydantic import ConfigDict

from samefn.config.comparison import Feed, ModelSource
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.plain_files import file_sha256
from samefn.core.user_code import load_factory
from samefn.engine.task import TaskSpec
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.onnx.file import external_files, read_graph
from samefn.schema.methods import OutputKind

# What a name on disk, or that its maker is trusted, has to do with the numbers: nothing.
_NOT_CONTENT = {"path", "name", "trust"}


class ModelContent(NamedTuple):
    """What a model holds, by hashes that are 64 hexadecimal digits.

    Attributes:
        files: of its files, or of what names and holds its factory.
        weights: of the checkpoint that a factory's weights are loaded from; empty where there is none.
    """

    files: str = ""
    weights: str = ""


class ModelIdentity(TaskSpec):
    """What decides a model's predictions, but for the examples and the machine. Its fields are a part of keys.

    Attributes:
        runtime: what runs it.
        output: which of several outputs; empty where there is one.
        returns: what the output holds; none where nobody has said.
        resolution: the step in which probabilities are stored; none for what the runtime says.
        batch_size: examples a batch.
        threads: within one operator.
        options: settings of the runtime itself.
        feed: how examples become its input.
        content: hash of its files, or of its factory.
        weights: hash of the checkpoint that a factory's weights are loaded from.
    """

    model_config = ConfigDict(extra="forbid")  # a setting of models that has no place here enters no key

    runtime: str
    output: str
    returns: OutputKind | None
    resolution: float | None
    batch_size: int
    threads: int
    options: dict[str, str]
    feed: Feed
    content: str
    weights: str = ""


def model_identity(source: ModelSource, runtime: str, batch: int, content: ModelContent) -> ModelIdentity:
    """What decides a model's answers, but for the examples and the machine.

    Args:
        source: the model.
        runtime: what runs it.
        batch: examples a batch.
        content: what it holds.
    """
    found = {"runtime": runtime, "batch_size": batch, "content": content.files, "weights": content.weights}
    return ModelIdentity.model_validate({**source.model_dump(exclude=_NOT_CONTENT), **found})


def model_content(source: ModelSource, adapter: Adapter) -> ModelContent:
    """What a model holds.

    Args:
        source: the model.
        adapter: its runtime.

    Raises:
        InputError: a file cannot be read.
    """
    weights = file_sha256(Path(source.weights)) if source.weights else ""
    return ModelContent(content_sha256(source, adapter), weights)


def function_sha256(source: ModelSource, adapter: Adapter) -> str:
    """What tells two models apart, however each is fed and run: their files, and which output is meant.

    Raises:
        InputError: as `model_content`.
    """
    content = model_content(source, adapter)
    return digest([content.files, content.weights, source.output])


def content_sha256(source: ModelSource, adapter: Adapter) -> str:
    """The sha256 of a model's files, of all files of its folder, or of its factory: its name and source file.

    Raises:
        InputError: a file cannot be read, or a factory has no source file.
    """
    path = Path(source.path)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        return digest([[file.relative_to(path).as_posix(), file_sha256(file)] for file in files])
    if "factory" not in adapter.file_types or path.exists():
        beside = external_files(read_graph(path), path) if adapter.name == "onnx" else ()
        return digest([file_sha256(file) for file in (path, *beside)]) if beside else file_sha256(path)
    try:
        file = inspect.getsourcefile(inspect.unwrap(load_factory(source.path)))
    except TypeError:  # built into Python
        file = None
    if file is None:
        raise InputError(
            "SF5906", "has no source file, so its answers could not be told from another's", where=source.path
        )
    return digest([source.path.rpartition(":")[2], file_sha256(Path(file))])
