"""From what a model returned to predictions: what its numbers are, told from the numbers where they leave no doubt."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.predictions.checks import refuse_rows
from samefn.predictions.chunks import parts, room
from samefn.predictions.predictions import SUM_TOLERANCE, Predictions
from samefn.schema.methods import OutputKind

# So many rows tell what all are; the doors of `Predictions` look at every one.
LOOKED_AT = 65_536
# Of logits some rows may look like a distribution by chance; of so large a share it is no chance.
CHANCE = 0.05
# So many rows tell whether values are on a grid, and whether they are class scores at all.
FEW = 1024
# Log-probabilities whose rows miss a sum of one by no more than this are no logits, but they are rounded.
NEAR = 0.05
SAY = "say what they are: returns = logits, log-probabilities, probabilities or labels"


def told_apart(
    values: NDArray[Any],
    where: str = "",
    resolution: float | None = None,
    otherwise: OutputKind | None = None,
) -> OutputKind:
    """What a model's output is, by its values.

    Labels are one whole number or name an example. Of scores [examples, classes] in floats, probabilities are all
    within 0..1 with rows that sum to one, log-probabilities all 0 or less with exponentials that do, and logits
    nothing like either. Rows with NaN tell nothing.

    Args:
        values: [examples] or [examples, classes].
        where: what errors call the model.
        resolution: the step in which probabilities are stored; rows may miss a sum of one by a step a class.
        otherwise: what the model's graph says. What it says are logits may look like damaged probabilities, as long as
            no row looks like something else.

    Raises:
        InputError: the values leave a doubt, or are neither scores nor labels; it names the option that says it.

    >>> told_apart(np.array([[0.25, 0.75], [0.5, 0.5]])), told_apart(np.array([[2.0, -1.0], [0.5, 3.0]]))
    ('probabilities', 'logits')
    """
    if is_labels(values):
        return "labels"
    if (
        values.ndim != 2
        or not np.issubdtype(values.dtype, np.number)
        or np.issubdtype(values.dtype, np.complexfloating)
    ):
        raise InputError(
            "SF4028",
            f"shape {list(values.shape)} and dtype {values.dtype} are neither scores [examples, classes] nor labels"
            " [examples]",
            where=where,
            fix="give floats for scores, whole numbers or names for labels",
        )
    if np.issubdtype(values.dtype, np.integer):
        raise InputError(
            "SF4029",
            f"scores are whole numbers ({values.dtype}): what a step of them means is not said",
            where=where,
            fix="give floats, or say returns and resolution (the step)",
        )
    step = 0.0 if otherwise == "logits" else resolution or 0.0
    return _of_floats(values, where, min(NEAR * 10, values.shape[1] * step + SUM_TOLERANCE), otherwise)


def step_of(values: NDArray[Any]) -> float | None:
    """The step of probabilities that were rounded to 8 bits or to two digits; None where they are on no such grid.

    >>> step_of(np.array([[0.25, 0.75], [0.5, 0.49609375]]))
    0.00390625
    """
    if values.dtype.kind != "f" or values.ndim != 2:
        return None
    distinct = np.unique(values[:FEW].astype(np.float64))
    if not 3 <= len(distinct) <= 257 or not (distinct[0] >= 0 and distinct[-1] <= 1 + SUM_TOLERANCE):
        return None
    step = float(np.diff(distinct).min())
    steps = distinct / step
    return step if step <= 1 / 64 and float(np.abs(steps - np.rint(steps)).max()) < 0.01 else None


def is_labels(values: NDArray[Any]) -> bool:
    """Whether an array holds one whole number or name an example."""
    return values.ndim == 1 and values.dtype.kind in "iuU"


def _of_floats(values: NDArray[Any], where: str, tolerance: float, otherwise: OutputKind | None) -> OutputKind:
    looks = np.concatenate([_looks(rows, tolerance) for _, rows in parts(values[:LOOKED_AT])], axis=1)
    if not looks.shape[1]:
        raise InputError("SF4030", "every row has a NaN, so nothing tells what the scores are", where=where, fix=SAY)
    small, around, sums, probabilities, below, nearly, log_probabilities, percent = looks.mean(axis=1)
    if probabilities == 1:
        return "probabilities"
    if log_probabilities == 1:
        return "log-probabilities"
    doubts = {
        "all values are from 0 to 1 and the rows are not distributions, as of several labels or damage": small == 1,
        "all values are from 0 to 2 and the rows nearly sum to one, as of damaged probabilities": around == 1,
        "all rows sum to one, and some values are below 0 or above 1": sums == 1,
        f"{probabilities:.0%} of the rows look like probabilities and the others do not": probabilities >= CHANCE,
        "all values are 0 or less, and their exponentials nearly sum to one": below == 1 and nearly == 1,
        f"{log_probabilities:.0%} of the rows look like log-probabilities and the others do not": (
            log_probabilities >= CHANCE
        ),
        "all rows sum to 100: percentages must be divided by 100": percent == 1,
    }
    for doubt, there in doubts.items():
        if there and not (otherwise == "logits" and probabilities == percent == 0):
            rounded = "; rounded probabilities need resolution (0.00390625 for int8) too" if small == 1 else ""
            raise InputError("SF4031", f"what the scores are is in doubt: {doubt}", where=where, fix=f"{SAY}{rounded}")
    return "logits"


def _looks(rows: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """What each row without a NaN looks like, [8 questions, rows]."""
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
            np.abs(total - 1) <= NEAR,
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
    """Predictions from what a model returned, or what somebody saved of it.

    Args:
        model: the model's id, for errors too.
        values: scores [examples, classes], or labels [examples]; may be mapped from a file of any size.
        ids: one name an example.
        labels: the true classes, or None.
        returns: what the values are.
        resolution: the step in which they are stored; None for floats. Whole numbers are multiplied by it.
        provenance: where the numbers come from.
        class_names: by class index; answers that are names need them.

    Raises:
        InputError: values that are not what they are said to be, or ids or labels that do not fit.
    """
    if returns == "labels":
        answers = as_answers(model, values, class_names)
        return Predictions.from_answers(model, answers, ids, labels, provenance, len(class_names))
    scores = _as_scores(model, values, np.shape(ids), resolution)
    if returns == "logits":
        return Predictions.from_logits(model, scores, ids, labels, provenance)
    if returns == "log-probabilities":
        return Predictions.from_log_probs(model, scores, ids, labels, provenance)
    return Predictions.from_probabilities(model, scores, ids, labels, provenance, resolution or 1e-6)


def as_answers(model: str, values: NDArray[Any], class_names: Sequence[str]) -> NDArray[np.int64]:
    """Answers as numbers of classes, [examples].

    Raises:
        InputError: neither whole numbers nor names, or a name that is no class.
    """
    if not is_labels(values):
        raise InputError(
            "SF4032",
            f"labels of shape {list(values.shape)} and dtype {values.dtype}",
            where=model,
            fix="give one whole number or name an example",
        )
    if values.dtype.kind != "U":
        refuse_rows(model, values > np.iinfo(np.int64).max, "is answered with a number that is no class", ())
        return np.asarray(values, dtype=np.int64)
    number = {name: i for i, name in enumerate(class_names)}
    unique, places = np.unique(values, return_inverse=True)
    strange = [name for name in unique.tolist() if name not in number]
    if strange:
        known = suggest(strange[0], class_names) if class_names else "give the answers as numbers from 0"
        raise InputError(
            "SF4033", f"answers {strange[0]!r}, which is none of the classes", where=model, fix=known[:200]
        )
    return np.array([number[name] for name in unique.tolist()], dtype=np.int64)[places]


def _as_scores(
    model: str, values: NDArray[Any], ids: tuple[int, ...], resolution: float | None
) -> NDArray[np.floating[Any]]:
    """Scores of the shape and type that `Predictions` takes."""
    if values.ndim != 2:
        raise InputError(
            "SF4034",
            f"scores have shape {list(values.shape)}, not [examples, classes]",
            where=model,
            fix="give a column a class, or say returns = labels",
        )
    if len(ids) == 1 and values.shape[0] < ids[0] == values.shape[1]:
        raise InputError(
            "SF4035",
            f"scores have shape {list(values.shape)} for {ids[0]} examples: they are transposed",
            where=model,
            fix="give [examples, classes]",
        )
    if np.issubdtype(values.dtype, np.integer):
        if resolution is None:
            raise InputError(
                "SF4036",
                f"scores are whole numbers ({values.dtype}): what a step of them means is not said",
                where=model,
                fix="give floats, or say resolution (the step)",
            )
        scores = room(values.shape)
        for part, rows in parts(values):
            scores[part] = rows * resolution
        return scores
    return values
