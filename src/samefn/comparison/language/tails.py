"""What files of log-probabilities cut off, filled in beside the other model, so that the cut makes no difference.

A file tells of small probabilities no more than an upper bound, and of their sum what the others leave of one. Where
one token has most of the probability, what is left is smaller than the rounding of the others: read from each file by
itself, it is thousandths in one and nothing in the other, and the divergence is that of the rounding. So both are
filled in together, and as alike as both files allow: a lower bound of what the models differ by in their tails.
"""

import numpy as np
from numpy.typing import NDArray

from samefn.runtimes.language.model import ScoredWindow

Floats = NDArray[np.float64]
ROWS = 8  # filled in at a time, in float64
# Scale and least log-probability are float32 numbers of up to 40, spaced by up to 2^-18: so far they move the largest
# log-probability, which is written as the last step.
FLOAT32 = 2.0**-17


def with_common_tails(base: ScoredWindow, other: ScoredWindow) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both tables of log-probabilities [scored, vocabulary], with what is cut off filled in; each row sums to one.

    A token that one side cuts off gets what the other side gives it, but no more than its bound. Tokens that both cut
    off share evenly what the others leave, in the mean of both. Then each side's cut-off tokens are moved together, no
    more than brings their sum to what the side leaves, give or take its rounding.

    Args:
        base: what the base says of the scored tokens of a window.
        other: what another model says of the same.
    """
    if base.cut_off is None and other.cut_off is None:
        return base.log_probs, other.log_probs
    found = np.empty_like(base.log_probs), np.empty_like(other.log_probs)
    for start in range(0, len(base.log_probs), ROWS):
        rows = slice(start, start + ROWS)
        sides = _Side(base, rows), _Side(other, rows)
        common = _common(*sides)
        for table, side in zip(found, sides, strict=True):
            table[rows] = side.filled(common)
    return found


class _Side:
    """Some rows of one model.

    Attributes:
        log_probs: as written: the bound where a token is cut off, [rows, vocabulary].
        cut_off: where.
        left: what the tokens that are not cut off leave of the probability, [rows, 1]; by rounding also below 0.
        doubt: the most by which rounding may have moved that, [rows, 1].
    """

    def __init__(self, scored: ScoredWindow, rows: slice) -> None:
        self.log_probs = scored.log_probs[rows].astype(np.float64)
        computed = np.zeros(self.log_probs.shape, dtype=np.bool_)
        self.cut_off: NDArray[np.bool_] = computed if scored.cut_off is None else scored.cut_off[rows]
        half_steps = np.zeros(len(computed)) if scored.rounding is None else scored.rounding[rows]
        kept = np.where(self.cut_off, 0.0, np.exp(self.log_probs))
        self.left = 1 - kept.sum(axis=1, keepdims=True)
        # The largest is the last step: no step's rounding moves it.
        self.doubt = (1 - self.left - kept.max(axis=1, keepdims=True)) * half_steps[:, None] + FLOAT32

    def sum_of_cut_off(self, probs: Floats) -> Floats:
        """Sum of the probabilities of the tokens that are cut off, [rows, 1]."""
        return np.asarray(np.where(self.cut_off, probs, 0.0).sum(axis=1, keepdims=True))

    def filled(self, common: Floats) -> Floats:
        """The rows, with what is common in place of what is cut off."""
        found = self.sum_of_cut_off(np.exp(common))
        wanted = np.clip(found, np.maximum(self.left - self.doubt, 0), np.maximum(self.left, 0) + self.doubt)
        move = np.log(np.divide(wanted, found, out=np.ones_like(found), where=found > 0))
        rows = np.where(self.cut_off, np.minimum(self.log_probs, common + move), self.log_probs)
        return np.asarray(rows - np.log(np.exp(rows).sum(axis=1, keepdims=True)))


def _common(one: _Side, other: _Side) -> Floats:
    """What tokens that are cut off get where the files allow it: the smaller of both, evenly where both are cut off."""
    least = np.minimum(one.log_probs, other.log_probs)
    both = one.cut_off & other.cut_off
    alone = np.where(both, 0.0, np.exp(least))
    left = (one.left - one.sum_of_cut_off(alone) + other.left - other.sum_of_cut_off(alone)) / 2
    share = np.maximum(left, np.minimum(one.doubt, other.doubt)) / np.maximum(both.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.where(both, np.minimum(least, np.log(share)), least))
