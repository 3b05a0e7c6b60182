"""From the output of a model to predictions: which kind of output it is, and its values as log-probabilities."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.predictions.checks import refuse_rows
from samefn.predictions.chunks import allocate, iter_chunks
from samefn.predictions.predictions import SUM_TOLERANCE, Predictions
from samefn.schema.methods import OutputKind

# How many rows decide the kind; `Predictions` checks every row.
MAX_ROWS_EXAMINED = 65_536
# Some rows of logits may look like a distribution by chance, but not as large a share as this.
MIN_MIXED_SHARE = 0.05
# How many rows decide whether values are on a grid, and whether they are class scores.
GRID_ROWS = 1024
# Rows whose exponentials miss a sum of one by at most this are rounded log-probabilities, not logits.
ROUNDED_SUM_TOLERANCE = 0.05
SET_RETURNS = "set returns to logits, log-probabilities, probabilities or labels"


def detect_output_kind(
    values: NDArray[Any],
    where: str = "",
    resolution: float | None = None,
    graph_kind: OutputKind | None = None,
) -> OutputKind:
    """The kind of a model's output, by its values.

    Labels are one whole number or name an example. Scores are floats [examples, classes]. Probabilities are all within
    0..1 and their rows sum to one. Log-probabilities are all 0 or less and the exponentials of their rows sum to one.
    Logits look like neither. Rows with a NaN do not count.

    Args:
        values: [examples] or [examples, classes].
        where: what errors call the model.
        resolution: the step of stored probabilities; rows may miss a sum of one by one step for each class.
        graph_kind: what the model's graph says, if it says something. Logits by the graph may look like damaged
            probabilities, as long as no row looks like probabilities or percentages.

    Raises:
        InputError: the kind is unclear, or the values are neither scores nor labels; it names the option to set.

    >>> detect_output_kind(np.array([[0.25, 0.75], [0.5, 0.5]]))
    'probabilities'
    >>> detect_output_kind(np.array([[2.0, -1.0], [0.5, 3.0]]))
    'logits'
    """
    if is_labels(values):
        return "labels"
    if (
        values.ndim != 2
        or not np.issubdtype(values.dtype, np.number)
        or np.issubdtype(values.dtype, np.complexfloating)
    ):
        raise InputError(
            "SF400",
            f"output has shape {list(values.shape)} and dtype {values.dtype}",
            where=where,
            fix="give scores [examples, classes] as floats, or labels [examples] as whole numbers or names",
        )
    if np.issubdtype(values.dtype, np.integer):
        raise InputError(
            "SF407",
            f"scores are whole numbers ({values.dtype}) of an unknown step",
            where=where,
            fix="give floats, or set returns and resolution (the step)",
        )
    step = 0.0 if graph_kind == "logits" else resolution or 0.0
    return _kind_of_floats(
        values, where, min(ROUNDED_SUM_TOLERANCE * 10, values.shape[1] * step + SUM_TOLERANCE), graph_kind
    )


def step_of(values: NDArray[Any]) -> float | None:
    """The step of probabilities that were rounded to 8 bits or two digits; None if they were not.

    >>> step_of(np.array([[0.25, 0.75], [0.5, 0.49609375]]))
    0.00390625
    """
    if values.dtype.kind != "f" or values.ndim != 2:
        return None
    distinct = np.unique(values[:GRID_ROWS].astype(np.float64))
    if not 3 <= len(distinct) <= 257 or not (distinct[0] >= 0 and distinct[-1] <= 1 + SUM_TOLERANCE):
        return None
    step = float(np.diff(distinct).min())
    steps = distinct / step
    return step if step <= 1 / 64 and float(np.abs(steps - np.rint(steps)).max()) < 0.01 else None


def is_labels(values: NDArray[Any]) -> bool:
    """Whether an array holds one whole number or name an example."""
    return values.ndim == 1 and values.dtype.kind in "iuU"


def _kind_of_floats(values: NDArray[Any], where: str, tolerance: float, graph_kind: OutputKind | None) -> OutputKind:
    properties = np.concatenate(
        [_row_properties(rows, tolerance) for _, rows in iter_chunks(values[:MAX_ROWS_EXAMINED])], axis=1
    )
    if not properties.shape[1]:
        raise InputError("SF406", "every row has a NaN", where=where, fix=SET_RETURNS)
    small, around, sums, probabilities, below, nearly, log_probabilities, percent = properties.mean(axis=1)
    if probabilities == 1:
        return "probabilities"
    if log_probabilities == 1:
        return "log-probabilities"
    doubts = {
        "all values are from 0 to 1, but rows do not sum to one (several labels, or damage?)": small == 1,
        "all values are from 0 to 2, and rows nearly sum to one (damaged probabilities?)": around == 1,
        "all rows sum to one, but some values are below 0 or above 1": sums == 1,
        f"{probabilities:.0%} of the rows look like probabilities, the others do not": (
            probabilities >= MIN_MIXED_SHARE
        ),
        "all values are 0 or less, and their exponentials nearly sum to one (rounded log-probabilities?)": below == 1
        and nearly == 1,
        f"{log_probabilities:.0%} of the rows look like log-probabilities, the others do not": (
            log_probabilities >= MIN_MIXED_SHARE
        ),
        "all rows sum to 100 (divide percentages by 100)": percent == 1,
    }
    for doubt, holds in doubts.items():
        if holds and not (graph_kind == "logits" and probabilities == percent == 0):
            rounded = "; for rounded probabilities set resolution too (0.00390625 for int8)" if small == 1 else ""
            raise InputError(
                "SF406", f"the kind of scores is unclear: {doubt}", where=where, fix=f"{SET_RETURNS}{rounded}"
            )
    return "logits"


def _row_properties(rows: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """What holds of each row without a NaN, [8 properties, rows]."""
    rows = rows[~np.isnan(rows).any(axis=1)]
    with np.errstate(over="ignore", invalid="ignore"):
        sums = rows.sum(axis=1)
        total = np.exp(np.minimum(rows, 1)).sum(axis=1)
        within = ((rows >= 0) & (rows <= 1 + SUM_TOLERANCE)).all(axis=1)
        summed = np.abs(sums - 1) <= tolerance
        below = (rows <= SUM_TOLERANCE).all(axis=1)
        percent = (rows >= 0).all(axis=1) & (np.abs(sums - 100) <= 100 * SUM_TOLERANCE)
    return np.stack(
        [
            within,
            ((rows >= 0) & (rows <= 2)).all(axis=1) & (np.abs(sums - 1) <= 0.5),
            summed,
            within & summed,
            below,
            np.abs(total - 1) <= ROUNDED_SUM_TOLERANCE,
            below & (np.abs(total - 1) <= SUM_TOLERANCE),
            percent,
        ]
    )


def to_predictions(
    model: str,
    values: NDArray[Any],
    ids: ArrayLike,
    labels: ArrayLike | None,
    returns: OutputKind,
    resolution: float | None,
    provenance: Mapping[str, Json] | None,
    class_names: Sequence[str] = (),
) -> Predictions:
    """Predictions from the output of a model, or from a saved output.

    Args:
        model: the model's id, for errors too.
        values: scores [examples, classes], or labels [examples]; may be mapped from a file of any size.
        ids: one name an example.
        labels: the true classes, or None.
        returns: what the values are.
        resolution: the step of stored values; None for floats. Whole numbers are multiplied by it.
        provenance: where the numbers come from.
        class_names: by class index; needed where labels are names.

    Raises:
        InputError: values that are not of that kind, or ids or labels that do not fit.
    """
    if returns == "labels":
        classes = predicted_classes(model, values, class_names)
        return Predictions.from_hard_predictions(model, classes, ids, labels, provenance, len(class_names))
    scores = _as_scores(model, values, np.shape(ids), resolution)
    if returns == "logits":
        return Predictions.from_logits(model, scores, ids, labels, provenance)
    if returns == "log-probabilities":
        return Predictions.from_log_probs(model, scores, ids, labels, provenance)
    return Predictions.from_probabilities(model, scores, ids, labels, provenance, resolution)


def predicted_classes(model: str, values: NDArray[Any], class_names: Sequence[str]) -> NDArray[np.int64]:
    """Predicted labels as class indices, [examples].

    Raises:
        InputError: neither whole numbers nor names, or a name that is no class.
    """
    if not is_labels(values):
        raise InputError(
            "SF408",
            f"labels have shape {list(values.shape)} and dtype {values.dtype}",
            where=model,
            fix="give one whole number or name for each example",
        )
    if values.dtype.kind != "U":
        refuse_rows(model, values > np.iinfo(np.int64).max, "has a prediction that is not a class", ())
        return np.asarray(values, dtype=np.int64)
    number = {name: i for i, name in enumerate(class_names)}
    unique, places = np.unique(values, return_inverse=True)
    unknown = [name for name in unique.tolist() if name not in number]
    if unknown:
        fix = suggest(unknown[0], class_names) if class_names else "give the labels as numbers from 0"
        raise InputError("SF409", f"predicts {unknown[0]!r}, which is not a class", where=model, fix=fix[:200])
    return np.array([number[name] for name in unique.tolist()], dtype=np.int64)[places]


def _as_scores(
    model: str, values: NDArray[Any], ids: tuple[int, ...], resolution: float | None
) -> NDArray[np.floating[Any]]:
    """Scores in the shape and type that `Predictions` needs."""
    if values.ndim != 2:
        raise InputError(
            "SF400",
            f"scores have shape {list(values.shape)}",
            where=model,
            fix="give [examples, classes], or set returns = labels",
        )
    if len(ids) == 1 and values.shape[0] < ids[0] == values.shape[1]:
        raise InputError(
            "SF401",
            f"scores have shape {list(values.shape)} for {ids[0]} examples, so they are transposed",
            where=model,
            fix="give [examples, classes]",
        )
    if np.issubdtype(values.dtype, np.integer):
        if resolution is None:
            raise InputError(
                "SF407",
                f"scores are whole numbers ({values.dtype}) of an unknown step",
                where=model,
                fix="give floats, or set resolution (the step)",
            )
        scores = allocate(values.shape)
        for part, rows in iter_chunks(values):
            scores[part] = rows * resolution
        return scores
    return values
