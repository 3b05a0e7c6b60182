"""The measures of the order of classes, in one compiled loop.

They are defined in `ranks`, `kendall` and `disagreement`. Few classes are compared each with each, for many examples at
once, so that the loop has no branch. Many classes are sorted by the base and then, in that order, by the candidate:
pairs in opposite orders are those whose places in the base's order fall.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from samefn.measures.compiled.numba_cache import cached_njit, inline_njit, shared_njit
from samefn.measures.pairs import Floats, Ints
from samefn.measures.ranks import TOP

RANK_FIGURES = 3  # how many figures `orders` gives for an example

UInt64: TypeAlias = np.uint64
UInt64s = NDArray[np.uint64]
Float32s = NDArray[np.float32]
Int32s = NDArray[np.int32]
UInt16s = NDArray[np.uint16]

MAX_PAIRWISE = 48  # up to so many classes are compared each with each
LANES = np.uint64(32)  # examples in one loop there
ONE_OF_Q = np.int32(1 << 16)  # two counts in one number: the base's in the lower half, the candidate's in the upper
LOW_HALF = np.uint64(0xFFFFFFFF)
DIGIT_BITS = 11  # bits of the widest digit
SPREAD = np.uint64(64)  # places a group; groups a block
# For each group of a block and each other one, whether that is below it.
GROUP_IS_BELOW = (np.arange(SPREAD)[None, :] < np.arange(SPREAD)[:, None]).astype(np.uint16).ravel()


@cached_njit
def orders(log_p: Float32s, log_q: Float32s, tops: Ints, into: Floats, start: int) -> None:
    """The top classes, and how the orders of the classes compare, for each example.

    Args:
        log_p: log-probabilities of the base, [examples, classes], contiguous, without NaN.
        log_q: the same of the candidate.
        tops: [2, examples]; receives the top classes of base and candidate.
        into: [RANK_FIGURES, examples]; receives rank disagreement, top-k overlap and Kendall's tau.
        start: where in `tops` and `into` the first example stands.
    """
    end = start + log_p.shape[0]
    their_tops, theirs = tops[:, start:end], into[:, start:end]
    if log_p.shape[1] <= MAX_PAIRWISE:
        _each_with_each(log_p, log_q, their_tops, theirs)
    else:
        _by_sorting(log_p, log_q, their_tops, theirs)


@inline_njit
def _tau(classes: int, difference: int, ties_p: int, ties_q: int) -> float:
    """Tau-b from the pairs in the same order less those in opposite ones, and the pairs that tie."""
    pairs = classes * (classes - 1) // 2
    norm = np.sqrt(np.float64(pairs - ties_p) * np.float64(pairs - ties_q))
    if norm > 0:
        return float(difference / norm)
    return 1.0 if ties_p == ties_q else 0.0


@shared_njit
def _each_with_each(log_p: Float32s, log_q: Float32s, tops: Ints, into: Floats) -> None:
    examples, classes = log_p.shape
    k, lanes = min(TOP, classes - 1), np.int64(LANES)
    p, q, places = (
        np.zeros(classes * lanes, np.float32),
        np.zeros(classes * lanes, np.float32),
        np.empty(classes * lanes, np.int32),
    )
    ties, differences = np.empty(lanes, np.int32), np.empty(lanes, np.int32)
    for first in range(0, examples, lanes):
        together = min(lanes, examples - first)  # lanes beyond hold other examples, or zeros, for nobody
        for i in range(together):
            for j in range(classes):
                p[j * lanes + i], q[j * lanes + i] = log_p[first + i, j], log_q[first + i, j]
        ties[:], differences[:] = 0, 0
        for j in range(classes):
            places[j * lanes : (j + 1) * lanes] = (classes - 1 - j) * (1 + ONE_OF_Q)  # as if behind all later classes
            for other in range(j):
                _compare(p, q, np.uint64(other), np.uint64(j), places, ties, differences)
        for i in range(together):
            moved = shared = 0
            for j in range(classes):
                place_p, place_q = places[j * lanes + i] % ONE_OF_Q, places[j * lanes + i] // ONE_OF_Q
                moved += place_p != place_q
                shared += (place_p < k) & (place_q < k)
                if place_p == 0:
                    tops[0, first + i] = j
                if place_q == 0:
                    tops[1, first + i] = j
            into[0, first + i] = moved / classes
            into[1, first + i] = shared / k if k > 0 else 1.0
            into[2, first + i] = _tau(classes, differences[i], ties[i] % ONE_OF_Q, ties[i] // ONE_OF_Q)


@inline_njit
def _compare(
    p: Float32s, q: Float32s, low: UInt64, high: UInt64, places: Int32s, ties: Int32s, differences: Int32s
) -> None:
    """One pair of classes in all examples: which comes first, and whether both models agree."""
    low, high = low * LANES, high * LANES  # unsigned: an index that might count from the end hinders the compiler
    none, one = np.int32(0), np.int32(1)
    for i in range(LANES):
        in_p, in_q = p[low + i] >= p[high + i], q[low + i] >= q[high + i]
        tie_p, tie_q = p[low + i] == p[high + i], q[low + i] == q[high + i]
        before = (one if in_p else none) | (ONE_OF_Q if in_q else none)
        places[high + i] += before
        places[low + i] -= before
        ties[i] += (one if tie_p else none) | (ONE_OF_Q if tie_q else none)
        differences[i] += none if tie_p | tie_q else (-one if in_p ^ in_q else one)


@shared_njit
def _by_sorting(log_p: Float32s, log_q: Float32s, tops: Ints, into: Floats) -> None:
    examples, classes = log_p.shape
    p, q, spare = np.empty(classes, np.uint64), np.empty(classes, np.uint64), np.empty(classes, np.uint64)
    starts, found, keys = np.empty(2 << DIGIT_BITS, np.int32), np.empty(classes, np.int32), np.empty(classes, np.uint32)
    words = (np.uint64(classes) + SPREAD - np.uint64(1)) // SPREAD
    blocks = (words + SPREAD - np.uint64(1)) // SPREAD
    taken, in_block, in_row = (
        np.empty(words, np.uint64),
        np.empty(blocks * SPREAD, np.uint16),
        np.empty(blocks, np.int32),
    )
    k, pairs = min(TOP, classes - 1), classes * (classes - 1) // 2
    for i in range(examples):
        for j in range(np.uint64(classes)):
            keys[j] = _key(log_q[i, j])
            p[j] = np.uint64(_key(log_p[i, j])) << np.uint64(32) | j
        _sort(p, spare, starts)
        # The classes by p, those that tie there by q, and then by index: their places are what is sorted by q.
        for j in range(np.uint64(classes)):
            q[j] = np.uint64(keys[p[j] & LOW_HALF]) << np.uint64(32) | p[j] & LOW_HALF
        ties_p, ties_both = _sort_runs(p, q, spare, starts)
        for j in range(np.uint64(classes)):
            found[j] = np.int32(q[j] & LOW_HALF)
            q[j] = q[j] & ~LOW_HALF | j
        _sort(q, spare, starts)
        opposite = _falling_pairs(q, taken, in_block, in_row)
        for j in range(np.uint64(classes)):
            q[j] = q[j] & ~LOW_HALF | np.uint64(found[q[j] & LOW_HALF])
        ties_q, _ = _sort_runs(q, q, spare, starts)
        moved = shared = 0
        for j in range(np.uint64(classes)):
            moved += p[j] & LOW_HALF != q[j] & LOW_HALF
        for j in range(k):
            for other in range(k):
                shared += p[j] & LOW_HALF == q[other] & LOW_HALF
        tops[0, i], tops[1, i] = np.int64(p[0] & LOW_HALF), np.int64(q[0] & LOW_HALF)
        into[0, i], into[1, i] = moved / classes, shared / k
        into[2, i] = _tau(classes, pairs - ties_p - ties_q + ties_both - 2 * opposite, ties_p, ties_q)


@inline_njit
def _key(value: np.float32) -> np.uint32:
    """A whole number that falls where the value rises, equal for both zeros."""
    # Of non-negative numbers the bits are in order; of negative ones in reverse. 0 - x makes 0 of both zeros.
    bits = np.float32(np.float32(0) - value).view(np.uint32)
    return np.uint32(~bits) if bits >= np.uint32(0x80000000) else np.uint32(bits | np.uint32(0x80000000))


@shared_njit
def _sort(words: UInt64s, spare: UInt64s, starts: Int32s) -> None:
    """In place: by the two highest digits of the numbers above the least; what little is left, by insertion."""
    count, lowest, highest, rising = np.uint64(words.size), words[0], words[0], 0
    for j in range(np.uint64(1), count):
        lowest, highest = min(lowest, words[j]), max(highest, words[j])
        rising += words[j - np.uint64(1)] < words[j]
    if rising == words.size - 1:
        return
    digit = max(4, min(DIGIT_BITS, _bits(count) - 1))  # a digit of more values than numbers costs more than it sorts
    bits = _bits(highest - lowest)
    _by_digits(words, spare, starts, lowest, max(0, bits - 2 * digit), digit)
    if not _inserted(words):  # they share their high digits
        for at in range(0, bits, 2 * DIGIT_BITS):
            _by_digits(words, spare, starts, lowest, at, DIGIT_BITS)


@inline_njit
def _bits(number: UInt64) -> int:
    bits = 0
    while number >> np.uint64(bits):
        bits += 1
    return bits


@inline_njit
def _by_digits(words: UInt64s, spare: UInt64s, starts: Int32s, lowest: UInt64, at: int, digit: int) -> None:
    """Sort by two digits, the bits from `at` on; words that are equal there stay in their order."""
    first, second, values = np.uint64(at), np.uint64(at + digit), np.uint64(1 << digit)
    mask, count = values - np.uint64(1), np.uint64(words.size)
    starts[: 2 << digit] = 0
    for j in range(count):
        starts[(words[j] - lowest) >> first & mask] += np.int32(1)
        starts[values + ((words[j] - lowest) >> second & mask)] += np.int32(1)
    before = other = np.int32(0)
    for value in range(values):
        before, starts[value] = np.int32(before + starts[value]), before
        other, starts[values + value] = np.int32(other + starts[values + value]), other
    for j in range(count):
        value = (words[j] - lowest) >> first & mask
        spare[np.uint64(starts[value])] = words[j]
        starts[value] += np.int32(1)
    for j in range(count):
        value = values + ((spare[j] - lowest) >> second & mask)
        words[np.uint64(starts[value])] = spare[j]
        starts[value] += np.int32(1)


@inline_njit
def _inserted(words: UInt64s) -> bool:
    """Sort by insertion, and say whether that was done: not where it takes many steps."""
    left, highest = np.int64(4 * words.size), words[0]
    for j in range(1, words.size):
        word, at = words[np.uint64(j)], np.uint64(j)
        if word > highest:
            highest = word
            continue
        while at > np.uint64(0) and words[at - np.uint64(1)] > word:
            words[at] = words[at - np.uint64(1)]
            at -= np.uint64(1)
        words[at] = word
        left -= j - np.int64(at)
        if left < 0:
            return False
    return True


@inline_njit
def _sort_runs(by: UInt64s, words: UInt64s, spare: UInt64s, starts: Int32s) -> tuple[int, int]:
    """Sort the words wherever the keys of `by` are equal; how many pairs of those are, and also of the words' own."""
    ties = ties_both = start = equal = 0
    for j in range(np.uint64(1), np.uint64(by.size)):
        equal += by[j] >> np.uint64(32) == by[j - np.uint64(1)] >> np.uint64(32)
    if equal == 0:
        return 0, 0
    for end in range(1, by.size + 1):
        if end < by.size and by[end] >> np.uint64(32) == by[start] >> np.uint64(32):
            continue
        if end - start > 1:
            ties += (end - start) * (end - start - 1) // 2
            _sort(words[start:end], spare[start:end], starts)
            equal = 0
            for j in range(start + 1, end):
                equal = equal + 1 if words[j] >> np.uint64(32) == words[j - 1] >> np.uint64(32) else 0
                ties_both += equal
        start = end
    return ties, ties_both


@inline_njit
def _falling_pairs(words: UInt64s, taken: UInt64s, in_block: UInt16s, in_row: Int32s) -> np.int64:
    """How many pairs of places, the words' lower halves, stand in falling order.

    The places taken so far are marked in bits; for each group of them those taken above it in its block are counted,
    and for each block those above it.
    """
    taken[:], in_block[:], in_row[:] = 0, 0, 0
    opposite = np.uint64(0)
    for j in range(np.uint64(words.size)):
        at = words[j] & LOW_HALF
        group, bit, block = at // SPREAD, at % SPREAD, at // (SPREAD * SPREAD)
        opposite += _ones(taken[group] >> bit) + np.uint64(in_block[group]) + np.uint64(in_row[block])
        taken[group] |= np.uint64(1) << bit
        first, below = block * SPREAD, group % SPREAD * SPREAD
        for other in range(SPREAD):
            in_block[first + other] += GROUP_IS_BELOW[below + other]
        for other in range(block):
            in_row[other] += np.int32(1)
    return np.int64(opposite)


@inline_njit
def _ones(bits: UInt64) -> UInt64:
    """How many bits are set; the compiler knows this form and has one instruction for it."""
    bits -= bits >> np.uint64(1) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + (bits >> np.uint64(2) & np.uint64(0x3333333333333333))
    bits = bits + (bits >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return bits * np.uint64(0x0101010101010101) >> np.uint64(56)
