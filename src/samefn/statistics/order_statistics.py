"""Exact quantiles of more values than memory holds: selection by 16 bits a pass."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import floor

import numpy as np
from numpy.typing import NDArray

from samefn.measures.pairs import Floats

Bits = NDArray[np.uint64]
Read = Callable[[], Iterable[Mapping[str, Floats]]]
DIGIT = 16
COUNTERS = 1 << DIGIT
_SIGN = np.uint64(1 << 63)


def quantiles(read: Read, shares: Mapping[str, Sequence[float]], examples: int) -> dict[str, list[float]]:
    """Quantiles of columns, linear between neighbours as `numpy.quantile` gives them.

    Args:
        read: begins to read anew: batches of the columns, none of whose values is NaN. It is read four times.
        shares: by column, which quantiles, 0 to 1.
        examples: how many values each column has.

    Returns:
        By column, in the order of its shares.

    >>> quantiles(lambda: [{"x": np.array([3.0, 1.0])}, {"x": np.array([2.0])}], {"x": [0.5, 0.75]}, 3)
    {'x': [2.0, 2.5]}
    """
    places = {name: [share * (examples - 1) for share in of] for name, of in shares.items()}
    ranks = {
        name: sorted({min(rank, examples - 1) for at in of for rank in (floor(at), floor(at) + 1)})
        for name, of in places.items()
    }
    found = order_statistics(read, ranks)
    return {name: [_between(found[name], at, examples) for at in of] for name, of in places.items()}


def order_statistics(read: Read, ranks: Mapping[str, Sequence[int]]) -> dict[str, dict[int, float]]:
    """The values of some ranks of columns, exactly.

    Each pass counts the next 16 bits of the values that begin like one that is sought.

    Args:
        read: as `quantiles` has it.
        ranks: by column, which ranks, from 0 on.

    Returns:
        By column and rank.
    """
    # What is known of each rank: the bits before, and its rank among the values that begin with them.
    sought = {name: {rank: (0, rank) for rank in of} for name, of in ranks.items()}
    for shift in range(64 - DIGIT, -1, -DIGIT):
        counts = {
            name: {prefix: np.zeros(COUNTERS, dtype=np.int64) for prefix, _ in of.values()}
            for name, of in sought.items()
        }
        for batch in read():
            for name, of_column in counts.items():
                _count(sortable(batch[name]), of_column, shift)
        sought = {
            name: {rank: _next(prefix, within, counts[name][prefix]) for rank, (prefix, within) in of.items()}
            for name, of in sought.items()
        }
    return {name: {rank: _value(prefix) for rank, (prefix, _) in of.items()} for name, of in sought.items()}


def sortable(values: Floats) -> Bits:
    """Numbers as whole numbers that sort as they do; -0 is 0.

    >>> values = np.array([-2.0, -1.0, 0.0, 1e-300, np.inf])
    >>> bool((np.diff(sortable(values)) > 0).all())
    True
    """
    bits = (values + 0.0).view(np.uint64)
    return np.asarray(np.where(bits & _SIGN, ~bits, bits | _SIGN))


def _count(bits: Bits, counts: Mapping[int, NDArray[np.int64]], shift: int) -> None:
    digits = ((bits >> np.uint64(shift)) & np.uint64(COUNTERS - 1)).astype(np.int64)
    first = shift + DIGIT == 64  # nothing is before the first digit
    before = bits if first else bits >> np.uint64(shift + DIGIT)
    for prefix in counts:
        like = digits if first else digits[before == np.uint64(prefix)]
        counts[prefix][:] += np.bincount(like, minlength=COUNTERS)


def _next(prefix: int, within: int, counts: NDArray[np.int64]) -> tuple[int, int]:
    ends = np.cumsum(counts)
    digit = int(np.searchsorted(ends, within, side="right"))
    return (prefix << DIGIT) | digit, within - int(ends[digit] - counts[digit])


def _value(bits: int) -> float:
    whole = np.uint64(bits)
    return float(np.array([whole ^ _SIGN if whole & _SIGN else ~whole]).view(np.float64)[0])


def _between(values: Mapping[int, float], at: float, examples: int) -> float:
    below = min(floor(at), examples - 1)
    ends = [values[below], values[min(below + 1, examples - 1)]]
    return float(np.quantile(ends, at - below)) if at > below else ends[0]
