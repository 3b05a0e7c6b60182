"""Every per-example measure in one pass over two tables of log-probabilities, chunk by chunk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.compiled import ranks as compiled_orders
from samefn.measures.compiled import sums as compiled_sums
from samefn.measures.compiled.margins import margins
from samefn.measures.compiled.ranks import orders
from samefn.measures.compiled.sums import sums
from samefn.measures.pairs import Floats, Ints, as_pair, check_labels

# How many probabilities of each model are read together; both tables then stay in the processor's cache.
PASS_CELLS = 2**15

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
class PairMeasures:
    """The result of one pass, one entry for each example.

    Attributes:
        base_top: top classes of the base; of classes that tie, the lowest.
        top: of the candidate.
        measures: by name, every measure with a value for each example that labels and probabilities allow.
        base_brier: Brier scores of the base; None without labels or probabilities.
        brier: of the candidate.
        base_margin: log-odds of the base's top class over its rival (see `margins`); None without probabilities.
        margin: of the same two classes in the candidate.
    """

    base_top: Ints
    top: Ints
    measures: dict[str, Floats]
    base_brier: Floats | None
    brier: Floats | None
    base_margin: Floats | None = None
    margin: Floats | None = None


def measure_pair(log_p: NDArray[np.float32], log_q: NDArray[np.float32], labels: Ints | None) -> PairMeasures:
    """Every per-example measure at once, on one thread, in memory that does not grow with the tables.

    The measures are those of `MEASURES[name].per_example`, equal to them except for the rounding of float64; here they
    share exponentials, logarithms and sorts.

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
            "SF440",
            f"log-probabilities have shapes {list(log_p.shape)} and {list(log_q.shape)}, {log_p.dtype} and"
            f" {log_q.dtype}",
            fix="give two float32 tables [examples, classes] of one shape",
        )
    examples, classes = log_p.shape
    true = np.full(examples, -1) if labels is None else check_labels(labels, examples).astype(np.int64)
    if labels is not None and not np.all((true >= 0) & (true < classes)):
        raise InputError("SF404", f"a label is outside 0..{classes - 1}", fix="number the classes from 0")
    tops = np.empty((2, examples), dtype=np.int64)
    summed, ordered = (
        np.empty((compiled_sums.SUM_FIGURES, examples)),
        np.empty((compiled_orders.RANK_FIGURES, examples)),
    )
    both_margins = np.empty((2, examples))
    chunk = max(1, PASS_CELLS // max(1, classes))
    for start in range(0, examples, chunk):
        part = slice(start, start + chunk)
        p, q = (np.ascontiguousarray(table[part]) for table in (log_p, log_q))
        if sums(p, q, true[part], summed, start):
            as_pair(p, q)  # raises the error
        orders(p, q, tops, ordered, start)
        margins(p, q, tops[0, part], both_margins[:, part])
    base_top, top = tops
    by_class = measure_hard_predictions(base_top, top, None if labels is None else true)
    measures = by_class.measures
    measures |= dict(zip(OF_SUMS, summed, strict=False))
    measures |= dict(zip(OF_ORDERS, ordered, strict=True))
    briers = (None, None) if labels is None else summed[len(OF_SUMS) :]
    return PairMeasures(base_top, top, measures, *briers, *both_margins)


def measure_hard_predictions(base_top: Ints, top: Ints, labels: Ints | None) -> PairMeasures:
    """The measures of predicted classes alone: disagreement, and flips if there are labels.

    Args:
        base_top: classes that the base predicts, [examples].
        top: the same of the candidate.
        labels: the true classes, [examples], or None.
    """
    measures = {"disagreement": (base_top != top).astype(np.float64)}
    if labels is not None:
        base_right, right = base_top == labels, top == labels
        measures["negative_flips"] = (base_right & ~right).astype(np.float64)
        measures["positive_flips"] = (~base_right & right).astype(np.float64)
    return PairMeasures(base_top, top, measures, None, None)
