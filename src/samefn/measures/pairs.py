"""Two checked tables of log-probabilities in float64: the input of every per-example measure."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.errors import InputError
from samefn.predictions.predictions import SUM_TOLERANCE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def as_pair(log_p: ArrayLike, log_q: ArrayLike) -> tuple[Floats, Floats]:
    """Both tables [examples, classes] in float64.

    Raises:
        InputError: not two tables of one shape, a NaN, or a positive value (such as logits and probabilities have).
    """
    p, q = np.asarray(log_p, dtype=np.float64), np.asarray(log_q, dtype=np.float64)
    if p.ndim != 2 or p.shape != q.shape:
        raise InputError(
            "SF440",
            f"log-probabilities have shapes {list(p.shape)} and {list(q.shape)}",
            fix="give two tables [examples, classes] of one shape",
        )
    return as_log_probs(p, "base"), as_log_probs(q, "candidate")


def as_log_probs(log_probs: ArrayLike, model: str = "") -> Floats:
    """One table [examples, classes] in float64; errors name `model`.

    Raises:
        InputError: not a table, a NaN, or a positive value (such as logits and probabilities have).
    """
    values = np.asarray(log_probs, dtype=np.float64)
    if values.ndim != 2:
        raise InputError(
            "SF440",
            f"log-probabilities have shape {list(values.shape)}",
            where=model,
            fix="give a table [examples, classes]",
        )
    highest = values.max(initial=-np.inf)
    if not highest <= SUM_TOLERANCE:  # also true of NaN
        raise InputError(
            "SF440",
            f"the largest log-probability is {highest:.3g}",
            where=model,
            fix="give natural-log probabilities, all 0 or less",
        )
    return values


def check_labels(labels: ArrayLike, examples: int) -> Ints:
    """The true classes, [examples].

    Raises:
        InputError: not one for each example.
    """
    true = np.asarray(labels)
    if true.shape != (examples,):
        raise InputError(
            "SF404",
            f"labels have shape {list(true.shape)} for {examples} examples",
            fix="give one label for each example",
        )
    return true


def log_ratio(log_p: Floats, log_q: Floats) -> Floats:
    """ln(q / p) of each class; 0 if both probabilities are zero."""
    with np.errstate(invalid="ignore"):
        ratio = log_q - log_p
    ratio[np.isneginf(log_p) & np.isneginf(log_q)] = 0
    return ratio


def top_classes(log_probs: Floats) -> Ints:
    """The class of the highest probability, the lowest index if several tie, [examples]."""
    return np.asarray(log_probs.argmax(axis=1), dtype=np.int64)
