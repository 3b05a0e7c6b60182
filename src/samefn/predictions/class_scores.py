"""Whether an output is scores of classes: by labels, the last operators, names, shapes, and the values at last."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.predictions.output_trail import OutputTrail

INSIST = "compare class scores only; where these are some, say --set task=classification"
_OTHER = re.compile(
    r"embed|featur|recon|decod|latent|hidden|pooler|pooled|backbone|regress|bbox|boxes|keypoint|landmark", re.IGNORECASE
)
_CLASSES = re.compile(r"logit|prob|class|label|score|softmax|pred|cls", re.IGNORECASE)
_OTHER_WEIGHT = re.compile(r"embed|recon|decod|project|regress", re.IGNORECASE)
_CLASSES_WEIGHT = re.compile(r"class|logit|head|\bfc\b|pred", re.IGNORECASE)
# From so many numbers on it is no chance that an output has as many as an input.
MANY = 32
# So many labelled examples say whether the largest score is the label.
ENOUGH = 50
_ENDS = {
    "sigmoid": "it ends in a sigmoid: a yes or no for each of several labels, of which none or many may hold",
    "tanh": "it ends in a tanh, as features and pictures do",
    "normalise": "it ends in a normalisation to length one, as embeddings do",
    "layer norm": "it ends in a layer norm, as features do",
    "regressor": "it ends in a regression",
}


def no_scores(why: str, where: str) -> InputError:
    """The refusal of an output, with why it is no class scores."""
    return InputError("SF4025", f"its output is no class scores: {why}", where=where, fix=INSIST)


def no_class_scores(  # noqa: PLR0911  (a question after another)
    scores: NDArray[Any],
    trail: OutputTrail,
    input_sizes: Sequence[int],
    labels: NDArray[np.int64] | None,
    *,
    base: bool = True,
) -> str:
    """Why an output is no class scores; empty where nothing says so.

    Args:
        scores: some rows, [examples, outputs].
        trail: how it is computed, as far as that is known.
        input_sizes: how many numbers an example has, of each input.
        labels: the true classes of these examples, or None.
        base: whether labels and values are asked too: a candidate may have lost them, and is compared all the same.
    """
    last = next((one for one in trail.operators if one not in ("pool", "batch norm")), None)
    if last in ("softmax", "log-softmax", "shares", "classifier"):
        return _a_step(scores) if last == "softmax" else ""
    if last in _ENDS:
        return _ENDS[last]
    if _OTHER.search(trail.name) and not _CLASSES.search(trail.name):
        return f"it is called {trail.name!r:.80}"
    outputs = scores.shape[1]
    if trail.operators == ("linear",) and trail.channels is not None and trail.channels < outputs:
        return f"it is {trail.channels} numbers for each of {outputs // trail.channels} places or steps"
    fits_labels = labels is not None and len(labels) > 0 and outputs == int(labels.max()) + 1
    if fits_labels or _CLASSES.search(trail.name) or _right(scores, labels):
        return ""
    if _OTHER_WEIGHT.search(trail.weight):
        return f"its last weight is called {trail.weight!r:.80}"
    if _CLASSES_WEIGHT.search(trail.weight):
        return ""
    if last == "relu":
        return "it ends in a ReLU, as features do"
    if outputs >= MANY and outputs in input_sizes:
        return f"it has {outputs} numbers, as many as an example has, as reconstructions do"
    return _by_values(scores, labels) if base else ""


def _a_step(scores: NDArray[Any]) -> str:
    """Of probabilities: whether each row holds several distributions."""
    sums = scores.sum(axis=1, dtype=np.float64)
    steps = round(float(np.median(sums))) if np.isfinite(sums).all() else 1
    if steps > 1 and bool((np.abs(sums - steps) <= 0.01 * steps).all()):
        return f"each row holds {steps} distributions: a class for each of {steps} steps or places"
    return ""


def _right(scores: NDArray[Any], labels: NDArray[np.int64] | None) -> bool:
    """Whether the largest score is the label of at least half of the examples."""
    return labels is not None and len(labels) > 0 and float(np.mean(scores.argmax(axis=1) == labels)) >= 0.5


def _by_values(scores: NDArray[Any], labels: NDArray[np.int64] | None) -> str:
    outputs = scores.shape[1]
    if labels is not None and len(labels) >= ENOUGH:
        return (
            f"it has {outputs} numbers for labels up to {int(labels.max())}, and the largest is the label of "
            f"{np.mean(scores.argmax(axis=1) == labels):.0%} of the examples"
        )
    if outputs < 8:
        return ""
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.linalg.norm(scores.astype(np.float64), axis=1)
        if bool((np.abs(lengths - 1) <= 1e-3).all()) and float(scores.min()) < 0:
            return "each row has length one, as embeddings have"
        if float(scores.min()) == 0 and np.count_nonzero(scores == 0) > 0.2 * scores.size and _no_distributions(scores):
            return "a fifth of its numbers or more are exactly zero and none is below, as features behind a ReLU are"
    return ""


def _no_distributions(scores: NDArray[Any]) -> bool:
    """Whether a row does not sum to one: rows of probabilities may hold zeros."""
    return bool((np.abs(scores.sum(axis=1, dtype=np.float64) - 1) > 0.05).any())
