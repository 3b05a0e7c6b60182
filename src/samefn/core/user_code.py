"""Call code that the user wrote. It may fail in any way, even by ending the program; the error becomes one line."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from samefn.core.errors import InputError, TerminatedError
from samefn.core.loading import load

_MAX_LENGTH = 400  # characters of an error's text


@contextmanager
def user_code(what: str, where: str) -> Iterator[None]:
    """Turn whatever the body raises into one line.

    Args:
        what: the step that failed, such as `cannot build its module`.
        where: the model.

    Raises:
        InputError: the body failed.
    """
    try:
        yield
    except BaseException as error:  # (user code may raise anything; the other models go on)
        if type(error) is InputError or stops_us(error):
            raise
        raise InputError("SF022", f"{what} ({failure(error)})", where=where) from error


def stops_us(error: BaseException) -> bool:
    """Whether an error stops samefn itself: Ctrl-C or SIGTERM.

    Where Ctrl-C is ignored, as in worker processes, a `KeyboardInterrupt` comes from user code and does not.

    >>> stops_us(KeyboardInterrupt()), stops_us(SystemExit(3))
    (True, False)
    """
    if type(error) is KeyboardInterrupt:
        return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    return isinstance(error, TerminatedError)


def load_factory(name: str) -> Any:
    """The user's function by its `module:function` name.

    Raises:
        InputError: there is no such function, or its module fails while it is imported.
    """
    with user_code("cannot be imported", name):
        return load(name)


def failure(error: BaseException) -> str:
    """The type and the text of an error in user code, cut to a readable length.

    >>> failure(ValueError("no"))
    'ValueError: no'
    """
    return f"{type(error).__name__}: {error_text(error)}"[:_MAX_LENGTH]


def error_text(error: BaseException) -> str:
    """The text of an error. Making it may run user code, which may fail too."""
    try:
        return "".join(str(error))
    except BaseException as another:
        if stops_us(another):
            raise
        return "its text cannot be read"
