"""A task: a key, what it needs, and the name of the function that makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, SerializerFunctionWrapHandler, model_serializer

from samefn.core.canonical import Json
from samefn.core.events import Emit
from samefn.sandbox.limits import Limits, default_limits
from samefn.store.artefact import Artefact
from samefn.store.workspace import Workspace

T = TypeVar("T", bound="TaskSpec")


class TaskSpec(BaseModel):
    """What the function of one kind of task needs to know: the planner makes it, the function reads it again.

    A value at its default leaves no trace in keys and beside results: a new field with a default changes neither.
    """

    model_config = ConfigDict(frozen=True)

    def entries(self) -> dict[str, Json]:
        """As JSON."""
        return self.model_dump(mode="json")

    @model_serializer(mode="wrap")
    def _without_defaults(self, dump: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        fields, found = type(self).model_fields, dump(self)
        return {name: value for name, value in found.items() if getattr(self, name) != fields[name].default}


@dataclass(frozen=True)
class Confined:
    """That a task opens models or runs code of the user, so that it runs in a confined process.

    Attributes:
        where: the model, for errors.
        readable: files and folders that it reads besides the results it needs.
        preload: modules that its process shares with others.
    """

    where: str
    readable: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One thing to make.

    Attributes:
        key: the hash of everything that could change the result.
        kind: the kind of its result; `config/keys.py` lists them all.
        name: for people.
        run: `module:function` that takes a `Job` and writes the result's files.
        spec: what the function needs to know, JSON; kept beside the result.
        needs: by role, the keys of the results it starts from.
        unkept: what it also needs to know and what is not stored, such as the path of a file of the user's.
        gpu: the share of a GPU that it takes; beside it every task takes one core.
        confined: what a confined process needs to run it; None for a task that opens no model of the user's.
    """

    key: str
    kind: str
    name: str
    run: str
    spec: Mapping[str, Json] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    unkept: Mapping[str, Json] = field(default_factory=dict)
    gpu: float = 0.0
    confined: Confined | None = None


@dataclass(frozen=True)
class Job:
    """What a task's function is given.

    Attributes:
        name: the task's.
        spec: the task's, with what is not stored.
        inputs: the results it needs, verified, by role.
        out: an empty folder to write the result into.
        workspace: for what should survive an interruption.
        emit: to say how far it is.
        limits: on the confined processes that it starts.
    """

    name: str
    spec: Mapping[str, Json]
    inputs: Mapping[str, Artefact]
    out: Path
    workspace: Workspace
    emit: Emit
    limits: Limits = field(default_factory=default_limits)

    def read(self, kind: type[T]) -> T:
        """What it needs to know, or a part of it, as its planner made it."""
        return kind.model_validate(self.spec)
