"""Code that others wrote: it may fail in any way, even by ending the program, and says so in a few words."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from samefn.core.errors import InputError, TerminatedError
from samefn.core.loading import load

LONGEST = 400  # letters of what an error says


@contextmanager
def user_code(what: str, where: str) -> Iterator[None]:
    """Whatever the body raises becomes one clear line.

    Args:
        what: what cannot be done, as in `cannot build its module`.
        where: the model it is about.

    Raises:
        InputError: the body failed.
    """
    try:
        yield
    except BaseException as error:  # (somebody's code may raise anything, and takes nothing else down)
        if type(error) is InputError or stops_us(error):
            raise
        raise InputError("SF0032", f"{what} ({failure(error)})", where=where) from error


def stops_us(error: BaseException) -> bool:
    """Whether an error means that samefn itself is to stop: Ctrl-C or SIGTERM, and not somebody's code.

    Where Ctrl-C is ignored, as in worker processes, a `KeyboardInterrupt` is somebody's.

    >>> stops_us(KeyboardInterrupt()), stops_us(SystemExit(3))
    (True, False)
    """
    if type(error) is KeyboardInterrupt:
        return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    return isinstance(error, TerminatedError)


def load_factory(name: str) -> Any:
    """What a user's `module:function` names.

    Raises:
        InputError: there is no such function, or its module fails while it is imported.
    """
    with user_code("cannot be imported", name):
        return load(name)


def failure(error: BaseException) -> str:
    """An error of somebody else's code in a few words.

    >>> failure(ValueError("no"))
    'ValueError: no'
    """
    return f"{type(error).__name__}: {error_text(error)}"[:LONGEST]


def error_text(error: BaseException) -> str:
    """What an error says; its text is somebody's code too, and may fail."""
    try:
        return "".join(str(error))
    except BaseException as another:
        if stops_us(another):
            raise
        return "its text cannot be read"
