"""One row an example: what both models say, and every measure of how far that lies apart."""

import numpy as np
import polars as pl

from samefn.measures.compiled.single_pass import Compared, compare, compare_answers
from samefn.measures.pairs import Floats, Ints
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions, require_same_examples


def rows(base: Predictions, candidate: Predictions) -> pl.DataFrame:
    """Compare a candidate with its base, example by example.

    Args:
        base: what the base says.
        candidate: what the candidate says about the same examples, in the same order.

    Returns:
        One row an example, in the order of the predictions: `id`, `label`, `base_top`, `top` (top classes),
        `base_right`, `right`, `base_confidence`, `confidence` (probability of the top class, 0 to 1),
        `base_brier`, `brier` (Brier scores, 0 to 2), then a column for every measure that has a value an example.
        Without labels (either side may bring them) `label`, `base_right`, `right`, the Brier scores and the
        measures that need labels are null. Where either side gives answers only, the confidences, the Brier scores
        and the measures that need probabilities are.

    Raises:
        InputError: the two are not about the same examples, classes and labels in the same order.
    """
    require_same_examples(base, candidate)
    labels = candidate.labels if base.labels is None else base.labels
    found = _compared(base, candidate, labels)
    sure = base.answers is None and candidate.answers is None
    columns: dict[str, pl.Series] = {
        "id": pl.Series(base.ids.tolist(), dtype=pl.String),
        "label": _nulls(base, pl.Int64) if labels is None else pl.Series(labels),
        "base_top": pl.Series(found.base_top),
        "top": pl.Series(found.top),
        "base_right": _nulls(base, pl.Boolean) if labels is None else pl.Series(found.base_top == labels),
        "right": _nulls(base, pl.Boolean) if labels is None else pl.Series(found.top == labels),
        "base_confidence": pl.Series(_confidence(base, found.base_top)) if sure else _nulls(base, pl.Float64),
        "confidence": pl.Series(_confidence(candidate, found.top)) if sure else _nulls(base, pl.Float64),
        "base_brier": _nulls(base, pl.Float64) if found.base_brier is None else pl.Series(found.base_brier),
        "brier": _nulls(base, pl.Float64) if found.brier is None else pl.Series(found.brier),
    }
    for name, measure in MEASURES.items():
        if measure.per_example:
            missing = (measure.needs_labels and labels is None) or (measure.needs_probabilities and not sure)
            columns[name] = _nulls(base, pl.Float64) if missing else pl.Series(found.measures[name])
    return pl.DataFrame(columns)


def _compared(base: Predictions, candidate: Predictions, labels: Ints | None) -> Compared:
    """Both models' answers, and their probabilities where both give any."""
    if base.answers is None and candidate.answers is None:
        return compare(base.log_probs, candidate.log_probs, labels)
    return compare_answers(base.top, candidate.top, labels)


def _nulls(predictions: Predictions, dtype: type[pl.DataType]) -> pl.Series:
    return pl.repeat(None, predictions.examples, dtype=dtype, eager=True)


def _confidence(predictions: Predictions, top: Ints) -> Floats:
    highest = predictions.log_probs[np.arange(predictions.examples), top]
    return np.asarray(np.exp(highest.astype(np.float64)))
