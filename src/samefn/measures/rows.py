"""One row an example: what both models say, and every measure of how far that lies apart."""

import numpy as np
import polars as pl

from samefn.measures.calibration import brier
from samefn.measures.pairs import Floats
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
        measures that need labels are null.

    Raises:
        InputError: the two are not about the same examples, classes and labels in the same order.
    """
    require_same_examples(base, candidate)
    labels = candidate.labels if base.labels is None else base.labels
    columns: dict[str, pl.Series] = {
        "id": pl.Series(base.ids.tolist(), dtype=pl.String),
        "label": _nulls(base, pl.Int64) if labels is None else pl.Series(labels),
        "base_top": pl.Series(base.top),
        "top": pl.Series(candidate.top),
        "base_right": _nulls(base, pl.Boolean) if labels is None else pl.Series(base.top == labels),
        "right": _nulls(base, pl.Boolean) if labels is None else pl.Series(candidate.top == labels),
        "base_confidence": pl.Series(_confidence(base)),
        "confidence": pl.Series(_confidence(candidate)),
        "base_brier": _nulls(base, pl.Float64) if labels is None else pl.Series(brier(base.log_probs, labels)),
        "brier": _nulls(base, pl.Float64) if labels is None else pl.Series(brier(candidate.log_probs, labels)),
    }
    for name, measure in MEASURES.items():
        if measure.per_example is None:
            continue
        if not measure.needs_labels:
            columns[name] = pl.Series(measure.per_example(base.log_probs, candidate.log_probs))
        elif labels is not None:
            columns[name] = pl.Series(measure.per_example(base.log_probs, candidate.log_probs, labels))
        else:
            columns[name] = _nulls(base, pl.Float64)
    return pl.DataFrame(columns)


def _nulls(predictions: Predictions, dtype: type[pl.DataType]) -> pl.Series:
    return pl.repeat(None, predictions.examples, dtype=dtype, eager=True)


def _confidence(predictions: Predictions) -> Floats:
    return np.asarray(np.exp(predictions.log_probs.max(axis=1).astype(np.float64)))
