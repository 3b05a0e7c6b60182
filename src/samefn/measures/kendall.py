"""Kendall's tau: how many pairs of classes do both models put in the same order?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.measures.pairs import Floats, Ints, as_pair

RANKED_CELLS = 2**18  # how many probabilities are ranked at once; they fit into the processor's cache


def kendall_tau(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Kendall's rank correlation of the classes' probabilities, tau-b.

    (C - D) / √((n - t_p)(n - t_q)) with C the pairs of classes that both put in the same order, D those in
    opposite orders, n all K(K - 1)/2, t_p and t_q those that tie in p and in q. Takes K log K steps an example.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        -1 (opposite orders) to 1 (the same order, ties included), [examples]. If all classes of a row tie, tau-b is
        not defined; here it is 1 if all tie in both, and 0 if in one.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Kendall 1945, The treatment of ties in ranking problems; Knight 1966 for the way to count.

    >>> kendall_tau(np.log([[0.5, 0.3, 0.2]]), np.log([[0.5, 0.2, 0.3]])).round(6)
    array([0.333333])
    """
    p, q = as_pair(log_p, log_q)
    taus = np.empty(len(p))
    chunk = max(1, RANKED_CELLS // max(1, p.shape[1]))
    for start in range(0, len(p), chunk):
        part = slice(start, start + chunk)
        taus[part] = _taus(p[part], q[part])
    return taus


def _taus(p: Floats, q: Floats) -> Floats:
    classes = p.shape[1]
    order, ranks_p = _ranked(p)
    order_q, ranks_q = _ranked(q)
    of_class = np.empty_like(ranks_q)
    np.put_along_axis(of_class, order_q, ranks_q, axis=1)
    # The classes by p, those that tie there by q: then each inversion of q is a pair in opposite orders.
    both = np.sort(ranks_p * classes + np.take_along_axis(of_class, order, axis=1), axis=1)
    # Classes that tie in q are numbered as they come: no inversion among them.
    permutation = np.sort(both % classes * classes + np.arange(classes), axis=1) % classes
    opposite = _inversions(permutation)
    pairs = classes * (classes - 1) // 2
    ties_p, ties_q, ties_both = (_tied_pairs(ranks) for ranks in (ranks_p, ranks_q, _first_of_run(both)))
    difference = pairs - ties_p - ties_q + ties_both - 2 * opposite
    # One root of the product, not a product of roots: of x·x it is exactly x, so equal rows give exactly 1.
    norm = np.sqrt((pairs - ties_p).astype(np.float64) * (pairs - ties_q))
    all_tied = np.where((ties_p == pairs) & (ties_q == pairs), 1.0, 0.0)
    return np.asarray(np.divide(difference, norm, out=all_tied, where=norm > 0))


def _ranked(values: Floats) -> tuple[Ints, Ints]:
    """The classes in the order of their values, and the rank of each: how many lie below it."""
    order = np.argsort(values, axis=1)
    return order, _first_of_run(np.take_along_axis(values, order, axis=1))


def _first_of_run(ordered: NDArray[np.generic]) -> Ints:
    """For each place in ordered rows the first place that holds an equal value."""
    places = np.zeros(ordered.shape, dtype=np.int64)
    places[:, 1:] = np.where(ordered[:, 1:] != ordered[:, :-1], np.arange(1, ordered.shape[1]), 0)
    return np.asarray(np.maximum.accumulate(places, axis=1))


def _tied_pairs(first_of_run: Ints) -> Ints:
    """How many pairs are equal: each place ties with those before it in its run."""
    return np.asarray((np.arange(first_of_run.shape[1]) - first_of_run).sum(axis=1))


def _inversions(permutations: Ints) -> Ints:
    """How many pairs of each row's permutation of 0, 1, ... stand in falling order.

    Knight's merge sort, all rows at once. Rows are filled up to a power of two with larger numbers at the end, which
    add none.
    """
    examples, length = permutations.shape
    size = 1 << max(0, length - 1).bit_length()
    keys = np.tile(np.arange(size, dtype=np.int32) * 2, (examples, 1))  # twice the number: the last bit is a mark
    keys[:, :length] = permutations * 2
    inversions = np.zeros(examples, dtype=np.int64)
    half = 1
    while half < size:
        keys.reshape(examples, -1, 2, half)[:, :, 1] |= 1  # marks those on the right of each pair of sorted runs
        merged = np.sort(keys.reshape(examples, -1, 2 * half), axis=2)
        right = merged & 1
        # A number of the right stands after those before it on the right and after the smaller ones of the left;
        # of all half · half pairs the others are inversions.
        places = (right * np.arange(2 * half, dtype=np.int32)).sum(axis=(1, 2), dtype=np.int64)
        inversions += merged.shape[1] * (half * half + half * (half - 1) // 2) - places
        keys = (merged - right).reshape(examples, size)
        half *= 2
    return inversions
