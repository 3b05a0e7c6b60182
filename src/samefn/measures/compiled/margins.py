"""How far the base's choice is from being overtaken, and how far the candidate's figures are from it."""

import numpy as np
from numpy.typing import NDArray

from samefn.measures.compiled.numba_cache import cached_njit
from samefn.measures.pairs import Floats, Ints


@cached_njit
def margins(log_p: NDArray[np.float32], log_q: NDArray[np.float32], base_top: Ints, into: Floats) -> None:
    """The margin of the base's top class over its rival, in both models: differences of logits.

    The rival is the class that would be the first to overtake if the change from base to candidate were made step by
    step, and went on after it. If none would, it is the base's second class. So the candidate's margin is below 0 where
    its prediction has changed and not otherwise, but for ties.

    Args:
        log_p: log-probabilities of the base, [examples, classes], contiguous, without NaN.
        log_q: the same of the candidate.
        base_top: top classes of the base, [examples].
        into: [2, examples]; receives the base's margin, 0 and above, and the candidate's; both infinite where there is
            one class.
    """
    for i in range(log_p.shape[0]):
        top = np.uint64(base_top[i])
        base_highest, highest = np.float64(log_p[i, top]), np.float64(log_q[i, top])
        nearest, first, base_margin, margin = np.inf, np.inf, np.inf, np.inf
        for j in range(np.uint64(log_p.shape[1])):  # unsigned: no index counts from the end
            before = base_highest - np.float64(log_p[i, j])
            after = highest - np.float64(log_q[i, j])
            fall = before - after
            # The class overtakes after before / fall of the change; that is compared without a division.
            if fall > 0 and before < np.inf:
                if first == np.inf or before < first * fall:
                    first, base_margin, margin = before / fall, before, after
            elif j != top and first == np.inf and before < nearest:
                nearest, base_margin, margin = before, before, after
            elif before == np.inf and after < 0 and first >= 0.5:
                first, base_margin, margin = 0.5, before, after  # from infinitely far: half-way
        into[0, i], into[1, i] = base_margin, 0.0 if np.isnan(margin) else margin  # NaN: both are -inf there
