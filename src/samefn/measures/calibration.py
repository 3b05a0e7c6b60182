"""Calibration: is a model right as often as it is confident?"""

import numpy as np
from numpy.typing import ArrayLike

from samefn.core.errors import InputError
from samefn.measures.pairs import Floats, as_log_probs, check_labels

BINS = 15
# The bins are (0, 1/15], (1/15, 2/15], ..., (14/15, 1]; these are the edges between them.
EDGES = np.arange(1, BINS) / BINS


def brier(log_probs: ArrayLike, labels: ArrayLike) -> Floats:
    """The squared distance of the probabilities from certainty of the true class, Σ (p - [class = label])².

    Args:
        log_probs: natural-log probabilities of one model, [examples, classes].
        labels: the true classes, [examples].

    Returns:
        0 (certain and right) to 2 (certain and wrong), [examples].

    Raises:
        InputError: not a table of log-probabilities, or labels that do not fit.

    Source:
        Brier 1950, in its form for several classes.

    >>> brier(np.log([[0.7, 0.2, 0.1]]), [0]).round(6)
    array([0.14])
    """
    table = as_log_probs(log_probs)
    true = check_labels(labels, len(table))
    if not np.all((true >= 0) & (true < table.shape[1])):
        raise InputError("SF404", f"a label is outside 0..{table.shape[1] - 1}", fix="number the classes from 0")
    gap = np.exp(table)
    gap[np.arange(len(true)), true] -= 1
    return np.asarray(np.minimum((gap * gap).sum(axis=1), 2))


def brier_change(base_brier: ArrayLike, brier: ArrayLike) -> Floats:
    """The candidate's mean Brier score minus the base's.

    Args:
        base_brier: mean Brier score of the base, 0 to 2, any shape.
        brier: the same of the candidate.

    Returns:
        -2 to 2; above 0 if the candidate's probabilities are worse.

    Source:
        Brier 1950.
    """
    return np.asarray(np.asarray(brier, dtype=np.float64) - np.asarray(base_brier, dtype=np.float64))


def calibration_error(right: ArrayLike, confidence: ArrayLike) -> float:
    """Expected calibration error: the mean gap between accuracy and mean confidence over 15 bins of equal width.

    Σ over bins of n_bin / N · |accuracy in the bin - mean confidence in the bin|. A bin has its upper edge.

    Args:
        right: whether each prediction is right, [examples].
        confidence: the probability of each top class, 0 to 1, [examples].

    Returns:
        0 (right as often as confident, in every bin) to 1.

    Raises:
        InputError: no examples, or not one confidence for each.

    Source:
        Naeini et al. 2015; Guo et al. 2017.

    >>> round(calibration_error([True, True, False, False], [0.9, 0.9, 0.9, 0.6]), 6)
    0.325
    """
    hits, sure = np.asarray(right, dtype=np.float64), np.asarray(confidence, dtype=np.float64)
    if hits.ndim != 1 or hits.shape != sure.shape or not len(hits):
        raise InputError(
            "SF441",
            f"right has shape {list(hits.shape)} and confidence {list(sure.shape)}",
            fix="give one of both for each example",
        )
    gaps = np.bincount(np.searchsorted(EDGES, sure, side="left"), weights=hits - sure, minlength=BINS)
    return float(np.abs(gaps).sum() / len(hits))


def calibration_change(
    base_right: ArrayLike, right: ArrayLike, base_confidence: ArrayLike, confidence: ArrayLike
) -> float:
    """The candidate's expected calibration error minus the base's.

    Args:
        base_right: whether the base is right on each example, [examples].
        right: whether the candidate does.
        base_confidence: the probability of the base's top class, 0 to 1, [examples].
        confidence: the same of the candidate.

    Returns:
        -1 to 1; above 0 if the candidate is worse calibrated.

    Raises:
        InputError: no examples, or not one of each for every example.

    Source:
        Naeini et al. 2015; Guo et al. 2017.
    """
    return calibration_error(right, confidence) - calibration_error(base_right, base_confidence)
