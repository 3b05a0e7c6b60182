"""What a model is by its content, so that its stored predictions are found again and copies are noticed."""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ConfigDict

from samefn.comparison.confinement import call_with_models
from samefn.config.comparison import Feed, ModelSource
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.plain_files import file_sha256
from samefn.core.user_code import load_factory
from samefn.engine.task import TaskSpec
from samefn.runtimes.adapters import Adapter
from samefn.runtimes.onnx.file import external_files, read_graph
from samefn.sandbox.limits import Limits
from samefn.schema.methods import OutputKind
from samefn.schema.report import Role

# Fields of a source that change no prediction.
_NOT_CONTENT = {"path", "name", "trust"}


class ModelContent(NamedTuple):
    """Hashes of what a model holds, 64 hexadecimal digits each.

    Attributes:
        files: of its files, or of its factory's name and source file.
        weights: of the checkpoint with a factory's weights; empty where there is none.
    """

    files: str = ""
    weights: str = ""


class ModelIdentity(TaskSpec):
    """What decides a model's predictions, except for the examples and the machine. Its fields are a part of keys.

    Attributes:
        runtime: the runtime that runs it.
        output: which of several outputs; empty where there is one.
        returns: what the output holds; none where the user did not say.
        resolution: the step in which probabilities are stored; none for the runtime's own.
        batch_size: examples a batch.
        threads: within one operator.
        options: settings of the runtime itself.
        feed: how examples become its input.
        content: hash of its files, or of its factory.
        weights: hash of the checkpoint with a factory's weights.
    """

    model_config = ConfigDict(extra="forbid")  # a new setting of models is refused until it has a place here

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
    """What decides a model's predictions, except for the examples and the machine.

    Args:
        source: the model.
        runtime: the name of its runtime.
        batch: examples a batch.
        content: hashes of what it holds.
    """
    settings = {"runtime": runtime, "batch_size": batch, "content": content.files, "weights": content.weights}
    return ModelIdentity.model_validate({**source.model_dump(exclude=_NOT_CONTENT), **settings})


def model_content(source: ModelSource, adapter: Adapter, limits: Limits) -> ModelContent:
    """Hashes of what a model holds.

    Args:
        source: the model.
        adapter: its runtime.
        limits: on the confined process that imports a factory.

    Raises:
        InputError: a file cannot be read.
    """
    weights = file_sha256(Path(source.weights)) if source.weights else ""
    return ModelContent(content_sha256(source, adapter, limits), weights)


def function_sha256(source: ModelSource, adapter: Adapter, limits: Limits) -> str:
    """A hash that is equal for copies of one model, however each is fed and run: of its files and the output used.

    Raises:
        InputError: as `model_content`.
    """
    content = model_content(source, adapter, limits)
    return digest([content.files, content.weights, source.output])


def content_sha256(source: ModelSource, adapter: Adapter, limits: Limits) -> str:
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
    found = call_with_models(
        [(source, adapter)], "samefn.comparison.model_identity:source_file", source.path, path, limits, _ignore
    )
    if not isinstance(found, str):
        raise InputError(
            "SF509",
            "has no Python source file, so a stored result could not be matched to it",
            where=source.path,
            fix="give a function that is defined in a file",
        )
    return digest([source.path.rpartition(":")[2], file_sha256(Path(found))])


def source_file(factory: str, say: object) -> str | None:
    """In the confined process: the file that defines a factory; None for one that is built into Python."""
    del say
    try:
        return inspect.getsourcefile(inspect.unwrap(load_factory(factory)))
    except TypeError:
        return None


def _ignore(said: object) -> None:
    """It says nothing."""
    del said


def refuse_duplicates(models: Sequence[tuple[str, Role, str]]) -> None:
    """Refuse an independent with the same content as the base, a candidate or another independent.

    Args:
        models: name, role and content of each.

    Raises:
        InputError: one is a copy.

    >>> refuse_duplicates([("base", "base", "1"), ("int8", "candidate", "1"), ("seed", "independent", "2")])
    """
    seen: dict[str, tuple[str, Role]] = {}
    for name, role, content in sorted(models, key=lambda model: model[1] == "independent"):
        if role == "independent" and content in seen:
            other, other_role = seen[content]
            original = "the base" if other_role == "base" else f"the {other_role}"
            raise InputError(
                "SF507",
                f"has the same content as {original} {other}, so it is no independent model",
                where=name,
                fix="give a model that was trained independently, or leave it out",
            )
        seen.setdefault(content, (name, role))
