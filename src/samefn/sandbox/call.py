"""Call a function in a confined process, and wait for what it returns."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from samefn.core.errors import DamagedArtefactError, DivergedError, InputError
from samefn.core.process import ResourceUse
from samefn.sandbox.environment import import_path, visible_environment
from samefn.sandbox.failures import UnexpectedError, advise, broke_limit, died
from samefn.sandbox.limits import Limits
from samefn.sandbox.process import ConfinedProcess

_KINDS = {kind.__name__: kind for kind in (InputError, DamagedArtefactError, DivergedError)}
_MEMORY_ERRORS = ("MemoryError", "OutOfMemoryError")


@dataclass(frozen=True)
class Call:
    """A function to call in a process of its own.

    Attributes:
        where: the model that it is about, for errors.
        function: `module:function` of a function that takes the arguments and a function to say something with; it
            returns JSON.
        arguments: JSON.
        limits: on memory and time.
        readable: files and folders that it may read.
        writable: folders that it may write.
        preload: modules of libraries that it needs, which several processes can share.
        fresh: whether its process imports all itself, as one whose memory is measured.
    """

    where: str
    function: str
    arguments: Any
    limits: Limits
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    fresh: bool = False

    def request(self, folder: str) -> dict[str, Any]:
        """As `child.py` reads it; `folder` is for its temporary files."""
        return {
            "function": self.function,
            "arguments": self.arguments,
            "memory": self.limits.memory,
            "seconds": self.limits.seconds,
            "readable": [str(Path(path).absolute()) for path in self.readable],
            "writable": [folder, *(str(Path(path).absolute()) for path in self.writable)],
            "folder": str(Path.cwd()),
            "path": import_path(),
            "environment": visible_environment(folder),
        }


class _Told(BaseModel):
    """What a confined process tells; it is not trusted."""

    model_config = ConfigDict(strict=True, extra="forbid")


class _Refusal(_Told):
    """An error of samefn."""

    kind: str
    code: Annotated[str, Field(pattern=r"^SF\d{3}$")]
    what: str
    where: str | None
    fix: str | None


class _Fault(_Told):
    """Any other error."""

    kind: str
    text: str
    details: str


class _Last(_Told):
    """The last message: what the function returned, or how it failed."""

    done: Any = None
    error: _Refusal | None = None
    fault: _Fault | None = None


class _Ending(_Told):
    """How the process ended, as the server tells it.

    Attributes:
        code: its exit code; negative for a signal.
        broke: the limit that the server ended it for.
        cpu_seconds: that it used.
        memory: the most that it used, in bytes.
    """

    code: int
    broke: Literal["", "threads"]
    cpu_seconds: float
    memory: int


def _ignore(said: Any) -> None:
    del said


def call_confined(call: Call, said: Callable[[Any], None] = _ignore) -> tuple[Any, ResourceUse]:
    """Call a function in a process that can reach next to nothing, and wait for it.

    Args:
        call: what to call.
        said: receives what the function says, which is JSON of a process that is not trusted; it may raise.

    Returns:
        What the function returned, which is not trusted either; and the resources that the process used.

    Raises:
        InputError: the function raised it; or the process crashed, ended itself or broke a limit.
        UnexpectedError: the function raised another error.
    """
    started = time.monotonic()
    limits, where = call.limits, call.where
    with tempfile.TemporaryDirectory(prefix="samefn-", ignore_cleanup_errors=True) as folder:
        request = call.request(os.path.realpath(folder))
        deadline = started + limits.seconds
        with ConfinedProcess(request, call.preload, limits.threads, deadline, fresh=call.fresh) as process:
            try:
                message = process.last_message(said)
                last = None if message is None else _Last.model_validate(message)
            except ValueError as error:
                raise InputError("SF047", "its process sends what samefn does not understand", where=where) from error
            ended = process.ending(finished=last is not None)
    if process.late:
        raise broke_limit(where, "time", limits)
    if not ended:
        raise InputError("SF047", "was ended with the process that starts all models", where=where)
    ending = _Ending.model_validate_json(ended)
    if ending.broke:
        raise broke_limit(where, ending.broke, limits)
    if ending.code or last is None:
        raise died(where, ending.code, limits)
    used = ResourceUse(round(time.monotonic() - started, 2), round(ending.cpu_seconds, 2), ending.memory)
    return _returned(last, call), used


def _returned(last: _Last, call: Call) -> Any:
    if last.error is not None:
        kind = _KINDS.get(last.error.kind, InputError)
        error = kind(last.error.code, last.error.what, where=last.error.where, fix=last.error.fix)
        if isinstance(error, InputError):
            advise(error, call.where, call.limits)
        raise error
    if last.fault is not None:
        if last.fault.kind in _MEMORY_ERRORS:
            raise broke_limit(call.where, "memory", call.limits)
        raise UnexpectedError(f"{last.fault.kind} ({' '.join(last.fault.text.split())[:200]})", last.fault.details)
    return last.done
