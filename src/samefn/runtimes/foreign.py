"""Code that others wrote: it may fail in any way, even by ending the program, and says so in a few words."""

from typing import Any

from samefn.core.errors import InputError
from samefn.core.loading import load

# What somebody's code may raise; a keyboard interrupt is the user's own.
ANY_FAILURE = (Exception, SystemExit)


def load_factory(name: str) -> Any:
    """What a user's `module:function` names.

    Raises:
        InputError: there is no such function, or its module fails while it is imported.
    """
    try:
        return load(name)
    except InputError:
        raise
    except ANY_FAILURE as error:
        raise InputError(f"cannot be imported ({failure(error)})", where=name) from error


def failure(error: BaseException) -> str:
    """An error of somebody else's code in a few words."""
    return f"{type(error).__name__}: {error}"[:400]
