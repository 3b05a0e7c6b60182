"""How much information separates the two rows of probabilities, in nats.

Every sum here has only terms of 0 or more, each computed to nearly full precision however near q is to p,
so a divergence is never negative and never noise. Log-probabilities are used as they come: a probability too
small for float64 still counts with its logarithm.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from samefn.measures.pairs import Floats, as_pair, log_ratio

LN2 = float(np.log(2))


def kl_divergence(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Kullback-Leibler divergence of the candidate from the base, Σ p ln(p / q).

    Computed as Σ (p ln(p / q) - p + q): the same where rows sum to one, and where rounding leaves a sum a
    little off it stays 0 or more.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        Nats, 0 (the same) to infinity (the candidate excludes a class that the base does not), [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Kullback and Leibler 1951; Stanton et al. 2021.

    >>> kl_divergence(np.log([[0.75, 0.25]]), np.log([[0.5, 0.5]])).round(6)
    array([0.130812])
    """
    return _kullback_leibler(*as_pair(log_p, log_q))


def kl_divergence_reverse(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Kullback-Leibler divergence of the base from the candidate, Σ q ln(q / p).

    Computed like `kl_divergence`.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        Nats, 0 (the same) to infinity (the base excludes a class that the candidate does not), [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Kullback and Leibler 1951; Stanton et al. 2021.

    >>> kl_divergence_reverse(np.log([[0.75, 0.25]]), np.log([[0.5, 0.5]])).round(6)
    array([0.143841])
    """
    p, q = as_pair(log_p, log_q)
    return _kullback_leibler(q, p)


def jensen_shannon(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Jensen-Shannon divergence (not its root), half of KL(p || m) + KL(q || m) with m = (p + q) / 2.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        Nats, 0 (the same) to ln 2 (no class in common), [examples]; clipped there, as rounded rows may sum to
        a little over one.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Lin 1991.

    >>> jensen_shannon(np.log([[0.75, 0.25]]), np.log([[0.25, 0.75]])).round(6)
    array([0.130812])
    """
    a, b = as_pair(log_p, log_q)
    # With t = |ln(q/p)| and d = tanh(t/2) = |p - q| / (p + q), a class adds (p + q)/4 times
    # (1 + d) ln(1 + d) + (1 - d) ln(1 - d), which is both of the following: the first keeps its digits as t
    # goes to 0, the second as t goes to infinity.
    t = np.abs(log_ratio(a, b))
    small = np.minimum(t, 1)
    d = np.tanh(small / 2)
    near = d * small + np.log1p(-d * d)
    e = np.exp(-t)
    far = 2 * (LN2 - np.log1p(e) - entr(e) / (1 + e))
    terms = (np.exp(a) + np.exp(b)) / 4 * np.where(t < 1, near, far)
    return np.asarray(np.minimum(terms.sum(axis=1), LN2))


def _kullback_leibler(log_p: Floats, log_q: Floats) -> Floats:
    t = log_ratio(log_p, log_q)
    p, q = np.exp(log_p), np.exp(log_q)
    small = np.clip(t, -1, 1)
    near = p * (np.expm1(small) - small)
    # The limits by hand: 0 ln 0 is 0, and a class that q excludes and p does not adds infinity, even where p
    # is too small for float64.
    finite = np.where(np.isinf(t), 0, t)
    far = np.where(np.isneginf(t), np.inf, q - p - p * finite)
    # expm1(t) may fall short of t by a rounding.
    return np.asarray(np.maximum(np.where(np.abs(t) < 1, near, far), 0).sum(axis=1))
