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
        top = base_top[i]
        first, second, base_margin, margin = np.inf, np.inf, np.inf, np.inf
        for j in range(log_p.shape[1]):
            if j == top:
                continue
            before = np.float64(log_p[i, top]) - np.float64(log_p[i, j])
            same = log_q[i, top] == log_q[i, j]  # also where both are minus infinity
            after = 0.0 if same else np.float64(log_q[i, top]) - np.float64(log_q[i, j])
            at = np.inf  # how much of the change the class needs to overtake
            if after < before:
                # What is infinitely far overtakes half-way, if at all.
                at = before / (before - after) if before < np.inf else (0.5 if after < 0 else np.inf)
            if at < first or (first == np.inf and at == np.inf and before < second):
                first, second, base_margin, margin = at, before, before, after
        into[0, i], into[1, i] = base_margin, margin
