"""Divergences of rounded probabilities, bounded: where a step is known, what rounding made 0 lies below half of it."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from samefn.core.errors import InputError
from samefn.measures.divergences import kl_divergence, kl_divergence_reverse
from samefn.measures.measure import Measure
from samefn.measures.pairs import Floats, as_pair
from samefn.measures.table import MEASURES
from samefn.predictions.chunks import iter_chunks


def kl_divergence_floored(log_p: ArrayLike, log_q: ArrayLike, step: float) -> Floats:
    """`kl_divergence` with every probability of both models raised to half a step, and every row divided by its sum.

    Both have the same floor, so that a model against itself has 0, and what the floor adds to rows of many classes
    is added to both.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.
        step: of the stored probabilities (1/256 for int8 softmax outputs), of the two models the larger one.

    Returns:
        Nats, 0 (the same above the floor) or more, always finite, [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape, or the step is not between 0 and 1.

    >>> kl_divergence_floored(np.log([[0.5, 0.5]]), [[0.0, -np.inf]], 0.5).round(6)
    array([0.223144])
    """
    return kl_divergence(*_floored_pair(log_p, log_q, step))


def kl_divergence_reverse_floored(log_p: ArrayLike, log_q: ArrayLike, step: float) -> Floats:
    """`kl_divergence_reverse`, floored like `kl_divergence_floored`.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.
        step: of the stored probabilities, of the two models the larger one.

    Returns:
        Nats, 0 (the same above the floor) or more, always finite, [examples].

    Raises:
        InputError: the tables are not log-probabilities of one shape, or the step is not between 0 and 1.

    >>> kl_divergence_reverse_floored(np.log([[0.5, 0.5]]), [[0.0, -np.inf]], 0.5).round(6)
    array([0.192745])
    """
    return kl_divergence_reverse(*_floored_pair(log_p, log_q, step))


def _floored_form(measure: Measure, formula: str) -> Measure:
    name = f"{measure.name}_floored"
    return replace(
        measure,
        name=name,
        title=f"{measure.title}, floored",
        meaning="The same with a floor of half a step under the probabilities of both models; always finite.",
        formula=f"{formula}, p' = max(p, s / 2) / Σ max(p, s / 2), q' likewise, s the step",
        family="floored",
        per_example=None,
        columns=(name,),
    )


# By the measure that may be infinite. These are no part of `MEASURES`: rows have them only where a step is known, and a
# report only where the measure itself is infinite.
FLOORED = {
    "kl_divergence": _floored_form(MEASURES["kl_divergence"], "mean Σ p' ln(p' / q')"),
    "kl_divergence_reverse": _floored_form(MEASURES["kl_divergence_reverse"], "mean Σ q' ln(q' / p')"),
}

ALL_MEASURES = MEASURES | {measure.name: measure for measure in FLOORED.values()}


def floored_columns(log_p: ArrayLike, log_q: ArrayLike, steps: tuple[float | None, float | None]) -> dict[str, Floats]:
    """The columns of `FLOORED`, chunk by chunk; none where neither step is known.

    Args:
        log_p: natural-log probabilities of the base, [examples, classes].
        log_q: the same of the candidate.
        steps: of the probabilities of base and candidate; None where not known.
    """
    step = max((one for one in steps if one is not None), default=None)
    if step is None:
        return {}
    p, q = np.asarray(log_p), np.asarray(log_q)
    columns = {measure.name: np.empty(len(p)) for measure in FLOORED.values()}
    for part, rows in iter_chunks(p):
        columns["kl_divergence_floored"][part] = kl_divergence_floored(rows, q[part], step)
        columns["kl_divergence_reverse_floored"][part] = kl_divergence_reverse_floored(rows, q[part], step)
    return columns


def _floored_pair(log_p: ArrayLike, log_q: ArrayLike, step: float) -> tuple[Floats, Floats]:
    if not 0 < step < 1:
        raise InputError("SF440", f"the step is {step}", where="floored divergence", fix="give one between 0 and 1")
    p, q = as_pair(log_p, log_q)
    return _floored(p, step), _floored(q, step)


def _floored(log_probs: Floats, step: float) -> Floats:
    raised = np.maximum(log_probs, np.log(step / 2))
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=1, keepdims=True)))
