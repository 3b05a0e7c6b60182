"""A task: a key, what it needs, and the name of the function that makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samefn.core.canonical import Json
from samefn.core.events import Emit
from samefn.store.artefact import Artefact
from samefn.store.workspace import Workspace


@dataclass(frozen=True)
class Task:
    """One thing to make.

    Attributes:
        key: the hash of everything that could change the result.
        kind: what kind of work it is: train, export, quantize, prune, predict.
        name: for people.
        run: `module:function` that takes a `Job` and writes the result's files.
        spec: what the function needs to know, JSON; kept beside the result.
        needs: by role, the keys of the results it starts from.
        told: what it needs to know and what is not kept, such as the path of a file of the user's.
        gpu: the share of a GPU that it takes; beside it every task takes one core.
    """

    key: str
    kind: str
    name: str
    run: str
    spec: Mapping[str, Json] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Json] = field(default_factory=dict)
    gpu: float = 0.0


@dataclass(frozen=True)
class Job:
    """What a task's function is given.

    Attributes:
        name: the task's.
        spec: the task's, and what it is told.
        inputs: the results it needs, verified, by role.
        out: an empty folder to write the result into.
        workspace: for what should survive an interruption.
        emit: to say how far it is.
    """

    name: str
    spec: Mapping[str, Any]
    inputs: Mapping[str, Artefact]
    out: Path
    workspace: Workspace
    emit: Emit
