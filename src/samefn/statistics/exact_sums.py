"""Sums of floats without rounding: whole numbers, so that any order and grouping gives the same."""

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.compiled.numba_cache import cached_njit
from samefn.measures.pairs import Floats

BITS = 1074  # every finite float64 is a whole multiple of 2^-1074, the smallest
LIMB = 32  # bits of a sum that one number holds; its upper half takes the carries
LIMBS = 68  # all bits that a float64 can have, and room to carry
AT_ONCE = 2**29  # floats added before the carries are taken: each adds less than 2^33 to a limb


def exact_sum(values: Floats) -> int:
    """The sum of floats, in units of 2^-1074, as a whole number without rounding.

    Args:
        values: [any number], finite.

    Returns:
        The sum; divide with `quotient`.

    Raises:
        InputError: a value is NaN or infinite.

    >>> quotient(exact_sum(np.array([1e100, 0.5, -1e100])))
    0.5
    """
    return exact_sums(values, np.zeros(1, dtype=np.int64), 1)[0]


def exact_sums(values: Floats, keys: NDArray[np.int64], groups: int) -> tuple[int, ...]:
    """The exact sum of the values of each key.

    Args:
        values: [any number], finite.
        keys: [as many] which sum each belongs to, from 0; or [1], the key of all.
        groups: how many sums.

    Returns:
        The sums in units of 2^-1074, one a key.

    Raises:
        InputError: a value is NaN or infinite.

    Source:
        Neal 2015, Fast exact summation using small and large superaccumulators.
    """
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.int64)
    totals = [0] * groups
    for start in range(0, len(bits), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        limbs = np.zeros((groups, LIMBS), dtype=np.int64)
        if not _add(bits[part], keys if len(keys) == 1 else keys[part], limbs):
            raise InputError("SF468", "values that are NaN or infinite have no exact sum", where="exact sums")
        for group, of_group in enumerate(limbs.tolist()):
            totals[group] += sum(limb << (LIMB * at) for at, limb in enumerate(of_group) if limb)
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


@cached_njit
def _add(bits: NDArray[np.int64], keys: NDArray[np.int64], limbs: NDArray[np.int64]) -> bool:
    """Add floats, given by their bits, to the sums: each significand where its exponent puts it, on three limbs.

    Returns:
        Whether all are finite.
    """
    one = keys[0] if len(keys) == 1 else -1
    for at in range(len(bits)):
        exponent = (bits[at] >> 52) & 0x7FF
        significand = bits[at] & 0xFFFFFFFFFFFFF
        if exponent == 0x7FF:
            return False
        if exponent:  # else it is subnormal: no leading 1, and the exponent of the smallest normal number
            significand |= 1 << 52
            exponent -= 1
        elif significand == 0:
            continue
        limb, shift = exponent >> 5, exponent & 31
        low = (significand & 0xFFFFFFFF) << shift
        high = (significand >> 32) << shift
        sign = -1 if bits[at] < 0 else 1
        group = one if one >= 0 else keys[at]
        limbs[group, limb] += sign * (low & 0xFFFFFFFF)
        limbs[group, limb + 1] += sign * ((low >> 32) + (high & 0xFFFFFFFF))
        limbs[group, limb + 2] += sign * (high >> 32)
    return True
