"""Distances of the two rows of probabilities as vectors."""

import numpy as np
from numpy.typing import ArrayLike

from samefn.measures.pairs import Floats, as_pair, log_ratio

# A total variation up to here is float32's rounding in other kernels, batches or threads: 512 times its epsilon. It is
# a 16th of float16's epsilon, so that float16 is a change. Every probability has about the same relative error however
# many classes there are, so the bound does not depend on their number.
ROUNDING = 512 * float(np.finfo(np.float32).eps)


def activation_distance(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """The L2 norm of p - q.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (the same) to sqrt 2 (each certain of another class), [examples]; clipped there, as rounded rows may
        sum to a little over one.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Chundawat et al. 2023.

    >>> activation_distance(np.log([[0.9, 0.1]]), np.log([[0.6, 0.4]])).round(6)
    array([0.424264])
    """
    gap = _gap(*as_pair(log_p, log_q))
    return np.asarray(np.minimum(np.sqrt((gap * gap).sum(axis=1)), np.sqrt(2)))


def total_variation(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """Half the L1 norm of p - q; 1 minus it is the expected acceptance rate of speculative decoding.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (the same) to 1 (no class in common), [examples]; clipped there, as rounded rows may sum to a little
        over one.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Levin and Peres 2017, chapter 4; Leviathan et al. 2023 for the acceptance rate.

    >>> total_variation(np.log([[0.9, 0.1]]), np.log([[0.6, 0.4]])).round(6)
    array([0.3])
    """
    gap = _gap(*as_pair(log_p, log_q))
    return np.asarray(np.minimum(gap.sum(axis=1) / 2, 1))


def cosine_similarity(log_p: ArrayLike, log_q: ArrayLike) -> Floats:
    """The cosine of the angle between p and q.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.

    Returns:
        0 (no class in common) to 1 (the same), [examples]; clipped at 1 against rounding.

    Raises:
        InputError: the tables are not log-probabilities of one shape.

    Source:
        Salton and McGill 1983.

    >>> cosine_similarity(np.log([[0.8, 0.2]]), np.log([[0.5, 0.5]])).round(6)
    array([0.857493])
    """
    a, b = as_pair(log_p, log_q)
    p, q = np.exp(a), np.exp(b)
    # One root of the product, not a product of roots: of x·x it is exactly x, so equal rows give exactly 1.
    norms = np.sqrt((p * p).sum(axis=1) * (q * q).sum(axis=1))
    return np.asarray(np.minimum((p * q).sum(axis=1) / norms, 1))


def _gap(log_p: Floats, log_q: Floats) -> Floats:
    """|p - q| of every class, as max(p, q) · (1 - min / max)."""
    # The difference of two exponentials would lose its digits where p is near q.
    return np.asarray(-np.exp(np.maximum(log_p, log_q)) * np.expm1(-np.abs(log_ratio(log_p, log_q))))
