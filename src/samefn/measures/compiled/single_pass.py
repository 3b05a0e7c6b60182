"""Every per-example measure in one pass over two tables of log-probabilities, chunk by chunk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.compiled import ranks as compiled_orders
from samefn.measures.compiled import sums as compiled_sums
from samefn.measures.compiled.ranks import orders
from samefn.measures.compiled.sums import sums
from samefn.measures.pairs import Floats, Ints, as_labels, as_pair

CELLS = 2**15  # how many probabilities of each model are looked at together: both halves stay in the processor's cache

OF_SUMS = (
    "activation_distance",
    "total_variation",
    "cosine_similarity",
    "kl_divergence",
    "kl_divergence_reverse",
    "jensen_shannon",
)
OF_ORDERS = ("rank_disagreement", "top_k_overlap", "kendall_tau")


@dataclass(frozen=True, eq=False)
class Compared:
    """What one pass finds, an entry an example.

    Attributes:
        base_top: the base's top classes, of those that tie the lowest.
        top: the candidate's.
        measures: by name every measure that has a value an example; those that need labels only with labels, those that
            need probabilities only with probabilities.
        base_brier: Brier scores of the base; None without labels or probabilities.
        brier: of the candidate.
    """

    base_top: Ints
    top: Ints
    measures: dict[str, Floats]
    base_brier: Floats | None
    brier: Floats | None


def compare(log_p: NDArray[np.float32], log_q: NDArray[np.float32], labels: Ints | None) -> Compared:
    """Every per-example measure at once, on one thread, in memory that does not grow with the tables.

    The measures are those of the functions that define them (`MEASURES[name].per_example`), equal to them but for the
    rounding of float64; here they share their exponentials, logarithms and sorts.

    Args:
        log_p: natural-log probabilities of the base, float32, [examples, classes], one class or more; any strides, so
            that a file may be mapped.
        log_q: the same of the candidate.
        labels: the true classes, [examples], or None.

    Returns:
        The measures, float64; the top classes; the Brier scores.

    Raises:
        InputError: not two float32 tables of one shape, a NaN or a positive log-probability, or labels that do not fit.
    """
    if log_p.ndim != 2 or log_p.shape != log_q.shape or {log_p.dtype, log_q.dtype} != {np.dtype(np.float32)}:
        raise InputError(
            "SF4009",
            f"log-probabilities have shapes {list(log_p.shape)} and {list(log_q.shape)}, {log_p.dtype} and"
            f" {log_q.dtype}",
            fix="give two float32 tables [examples, classes] of one shape",
        )
    examples, classes = log_p.shape
    true = np.full(examples, -1) if labels is None else as_labels(labels, examples).astype(np.int64)
    if labels is not None and not np.all((true >= 0) & (true < classes)):
        raise InputError("SF4010", f"labels of {classes} classes hold another", fix="count the classes from 0")
    tops = np.empty((2, examples), dtype=np.int64)
    summed, ordered = np.empty((compiled_sums.VALUES, examples)), np.empty((compiled_orders.VALUES, examples))
    chunk = max(1, CELLS // max(1, classes))
    for start in range(0, examples, chunk):
        part = slice(start, start + chunk)
        p, q = (np.ascontiguousarray(table[part]) for table in (log_p, log_q))
        if sums(p, q, true[part], summed, start):
            as_pair(p, q)  # says what is wrong
        orders(p, q, tops, ordered, start)
    base_top, top = tops
    answers = compare_answers(base_top, top, None if labels is None else true)
    measures = answers.measures
    measures |= dict(zip(OF_SUMS, summed, strict=False))
    measures |= dict(zip(OF_ORDERS, ordered, strict=True))
    if labels is None:
        return answers
    return Compared(base_top, top, measures, *summed[len(OF_SUMS) :])


def compare_answers(base_top: Ints, top: Ints, labels: Ints | None) -> Compared:
    """What can be said of answers alone: disagreement, and flips where there are labels.

    Args:
        base_top: the base's answers, [examples].
        top: the candidate's.
        labels: the true classes, [examples], or None.
    """
    measures = {"disagreement": (base_top != top).astype(np.float64)}
    if labels is not None:
        base_right, right = base_top == labels, top == labels
        measures["negative_flips"] = (base_right & ~right).astype(np.float64)
        measures["positive_flips"] = (~base_right & right).astype(np.float64)
    return Compared(base_top, top, measures, None, None)
