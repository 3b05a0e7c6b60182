"""Sums of floats without rounding: whole numbers, so that any order and grouping gives the same."""

from math import frexp, ldexp

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError

Floats = NDArray[np.float64]

BITS = 1074  # every finite float64 is a whole multiple of 2^-1074, the smallest
AT_ONCE = 2**15  # floats summed at a time: they stay in the cache
LARGEST = 2.0**900  # beyond it the rounding below would overflow


def exact_sum(values: Floats) -> int:
    """The sum of floats, in units of 2^-1074, as a whole number without rounding.

    Args:
        values: [any number], at most 2^900 either way.

    Returns:
        The sum; divide with `quotient`.

    Raises:
        InputError: a value is NaN, infinite or larger.

    >>> quotient(exact_sum(np.array([1e100, 0.5, -1e100])))
    0.5
    """
    return exact_sums(values, np.zeros(len(values), dtype=np.int64), 1)[0]


def exact_sums(values: Floats, keys: NDArray[np.int64], groups: int) -> tuple[int, ...]:
    """The exact sum of the values of each key.

    Args:
        values: [any number], at most 2^900 either way.
        keys: [as many] which sum each belongs to, from 0.
        groups: how many sums.

    Returns:
        The sums in units of 2^-1074, one a key.

    Raises:
        InputError: a value is NaN, infinite or larger.
    """
    totals = [0] * groups
    for start in range(0, len(values), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        _add(totals, np.array(values[part], dtype=np.float64), keys[part])
    return tuple(totals)


def quotient(total: int, count: int = 1) -> float:
    """An exact sum over a count, rounded once: the float nearest to the true mean.

    Args:
        total: in units of 2^-1074.
        count: at least 1.

    Returns:
        The mean.
    """
    return total / (count << BITS)  # Python divides whole numbers with one rounding


def _add(totals: list[int], rest: Floats, keys: NDArray[np.int64]) -> None:
    """Add the floats, which are used up: again and again their leading bits are taken off and summed.

    The leading bits are whole multiples of one unit 2^last, and so few that float64 adds all of them without rounding.

    Source:
        Rump, Ogita and Oishi 2008, Accurate Floating-Point Summation, part I (their ExtractVector).
    """
    kept = 52 - len(rest).bit_length()
    while True:
        largest = max(float(rest.max()), -float(rest.min()))
        if not largest <= LARGEST:
            raise InputError(f"values such as {largest} have no exact sum", where="exact sums")
        if not largest:
            return
        last = max(frexp(largest)[1] - kept, -BITS)
        # Next to this number floats are 2^last apart: adding it rounds to whole multiples.
        rounder = ldexp(1.5, 52 + last)
        leading = (rest + rounder) - rounder
        rest -= leading
        sums = np.bincount(keys, leading, len(totals)).tolist() if len(totals) > 1 else [float(leading.sum())]
        for group, one in enumerate(sums):
            totals[group] += int(ldexp(one, -last)) << (last + BITS)
