"""One row an example: the predictions of both models, and every measure of how far they are apart."""

import numpy as np
import polars as pl

from samefn.measures.compiled.single_pass import PairMeasures, measure_hard_predictions, measure_pair
from samefn.measures.floored import floored_columns
from samefn.measures.pairs import Floats, Ints
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions, require_same_inputs


def rows(base: Predictions, candidate: Predictions) -> pl.DataFrame:
    """Compare a candidate with its base, example by example.

    Args:
        base: predictions of the base.
        candidate: predictions of the candidate on the same examples, in the same order.

    Returns:
        One row an example, in the order of the predictions: `id`, `label`, `base_top`, `top` (top classes),
        `base_right`, `right`, `base_confidence`, `confidence` (probability of the top class, 0 to 1),
        `base_brier`, `brier` (Brier scores, 0 to 2), `base_margin`, `margin` (log-odds of the base's top class over its
        rival, the class nearest to overtaking it, in both models; below 0 where it has), then a column for every
        measure that has a value an example.
        Without labels (either model may have them) `label`, `base_right`, `right`, the Brier scores and the
        measures that need labels are null. If either model gives predicted classes only, the confidences, the Brier
        scores, the margins and the measures that need probabilities are null.
        Where the probabilities of either are rounded to a known step (`Predictions.resolution`), the floored
        Kullback-Leibler divergences come last.

    Raises:
        InputError: the two are not on the same examples, classes and labels, in the same order.
    """
    require_same_inputs(base, candidate)
    labels = candidate.labels if base.labels is None else base.labels
    pair = _pair_measures(base, candidate, labels)
    probabilistic = base.hard_predictions is None and candidate.hard_predictions is None
    columns: dict[str, pl.Series] = {
        "id": pl.Series(base.ids.tolist(), dtype=pl.String),
        "label": _nulls(base, pl.Int64) if labels is None else pl.Series(labels),
        "base_top": pl.Series(pair.base_top),
        "top": pl.Series(pair.top),
        "base_right": _nulls(base, pl.Boolean) if labels is None else pl.Series(pair.base_top == labels),
        "right": _nulls(base, pl.Boolean) if labels is None else pl.Series(pair.top == labels),
        "base_confidence": pl.Series(_confidence(base, pair.base_top)) if probabilistic else _nulls(base, pl.Float64),
        "confidence": pl.Series(_confidence(candidate, pair.top)) if probabilistic else _nulls(base, pl.Float64),
        "base_brier": _nulls(base, pl.Float64) if pair.base_brier is None else pl.Series(pair.base_brier),
        "brier": _nulls(base, pl.Float64) if pair.brier is None else pl.Series(pair.brier),
        "base_margin": _nulls(base, pl.Float64) if pair.base_margin is None else pl.Series(pair.base_margin),
        "margin": _nulls(base, pl.Float64) if pair.margin is None else pl.Series(pair.margin),
    }
    for name, measure in MEASURES.items():
        if measure.per_example:
            missing = (measure.needs_labels and labels is None) or (measure.needs_probabilities and not probabilistic)
            columns[name] = _nulls(base, pl.Float64) if missing else pl.Series(pair.measures[name])
    if probabilistic:
        floored = floored_columns(base.log_probs, candidate.log_probs, (base.resolution, candidate.resolution))
        columns |= {name: pl.Series(values) for name, values in floored.items()}
    return pl.DataFrame(columns)


def _pair_measures(base: Predictions, candidate: Predictions, labels: Ints | None) -> PairMeasures:
    """By probabilities if both models give them, else by predicted classes."""
    if base.hard_predictions is None and candidate.hard_predictions is None:
        return measure_pair(base.log_probs, candidate.log_probs, labels)
    return measure_hard_predictions(base.predicted_class, candidate.predicted_class, labels)


def _nulls(predictions: Predictions, dtype: type[pl.DataType]) -> pl.Series:
    return pl.repeat(None, predictions.examples, dtype=dtype, eager=True)


def _confidence(predictions: Predictions, top: Ints) -> Floats:
    highest = predictions.log_probs[np.arange(predictions.examples), top]
    return np.asarray(np.exp(highest.astype(np.float64)))
