"""Functions compiled to machine code when first called, each for one thread."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

# A multiplication and an addition may be rounded once; sums, in `sum_njit`, may be taken in any order.
# Infinities, NaN and the sign of zero keep their meaning.
CONTRACT = {"contract"}
SUMS = {"contract", "reassoc"}


def inline_njit(function: Function) -> Function:
    """Compile a function into the code of its callers."""
    return cast("Function", numba.njit(fastmath=CONTRACT, error_model="numpy", forceinline=True)(function))


def shared_njit(function: Function) -> Function:
    """Compile a function once for all its callers."""
    return cast("Function", numba.njit(fastmath=CONTRACT, error_model="numpy")(function))


def sum_njit(function: Function) -> Function:
    """Compile a function that sums in a loop in the fastest order, which is the same for equal lengths."""
    return cast("Function", numba.njit(fastmath=SUMS, error_model="numpy")(function))


def cached_njit(function: Function) -> Function:
    """Compile a function that Python calls, and keep its code on disk for other processes.

    The code is in `__pycache__` beside the source, or else in the user's cache folder. If neither can be written,
    every process compiles again. The code is made anew when the file of the function changes, and only then: so
    everything that a cached function is compiled from must be in its own file.
    """
    try:
        compiled = numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # no folder for the code
        compiled = numba.njit(error_model="numpy")(function)
    return cast("Function", compiled)
