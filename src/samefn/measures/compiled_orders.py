"""What the two orders of the classes tell, in one compiled loop: each row is sorted once for all of it.

What is computed is defined in `ranks`, `kendall` and `disagreement`; here the classes are sorted by the bits of their
float32 log-probabilities, and pairs in opposite orders are counted while the classes are taken in the base's order.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from samefn.measures.compiled import kept, part
from samefn.measures.pairs import Floats, Ints
from samefn.measures.ranks import TOP

VALUES = 3  # how many figures a row of `orders` holds

Word: TypeAlias = np.uint64
Words = NDArray[np.uint64]
Counts = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Halves = NDArray[np.uint16]

FEW = 32  # so many classes are sorted by insertion
SPREAD = np.uint64(64)  # places a group; groups a block
# For each place and each other one, whether that is below it.
BELOW = (np.arange(SPREAD)[None, :] < np.arange(SPREAD)[:, None]).astype(np.uint8).ravel()


@kept
def orders(log_p: NDArray[np.float32], log_q: NDArray[np.float32], tops: Ints, into: Floats) -> None:
    """The top classes, and how the orders of the classes compare, for each example.

    Args:
        log_p: log-probabilities of the base, [examples, classes], contiguous, without NaN.
        log_q: the same of the candidate.
        tops: [examples, 2]; receives the top classes of base and candidate.
        into: [examples, VALUES]; receives rank disagreement, top-k overlap and Kendall's tau.
    """
    classes = log_p.shape[1]
    by_p, by_q, spare_p, spare_q = (
        np.empty(classes, np.uint64),
        np.empty(classes, np.uint64),
        np.empty(classes, np.uint64),
        np.empty(classes, np.uint64),
    )
    starts = np.empty(1 << 11, np.int32)
    place, last, tied = np.empty(classes, np.int32), np.empty(classes, np.int32), np.zeros(classes, np.int32)
    groups = (np.uint64(classes) + SPREAD - np.uint64(1)) // SPREAD
    blocks = (groups + SPREAD - np.uint64(1)) // SPREAD
    in_group, in_block = np.empty(groups * SPREAD, np.uint8), np.empty(blocks * SPREAD, np.uint16)
    in_row = np.empty(blocks, np.int32)
    k = min(TOP, classes - 1)
    for i in range(log_p.shape[0]):
        p = _sorted(log_p[i], by_p, spare_p, starts)
        q = _sorted(log_q[i], by_q, spare_q, starts)
        tops[i, 0], tops[i, 1] = _class(p[0]), _class(q[0])
        moved = np.int64(0)
        for j in range(classes):
            moved += np.int64(_class(p[j]) != _class(q[j]))
        into[i, 0] = moved / classes
        shared = np.int64(0)
        for j in range(k):
            for other in range(k):
                shared += np.int64(_class(p[j]) == _class(q[other]))
        into[i, 1] = shared / k if k > 0 else 1.0
        ties_q = _places(q, place, last)
        in_group[:], in_block[:], in_row[:] = 0, 0, 0
        into[i, 2] = _tau(p, ties_q, place, last, tied, in_group, in_block, in_row)


@part
def _class(word: Word) -> np.int64:
    return np.int64(word & np.uint64(0xFFFFFFFF))


@part
def _key(word: Word) -> Word:
    return word >> np.uint64(32)


@part
def _sorted(values: NDArray[np.float32], words: Words, spare: Words, starts: Counts) -> Words:
    """The classes in falling order of their values, equal ones by index: words of a key and, below it, the class."""
    classes = values.size
    lowest, highest = np.uint64(0xFFFFFFFF), np.uint64(0)
    for j in range(classes):
        # Of non-negative numbers the bits are in order; of negative ones in reverse. 0 - x makes 0 of both zeros.
        bits = np.uint64(np.float32(np.float32(0) - values[j]).view(np.uint32))
        key = bits ^ np.uint64(0xFFFFFFFF) if bits >> np.uint64(31) else bits | np.uint64(0x80000000)
        lowest, highest = min(lowest, key), max(highest, key)
        words[j] = key << np.uint64(32) | np.uint64(j)
    if classes <= FEW:
        for j in range(1, classes):
            word, at = words[j], j
            while at > 0 and words[at - 1] > word:
                words[at] = words[at - 1]
                at -= 1
            words[at] = word
        return words
    return _by_digits(words, spare, starts, lowest, highest - lowest)


@part
def _by_digits(words: Words, spare: Words, starts: Counts, lowest: Word, span: Word) -> Words:
    """Sorted by the digits of the keys above the lowest, the last digit first; each pass keeps the order before it."""
    classes, length, bits = words.size, 0, 0
    while np.uint64(classes) >> np.uint64(length):
        length += 1
    while span >> np.uint64(bits):
        bits += 1
    passes = -(-bits // min(11, length))  # the more values a digit has, the fewer passes, and the more to count
    digit = -(-bits // max(1, passes))
    mask = np.uint64((1 << digit) - 1)
    less = lowest << np.uint64(32)
    for at in range(passes):
        shift = np.uint64(32 + at * digit)
        starts[: 1 << digit] = 0
        for j in range(classes):
            starts[np.int64((words[j] - less) >> shift & mask)] += 1
        before = np.int32(0)
        for value in range(1 << digit):
            before, starts[value] = np.int32(before + starts[value]), before
        for j in range(classes):
            of_word = np.int64((words[j] - less) >> shift & mask)
            spare[starts[of_word]] = words[j]
            starts[of_word] += 1
        words, spare = spare, words
    return words


@part
def _places(words: Words, place: Counts, last: Counts) -> int:
    """Each class's place in the order, the last place of those that tie with it; how many pairs tie."""
    ties, end = 0, words.size - 1
    for j in range(words.size - 1, -1, -1):
        if _key(words[j]) != _key(words[end]):
            end = j
        found = _class(words[j])
        place[found], last[found] = j, end
        ties += end - j
    return ties


@part
def _tau(
    words: Words,
    ties_q: int,
    place: Counts,
    last: Counts,
    tied: Counts,
    in_group: Bytes,
    in_block: Halves,
    in_row: Counts,
) -> float:
    """Tau-b: classes in the base's order, each against those before it that the candidate puts after it.

    The candidate's places taken so far are counted in three tables: for each place those taken above it in its group,
    for each group those above it in its block, for each block those above it.
    """
    classes = words.size
    opposite = np.int64(0)
    ties_p = ties_both = start = 0
    while start < classes:
        end = start + 1
        while end < classes and _key(words[end]) == _key(words[start]):
            end += 1
        ties_p += (end - start) * (end - start - 1) // 2
        for j in range(start, end):
            at = last[_class(words[j])]
            opposite += _taken_above(at, in_group, in_block, in_row)
            if end - start > 1:
                ties_both += tied[at]
                tied[at] += 1
        for j in range(start, end):
            found = _class(words[j])
            tied[last[found]] = 0
            _take(place[found], in_group, in_block, in_row)
        start = end
    pairs = classes * (classes - 1) // 2
    norm = np.sqrt(np.float64(pairs - ties_p) * np.float64(pairs - ties_q))
    if norm > 0:
        return float((pairs - ties_p - ties_q + ties_both - 2 * opposite) / norm)
    return 1.0 if ties_p == ties_q else 0.0


@part
def _taken_above(at: np.int32, in_group: Bytes, in_block: Halves, in_row: Counts) -> np.int64:
    group, block = np.uint64(at) // SPREAD, np.uint64(at) // (SPREAD * SPREAD)
    return np.int64(in_group[np.uint64(at)]) + np.int64(in_block[group]) + np.int64(in_row[block])


@part
def _take(at: np.int32, in_group: Bytes, in_block: Halves, in_row: Counts) -> None:
    # Unsigned, and tables without rows: an index that might count from the end, or two of them, keep the loops from
    # running on many places at once.
    group, block = np.uint64(at) // SPREAD, np.uint64(at) // (SPREAD * SPREAD)
    first, below = group * SPREAD, np.uint64(at) % SPREAD * SPREAD
    for other in range(SPREAD):
        in_group[first + other] += BELOW[below + other]
    if in_group.size > SPREAD:
        first, below = block * SPREAD, group % SPREAD * SPREAD
        for other in range(SPREAD):
            in_block[first + other] += BELOW[below + other]
        for other in range(block):
            in_row[other] += np.int32(1)
