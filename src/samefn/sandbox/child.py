"""What a confined process does: read what to do, give up its rights, do it, and say how it ended."""

import ctypes
import os
import random
import signal
import sys
import tempfile
import traceback
from contextlib import suppress
from typing import Any

from samefn.core.errors import SamefnError
from samefn.core.loading import load
from samefn.core.user_code import error_text
from samefn.sandbox.confine import confine
from samefn.sandbox.limits import Limits
from samefn.sandbox.messages import messages, read_parts, send

_PR_SET_PDEATHSIG = 1
_MAX_TEXT = 2000  # characters of an error's text


def run_child(request: int, talk: int, parent: int) -> None:
    """Do what a request says and end this process.

    Args:
        request: descriptor that the request is read from.
        talk: descriptor for messages to who asked.
        parent: the process that this one must not outlive.
    """
    try:
        with suppress(BrokenPipeError):
            send(talk, _outcome(request, talk, parent))
    finally:
        os._exit(0)


def _outcome(request: int, talk: int, parent: int) -> object:
    try:
        _detach(parent)
        call = next(messages(read_parts(request)))
        os.close(request)
        _settle(call)
        confine(call["readable"], call["writable"], Limits(call["memory"], call["seconds"]))
        return {"done": load(call["function"])(call["arguments"], lambda message: send(talk, {"said": message}))}
    except SamefnError as error:
        kind = type(error).__name__
        return {"error": {"kind": kind, "code": error.code, "what": error.what, "where": error.where, "fix": error.fix}}
    except BaseException as error:  # (any error goes back to the caller)
        text = error_text(error)[:_MAX_TEXT]
        return {"fault": {"kind": type(error).__name__, "text": text, "details": "".join(_traceback(error))}}


def _detach(parent: int) -> None:
    """Share neither signals nor terminal with other processes, and end with the parent."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _settle(call: Any) -> None:
    """Take over the folder, the import path and the environment of who asked, and draw other random numbers."""
    os.chdir(call["folder"])
    sys.path[:] = call["path"]
    os.environ.clear()
    os.environ.update(call["environment"])
    tempfile.tempdir = None
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(None)


def _traceback(error: BaseException) -> list[str]:
    try:
        return traceback.format_exception(error)
    except BaseException as another:  # (it may run code of the model)
        return [f"no traceback ({type(another).__name__})"]
