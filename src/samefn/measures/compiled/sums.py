"""Every sum over classes that the measures need, in one compiled loop: two exponentials and one logarithm a class.

The measures are defined in `distances`, `divergences` and `calibration`; here all of them come
from a = |ln(q/p)| of each class, the exponential e^-a and the larger of the two probabilities. Series are Taylor's, cut
where the next term is below the rounding of float64, so that the loop runs without branches on several classes at once.
"""

import numpy as np
from numpy.typing import NDArray

from samefn.measures.compiled.numba_cache import cached_njit, inline_njit, sum_njit
from samefn.measures.pairs import Floats, Ints
from samefn.predictions.predictions import SUM_TOLERANCE

SUM_FIGURES = 8  # how many figures `sums` gives for an example

# ln 2 in two parts: the first has so few digits that its small multiples are exact.
LN2, LN2_HIGH, LN2_LOW = 0.6931471805599453, 6.93147180369123816490e-01, 1.90821492927058770002e-10
LOG2_E = 1.4426950408889634
TO_WHOLE = 6755399441055744.0  # 1.5 · 2^52: what is added to it is rounded to a whole number, in its last bits
ONE_BITS = 1023 << 52  # the bits of 1.0; the exponent stands from the 52nd bit on
MIN_EXPONENT = -708.0  # e to this is the least that float64 holds with all its digits; less counts as 0
SQRT_2_LESS_1 = 0.41421356237309503
SERIES_BELOW = 0.25  # below this ln(q/p) the terms of divergences come from series

Terms = tuple[float, float, float, float, float, float]


@cached_njit
def sums(log_p: NDArray[np.float32], log_q: NDArray[np.float32], labels: Ints, into: Floats, start: int) -> int:
    """Every sum over classes, for each example.

    Args:
        log_p: log-probabilities of the base, [examples, classes], contiguous.
        log_q: the same of the candidate.
        labels: the true classes, [examples], or -1 for none.
        into: [SUM_FIGURES, examples]; receives activation distance, total variation, cosine similarity, both
            Kullback-Leibler divergences, Jensen-Shannon divergence, and the Brier scores of base and candidate
            (without labels the sum of squares).
        start: where in `into` the first example stands.

    Returns:
        How many entries are NaN or above 0.
    """
    wrong = 0
    for i in range(log_p.shape[0]):
        wrong += _row(log_p[i], log_q[i], labels[i], into[:, start + i])
    return wrong


@sum_njit
def _row(log_p: NDArray[np.float32], log_q: NDArray[np.float32], label: int, into: Floats) -> int:
    pp = qq = pq = gaps = squares = forth = back = js = brier_p = brier_q = 0.0
    wrong = 0
    for j in range(log_p.size):
        wrong += 0 if (log_p[j] <= SUM_TOLERANCE) & (log_q[j] <= SUM_TOLERANCE) else 1  # NaN is neither
        p, q, gap, kl_pq, kl_qp, js_term = _terms(np.float64(log_p[j]), np.float64(log_q[j]))
        truth = 1.0 if j == label else 0.0
        pp += p * p
        qq += q * q
        pq += p * q
        gaps += gap
        squares += gap * gap
        forth += kl_pq
        back += kl_qp
        js += js_term
        brier_p += (p - truth) * (p - truth)
        brier_q += (q - truth) * (q - truth)
    into[0] = min(np.sqrt(squares), np.sqrt(2.0))
    into[1] = min(gaps / 2, 1.0)
    into[2] = min(pq / np.sqrt(pp * qq), 1.0)
    into[3], into[4] = forth, back
    into[5] = min(js / 2, LN2)
    into[6], into[7] = min(brier_p, 2.0), min(brier_q, 2.0)
    return wrong


@inline_njit
def _terms(log_p: float, log_q: float) -> Terms:
    """p, q, |p - q|, the class's terms of KL(p, q) and KL(q, p), and twice that of the Jensen-Shannon divergence."""
    a = abs(log_q - log_p)
    a = a if a >= 0 else 0.0  # NaN where both are zero: nobody's class adds nothing
    top = log_p if log_p > log_q else log_q
    scale, r = _split(top if top > MIN_EXPONENT else MIN_EXPONENT)
    larger = scale + scale * (r + r * r * _remainder(r))
    larger = larger if top > MIN_EXPONENT else 0.0
    # All of e^-a, e^-a - 1 and e^-a - 1 + a with their digits: below half of ln 2 the scale is 1, and 1 cancels out.
    bounded = a if a < -MIN_EXPONENT else -MIN_EXPONENT
    scale, r = _split(-bounded)
    square = r * r * _remainder(r)
    ratio = scale + scale * (r + square) if a < -MIN_EXPONENT else 0.0
    less_1 = scale * (r + square) + (scale - 1)
    less_line = scale * square + (scale * (r + 1) - 1 + bounded)
    # With M the larger probability, m = M e^-a: M ln(M/m) - M + m, and m ln(m/M) - m + M.
    of_larger = larger * (less_line + (a - bounded)) if a < np.inf else np.inf
    left = -(bounded * less_1 + less_line)
    of_smaller = larger * ((left if left > 0 else 0.0) if a < -MIN_EXPONENT else 1.0)
    js = larger * _jensen_shannon(bounded, ratio, less_1)
    smaller, gap = larger * ratio, -larger * less_1
    if log_q > log_p:
        return smaller, larger, gap, of_smaller, of_larger, js
    return larger, smaller, gap, of_larger, of_smaller, js


@inline_njit
def _jensen_shannon(a: float, ratio: float, less_1: float) -> float:
    """ln(1/x) + e^-a ln(e^-a/x) with x = (1 + e^-a) / 2, for a class whose larger probability is 1."""
    near, low = a < SERIES_BELOW, ratio < SQRT_2_LESS_1
    # One division for three: tanh(a/2), or what the logarithm's series takes, of x or of 2x, whichever is nearer to 1.
    above = -less_1 if near else (ratio if low else less_1)
    below = 1 + ratio if near else (2 + ratio if low else 3 + ratio)
    v = above / below
    z = v * v
    # Near: (1 + v) ln(1 + v) + (1 - v) ln(1 - v) = Σ v^2n / (n (2n - 1)).
    f = 1 / 120
    for_near = z * (1 + z * (1 / 6 + z * (1 / 15 + z * (1 / 28 + z * (1 / 45 + z * (1 / 66 + z * (1 / 91 + z * f)))))))
    # Else: ln((1 + v) / (1 - v)) = 2 Σ v^(2n + 1) / (2n + 1).
    g = 1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z / 21)))
    logarithm = 2 * v * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * g))))))
    away = (1 + ratio) * ((LN2 if low else 0.0) - logarithm) - a * ratio
    return (1 + ratio) * 0.5 * for_near if near else away


@inline_njit
def _split(x: float) -> tuple[float, float]:
    """2^k and r with x = k ln 2 + r, k whole and |r| at most half of ln 2; k above -1023."""
    k = x * LOG2_E + TO_WHOLE
    scale = np.int64((np.float64(k).view(np.int64) << 52) + ONE_BITS).view(np.float64)
    k -= TO_WHOLE
    return scale, (x - k * LN2_HIGH) - k * LN2_LOW


@inline_njit
def _remainder(r: float) -> float:
    """(e^r - 1 - r) / r², |r| at most half of ln 2."""
    f = 1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r / 6227020800)))
    return 1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * f))))))
