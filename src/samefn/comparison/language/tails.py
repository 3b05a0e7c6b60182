"""Fill in the small probabilities that files of log-probabilities cut off, so that the cut makes no difference.

Of a small probability a file has only an upper bound; the sum of these is one minus the others. Where one token has
most of the probability, this rest is smaller than the rounding of the others. Filled in from each file alone, it would
be thousandths in one and nothing in the other, and the divergence would be that of the rounding. So both files are
filled in together, as alike as they allow: a lower bound of the difference of the models in their tails.
"""

import numpy as np
from numpy.typing import NDArray

from samefn.measures.pairs import Floats
from samefn.runtimes.language.model import ScoredWindow

# Rows filled in at a time, in float64.
ROWS_AT_ONCE = 8
# A file stores the scale and the least log-probability in float32, numbers of up to 40 that are 2^-18 apart. Their
# rounding moves the largest log-probability by at most this much.
FLOAT32_ROUNDING = 2.0**-17


def with_common_tails(base: ScoredWindow, other: ScoredWindow) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both tables of log-probabilities [scored, vocabulary] without gaps; each row sums to one.

    A token that one side cuts off gets its value of the other side, but at most its bound. Tokens that both sides cut
    off share the rest evenly, the mean of both rests. Then the cut-off tokens of each side are moved together, only as
    far as brings their sum to the rest of that side, within its rounding.

    Args:
        base: scores of a window by the base.
        other: scores of the same window by another model.
    """
    if base.cut_off is None and other.cut_off is None:
        return base.log_probs, other.log_probs
    tables = np.empty_like(base.log_probs), np.empty_like(other.log_probs)
    for start in range(0, len(base.log_probs), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        sides = _Side(base, rows), _Side(other, rows)
        common = _common(*sides)
        for table, side in zip(tables, sides, strict=True):
            table[rows] = side.filled(common)
    return tables


class _Side:
    """Some rows of one model.

    Attributes:
        log_probs: as in the file, with the bound where a token is cut off, [rows, vocabulary].
        cut_off: where tokens are cut off, [rows, vocabulary].
        rest: one minus the probabilities that are not cut off, [rows, 1]; rounding can make it negative.
        rounding: the most by which rounding may have moved the rest, [rows, 1].
    """

    def __init__(self, scored: ScoredWindow, rows: slice) -> None:
        self.log_probs = scored.log_probs[rows].astype(np.float64)
        nowhere = np.zeros(self.log_probs.shape, dtype=np.bool_)
        self.cut_off: NDArray[np.bool_] = nowhere if scored.cut_off is None else scored.cut_off[rows]
        half_steps = np.zeros(len(nowhere)) if scored.rounding is None else scored.rounding[rows]
        probs = np.where(self.cut_off, 0.0, np.exp(self.log_probs))
        self.rest = 1 - probs.sum(axis=1, keepdims=True)
        # The largest is stored exactly: rounding to a step does not move it.
        self.rounding = (1 - self.rest - probs.max(axis=1, keepdims=True)) * half_steps[:, None] + FLOAT32_ROUNDING

    def sum_of_cut_off(self, probs: Floats) -> Floats:
        """Sum of the probabilities of the tokens that are cut off, [rows, 1]."""
        return np.asarray(np.where(self.cut_off, probs, 0.0).sum(axis=1, keepdims=True))

    def filled(self, common: Floats) -> Floats:
        """The rows, with the common values in place of what is cut off."""
        total = self.sum_of_cut_off(np.exp(common))
        wanted = np.clip(total, np.maximum(self.rest - self.rounding, 0), np.maximum(self.rest, 0) + self.rounding)
        move = np.log(np.divide(wanted, total, out=np.ones_like(total), where=total > 0))
        rows = np.where(self.cut_off, np.minimum(self.log_probs, common + move), self.log_probs)
        return np.asarray(rows - np.log(np.exp(rows).sum(axis=1, keepdims=True)))


def _common(base: _Side, other: _Side) -> Floats:
    """The values for cut-off tokens: the smaller of both sides, an even share where both are cut off."""
    least = np.minimum(base.log_probs, other.log_probs)
    both = base.cut_off & other.cut_off
    alone = np.where(both, 0.0, np.exp(least))
    rest = (base.rest - base.sum_of_cut_off(alone) + other.rest - other.sum_of_cut_off(alone)) / 2
    share = np.maximum(rest, np.minimum(base.rounding, other.rounding)) / np.maximum(both.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.where(both, np.minimum(least, np.log(share)), least))
