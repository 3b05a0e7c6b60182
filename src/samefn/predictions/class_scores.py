"""Whether an output is class scores, by the last operators, labels, names, shapes and, last, the values."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.predictions.output_trail import OutputTrail

SET_TASK = "only class scores can be compared; if these are class scores, add --set task=classification"
_OTHER = re.compile(
    r"embed|featur|recon|decod|latent|hidden|pooler|pooled|backbone|regress|bbox|boxes|keypoint|landmark", re.IGNORECASE
)
_CLASSES = re.compile(r"logit|prob|class|label|score|softmax|pred|cls", re.IGNORECASE)
_OTHER_WEIGHT = re.compile(r"embed|recon|decod|project|regress", re.IGNORECASE)
_CLASSES_WEIGHT = re.compile(r"class|logit|head|\bfc\b|pred", re.IGNORECASE)
# An output of at least this many numbers has as many as an input only for a reason.
MIN_OUTPUTS_LIKE_INPUT = 32
# How many labelled examples are enough to see whether the largest score is the label.
MIN_LABELLED = 50
_ENDS = {
    "sigmoid": "it ends in a sigmoid: several labels may be true at once",
    "tanh": "it ends in a tanh, like features and pictures",
    "normalise": "it ends in a normalisation to length one, like embeddings",
    "layer norm": "it ends in a layer norm, like features",
    "regressor": "it ends in a regression",
}


def not_class_scores(reason: str, where: str) -> InputError:
    """The error for an output that is not class scores, with the reason."""
    return InputError("SF405", f"its output is not class scores: {reason}", where=where, fix=SET_TASK)


def why_not_class_scores(  # noqa: PLR0911  (one question after another)
    scores: NDArray[Any],
    trail: OutputTrail,
    input_sizes: Sequence[int],
    labels: NDArray[np.int64] | None,
    *,
    base: bool = True,
) -> str:
    """Why an output is not class scores; empty where nothing says so.

    Args:
        scores: some rows, [examples, outputs].
        trail: how it is computed, as far as known.
        input_sizes: how many numbers an example has, of each input.
        labels: the true classes of these examples, or None.
        base: whether labels and values count too. A damaged candidate may fail there and is still compared.
    """
    last = next((name for name in trail.operators if name not in ("pool", "batch norm")), None)
    if last in ("softmax", "log-softmax", "shares", "classifier"):
        return _distributions_in_a_row(scores) if last == "softmax" else ""
    if last in _ENDS:
        return _ENDS[last]
    if _OTHER.search(trail.name) and not _CLASSES.search(trail.name):
        return f"its name is {trail.name!r:.80}"
    outputs = scores.shape[1]
    if trail.operators == ("linear",) and trail.channels is not None and trail.channels < outputs:
        return f"it has {trail.channels} numbers for each of {outputs // trail.channels} positions or steps"
    fits_labels = labels is not None and len(labels) > 0 and outputs == int(labels.max()) + 1
    if fits_labels or _CLASSES.search(trail.name) or _mostly_right(scores, labels):
        return ""
    if _OTHER_WEIGHT.search(trail.weight):
        return f"its last weight is named {trail.weight!r:.80}"
    if _CLASSES_WEIGHT.search(trail.weight):
        return ""
    if last == "relu":
        return "it ends in a ReLU, like features"
    if outputs >= MIN_OUTPUTS_LIKE_INPUT and outputs in input_sizes:
        return f"it has {outputs} numbers, as many as its input, like a reconstruction"
    return _reason_by_values(scores, labels) if base else ""


def _distributions_in_a_row(scores: NDArray[Any]) -> str:
    """For probabilities: why each row is more than one distribution, if it is."""
    sums = scores.sum(axis=1, dtype=np.float64)
    steps = round(float(np.median(sums))) if np.isfinite(sums).all() else 1
    if steps > 1 and bool((np.abs(sums - steps) <= 0.01 * steps).all()):
        return f"each row holds {steps} distributions: one class for each of {steps} steps or positions"
    return ""


def _mostly_right(scores: NDArray[Any], labels: NDArray[np.int64] | None) -> bool:
    """Whether the largest score is the label of at least half of the examples."""
    return labels is not None and len(labels) > 0 and float(np.mean(scores.argmax(axis=1) == labels)) >= 0.5


def _reason_by_values(scores: NDArray[Any], labels: NDArray[np.int64] | None) -> str:
    outputs = scores.shape[1]
    if labels is not None and len(labels) >= MIN_LABELLED:
        return (
            f"it has {outputs} numbers for labels up to {int(labels.max())}, and the largest is the label on "
            f"{np.mean(scores.argmax(axis=1) == labels):.0%} of the examples"
        )
    if outputs < 8:
        return ""
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.linalg.norm(scores.astype(np.float64), axis=1)
        if bool((np.abs(lengths - 1) <= 1e-3).all()) and float(scores.min()) < 0:
            return "each row has length one, like embeddings"
        if float(scores.min()) == 0 and np.count_nonzero(scores == 0) > 0.2 * scores.size and _no_distributions(scores):
            return "at least a fifth of its numbers are exactly zero and none is below, like features after a ReLU"
    return ""


def _no_distributions(scores: NDArray[Any]) -> bool:
    """Whether some row does not sum to one; probabilities may hold zeros."""
    return bool((np.abs(scores.sum(axis=1, dtype=np.float64) - 1) > 0.05).any())
