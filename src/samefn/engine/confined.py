"""Run a task's function in a confined process: what it is given, what it says, and its workspace."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.core.loading import load
from samefn.core.process import ResourceUse
from samefn.engine.task import Confined, Job, Task
from samefn.sandbox.call import Call, call_confined
from samefn.sandbox.limits import Limits
from samefn.store.artefact import Artefact
from samefn.store.files import Files, FolderFiles
from samefn.store.workspace import Workspace

# Notes and warnings of one task: a process that is not trusted may not fill the screen.
_MAX_MESSAGES = 100
_SaidKind = Literal["progress", "note", "warning"]
_Short = Annotated[str, Field(max_length=10_000)]
_Count = Annotated[int, Field(ge=0, lt=2**63)]
_SAID = TypeAdapter(tuple[_SaidKind, _Short, _Short, _Count, _Count])
_WROTE = TypeAdapter(tuple[Literal["wrote", "removed"], _Short])
# Files of workspaces, as `store/workspace.py` names them.
_NAME = re.compile(r"[\w-]+\.[0-9a-f]{64}")


def run_confined(
    task: Task,
    confined: Confined,
    inputs: Mapping[str, Artefact],
    out: Path,
    workspace: Workspace,
    limits: Limits,
) -> ResourceUse:
    """Run a task's function in a confined process; what it used.

    Args:
        task: the task.
        confined: what its process may read.
        inputs: the results it needs, verified, by role.
        out: an empty folder to write the result into.
        workspace: for what should survive an interruption; its `emit` receives what the task says.
        limits: on memory and time.

    Raises:
        InputError: the function raised it; or the process crashed, ended itself or broke a limit.
        UnexpectedError: the function raised another error.
    """
    with _local_folder(workspace.files) as (folder, mirror):
        call = Call(
            where=confined.where,
            function="samefn.engine.confined:run_job",
            arguments=[
                {"name": task.name, "run": task.run, "out": str(out.absolute()), "workspace": str(folder.absolute())},
                {**task.spec, **task.unkept},
                {role: _described(artefact) for role, artefact in inputs.items()},
            ],
            limits=limits,
            readable=(*confined.readable, *(str(artefact.folder) for artefact in inputs.values())),
            writable=(str(out), str(folder)),
            preload=confined.preload,
        )
        _, used = call_confined(call, _Ears(task.name, workspace.emit, mirror))
        return used


def _described(artefact: Artefact) -> dict[str, Any]:
    return {"key": artefact.key, "folder": str(artefact.folder.absolute()), "manifest": dict(artefact.manifest)}


class _Ears:
    """Receives what a confined task says: events, and files of its workspace."""

    def __init__(self, task: str, emit: Emit, mirror: Callable[[str, str], None]) -> None:
        self._task, self._emit, self._mirror, self._left = task, emit, mirror, _MAX_MESSAGES

    def __call__(self, said: Any) -> None:
        """Pass it on.

        Raises:
            ValueError: it is none of these.
            InputError: there are too many notes and warnings.
        """
        if isinstance(said, list) and len(said) == 2:
            self._mirror(*_WROTE.validate_python(tuple(said)))
            return
        kind, name, text, done, total = _SAID.validate_python(said)
        if kind != "progress":
            self._left -= 1
        if self._left < 0:
            raise InputError("SF047", f"gives more than {_MAX_MESSAGES} notes and warnings", where=self._task)
        self._emit(Event(kind, name, text, done, total))


@contextmanager
def _local_folder(files: Files) -> Iterator[tuple[Path, Callable[[str, str], None]]]:
    """A folder of this machine with a workspace's files, and a function that takes over a change of one."""
    if isinstance(files, FolderFiles):
        files.folder.mkdir(parents=True, exist_ok=True)
        yield files.folder, _no_mirror
        return
    with tempfile.TemporaryDirectory() as folder:
        local = FolderFiles(Path(folder))
        for name in files.names():
            if (data := files.read(name)) is not None:
                local.write(name, data)

        def mirror(change: str, name: str) -> None:
            if not _NAME.fullmatch(name):
                raise ValueError("no name of a workspace's file")
            if change == "removed":
                files.remove(name)
            elif (data := local.read(name)) is not None:
                files.write(name, data)

        yield Path(folder), mirror


def _no_mirror(change: str, name: str) -> None:
    """The folder is the workspace itself."""
    del change, name


class _TellingFiles(FolderFiles):
    """Files in a folder; every change is told, so that a store in object storage takes it over."""

    def __init__(self, folder: Path, tell: Callable[[Any], None]) -> None:
        super().__init__(folder)
        self._tell = tell

    def write(self, name: str, data: bytes) -> None:
        """Write a file, and tell it."""
        super().write(name, data)
        self._tell(["wrote", name])

    def remove(self, name: str) -> None:
        """Remove a file, and tell it."""
        super().remove(name)
        self._tell(["removed", name])


def run_job(arguments: Any, say: Callable[[Any], None]) -> None:
    """In the confined process: run the function of a task."""
    about, spec, inputs = arguments

    def emit(event: Event) -> None:
        say([*asdict(event).values()])

    artefacts = {role: Artefact(one["key"], Path(one["folder"]), one["manifest"]) for role, one in inputs.items()}
    workspace = Workspace(_TellingFiles(Path(about["workspace"]), say), emit)
    load(about["run"])(Job(about["name"], spec, artefacts, Path(about["out"]), workspace, emit))
