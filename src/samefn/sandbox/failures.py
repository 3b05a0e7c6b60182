"""How a confined process failed, in one line: what happened, which limit it broke, and what to do."""

import re
import signal

from samefn.core.errors import InputError
from samefn.sandbox.limits import Limits

_MEMORY = re.compile(
    r"MemoryError|OutOfMemoryError|bad.?alloc|out of memory|(?:can.?t|cannot|failed to) allocate", re.I
)
_REFUSED = re.compile(r"PermissionError|Permission denied|Operation not permitted", re.I)
_REFUSED_ADVICE = "models run in a sandbox: they read their own files only, write none and have no network"


class UnexpectedError(Exception):
    """An error in a confined process that is none of samefn's own.

    Args:
        line: its type and text.
        details: its traceback.
    """

    def __init__(self, line: str, details: str) -> None:
        super().__init__(line)
        self.line, self.details = line, details


def broke_limit(where: str, limit: str, limits: Limits) -> InputError:
    """A process that was ended, or failed, because of a limit: `time`, `threads` or `memory`."""
    if limit == "threads":
        return InputError("SF048", f"started more than {limits.threads} threads and was ended", where=where)
    if limit == "time":
        what, fix = f"was not done after {limits.seconds:g} s and was ended", "--model-timeout raises this limit"
    else:
        what, fix = f"ran out of memory at {limits.memory / 1e6:,.0f} MB", "--model-memory raises this limit"
    return InputError("SF048", what, where=where, fix=fix)


def died(where: str, code: int, limits: Limits) -> InputError:
    """A process that ended without a last message.

    Args:
        where: the model.
        code: its exit code; negative for a signal.
        limits: that it had.
    """
    if code >= 0:
        return InputError("SF047", f"ended its own process (exit code {code})", where=where)
    if -code == signal.SIGXCPU:
        return broke_limit(where, "time", limits)
    if -code == signal.SIGKILL:
        what = "was killed from outside, most likely because the machine ran out of memory"
        return InputError("SF047", what, where=where, fix="use fewer --workers")
    name = (signal.strsignal(-code) or f"signal {-code}").lower()
    fix = "--model-memory raises the limit, if it needs more" if -code == signal.SIGABRT else None
    return InputError("SF047", f"crashed ({name})", where=where, fix=fix)


def advise(error: InputError, where: str, limits: Limits) -> None:
    """Say in an error of a process what its sandbox has to do with it, where that can be seen in its text.

    Args:
        error: it is changed.
        where: the model, where the error names nothing.
        limits: that the process had.
    """
    if _MEMORY.search(error.what):
        error.what = f"{error.what}; its limit is {limits.memory / 1e6:,.0f} MB"
        error.fix = "--model-memory raises this limit"
    elif _REFUSED.search(error.what):
        error.what = f"{error.what}; {_REFUSED_ADVICE}"
    else:
        return
    error.where = error.where or where
