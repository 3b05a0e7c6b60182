"""Functions compiled to machine code when they are first called, one thread each."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# Multiplications and additions may become one rounding; a sum, where a function asks for it, may be taken in parts.
# Infinities, NaN and the sign of zero keep their meaning.
CONTRACT = {"contract"}
SUMS = {"contract", "reassoc"}


def part(function: Function) -> Function:
    """Compile a function that others hold: it becomes part of their code."""
    return cast("Function", numba.njit(fastmath=CONTRACT, error_model="numpy", forceinline=True)(function))


def shared_part(function: Function) -> Function:
    """Compile a function that others call: its code stands once for all of them."""
    return cast("Function", numba.njit(fastmath=CONTRACT, error_model="numpy")(function))


def part_with_sums(function: Function) -> Function:
    """The same of a function that sums in a loop, in whatever order is fastest: the same for equal lengths."""
    return cast("Function", numba.njit(fastmath=SUMS, error_model="numpy")(function))


def kept(function: Function) -> Function:
    """Compile a function that Python calls, and keep its code on disk for the next process.

    The code lies beside the source (in `__pycache__`), or else in the user's cache folder; where neither can be
    written, every process compiles anew. It is renewed when the file of this function changes, whatever happens to
    other files: therefore all parts of a kept function stand in its own file.
    """
    try:
        compiled = numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder for the code
        compiled = numba.njit(error_model="numpy")(function)
    return cast("Function", compiled)
