"""Predictions of one model on a fixed set of examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.predictions.checks import as_classes, as_ids, as_matrix, refuse_rows
from samefn.predictions.chunks import allocate, iter_chunks, take
from samefn.predictions.rounding import rounding_of_sums
from samefn.predictions.softmax import log_softmax

# More classes than a model has: a larger prediction is not a class.
MAX_HARD_CLASSES = 1_000_000
# A row of log-probabilities may miss a sum of one by what float32 storage of up to 100,000 classes explains.
SUM_TOLERANCE = 1e-3
# The step that is allowed for where none is known.
UNROUNDED = 1e-6


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one model at one moment predicts on a fixed set of examples.

    Build it with `from_logits`, `from_log_probs`, `from_probabilities` or `from_hard_predictions`. They check the
    numbers, and read arrays that are mapped from files chunk by chunk.

    Attributes:
        model: the model's id.
        log_probs: natural-log probabilities, float32, [examples, classes]; -inf where a probability is zero; NaN
            everywhere if only hard predictions are known.
        ids: one name an example, all different, [examples].
        labels: the true classes, [examples], or None.
        provenance: where the numbers come from: runtime, version, session options, batch size.
        notes: what was changed in the numbers when they came in.
        hard_predictions: the predicted classes, [examples], if probabilities are not known; None if they are.
        resolution: the step to which the probabilities were rounded; None if they were not, or that is not known.
    """

    model: str
    log_probs: NDArray[np.float32] = field(repr=False)
    ids: NDArray[np.str_] = field(repr=False)
    labels: NDArray[np.int64] | None = field(default=None, repr=False)
    provenance: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    hard_predictions: NDArray[np.int64] | None = field(default=None, repr=False)
    resolution: float | None = field(default=None, repr=False)

    @property
    def examples(self) -> int:
        """How many examples."""
        return int(self.log_probs.shape[0])

    @property
    def classes(self) -> int:
        """How many classes."""
        return int(self.log_probs.shape[1])

    @cached_property
    def predicted_class(self) -> NDArray[np.int64]:
        """The class of the highest probability, the lowest index where several tie, [examples]."""
        if self.hard_predictions is not None:
            return self.hard_predictions
        return np.asarray(self.log_probs.argmax(axis=1), dtype=np.int64)

    @property
    def accuracy(self) -> float | None:
        """Share of examples whose top class is the label, 0 to 1; None without labels."""
        return None if self.labels is None else float(np.mean(self.predicted_class == self.labels))

    def scores_of(self, place: int) -> NDArray[np.float32] | None:
        """The log-probabilities of one example, [classes]; None where only its predicted class is known."""
        return None if self.hard_predictions is not None else np.asarray(self.log_probs[place])

    def part(self, rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> "Predictions":
        """The predictions on some of the examples, in the order of the rows."""
        labels, hard = (None if each is None else each[rows] for each in (self.labels, self.hard_predictions))
        ids = self.ids[rows]
        # Without probabilities there is nothing to copy.
        log_probs = take(self.log_probs, rows if hard is None else slice(len(ids)))
        return replace(self, log_probs=log_probs, ids=ids, labels=labels, hard_predictions=hard)

    @classmethod
    def _checked(
        cls,
        model: str,
        log_probs: NDArray[np.float32],
        ids: ArrayLike,
        labels: ArrayLike | None,
        provenance: Mapping[str, Json] | None,
        notes: tuple[str, ...],
    ) -> "Predictions":
        names = as_ids(model, ids, len(log_probs))
        true = None if labels is None else as_classes(model, labels, names, log_probs.shape[1])
        return cls(model, log_probs, names, true, dict(provenance or {}), notes)

    @classmethod
    def from_logits(
        cls,
        model: str,
        logits: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
    ) -> "Predictions":
        """From unnormalised scores [examples, classes]; the softmax is taken in float64.

        Raises:
            InputError: NaN or infinite logits, another shape, ids or labels that do not fit.
        """
        scores = as_matrix(model, logits)
        log_probs, bad = allocate(scores.shape), np.empty(len(scores), np.bool_)
        for part, rows in iter_chunks(scores):
            bad[part] = ~np.isfinite(rows).all(axis=1)
            with np.errstate(invalid="ignore", over="ignore"):
                log_probs[part] = log_softmax(rows)
        refuse_rows(model, bad, "has a NaN or infinite logit", ids)
        return cls._checked(model, log_probs, ids, labels, provenance, ())

    @classmethod
    def from_log_probs(
        cls,
        model: str,
        log_probs: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
    ) -> "Predictions":
        """From natural-log probabilities [examples, classes], each row a distribution.

        Raises:
            InputError: NaN, a positive value, rows that do not sum to one, ids or labels that do not fit.
        """
        values = as_matrix(model, log_probs)
        checked, bad = allocate(values.shape), np.empty((3, len(values)), np.bool_)
        for part, rows in iter_chunks(values):
            with np.errstate(over="ignore", invalid="ignore"):
                sums = np.exp(rows).sum(axis=1)
                checked[part] = np.minimum(rows, 0)
            bad[0, part] = np.isnan(rows).any(axis=1)
            bad[1, part] = (rows > SUM_TOLERANCE).any(axis=1)
            bad[2, part] = ~(np.abs(sums - 1) <= SUM_TOLERANCE)
        refuse_rows(model, bad[0], "has a NaN log-probability", ids)
        refuse_rows(model, bad[1], "has a positive log-probability (are these logits?)", ids)
        refuse_rows(model, bad[2], "does not sum to one (are these logits?)", ids)
        return cls._checked(model, checked, ids, labels, provenance, ())

    @classmethod
    def from_probabilities(
        cls,
        model: str,
        probabilities: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
        resolution: float | None = None,
    ) -> "Predictions":
        """From probabilities [examples, classes].

        Args:
            model: the model's id.
            probabilities: numbers from 0 to 1.
            ids: one name an example.
            labels: the true classes, or None.
            provenance: where the numbers come from.
            resolution: the step of stored values (1/256 for int8 softmax outputs); None where that is not known, which
                allows 1e-6. Rows may miss a sum of one by one step for each class; they are renormalised, and a note
                says so.

        Raises:
            InputError: values outside [0, 1], or sums further off than the resolution explains.
        """
        values, step = as_matrix(model, probabilities), resolution or UNROUNDED
        log_probs, zeros = allocate(values.shape), 0
        bad, sums = np.empty(len(values), np.bool_), np.empty(len(values))
        for part, rows in iter_chunks(values):
            outside = (rows < 0).any(axis=1) | (rows > 1 + step).any(axis=1)
            bad[part] = outside | ~np.isfinite(rows).all(axis=1)
            sums[part] = rows.sum(axis=1)
            zeros += int(np.count_nonzero(rows == 0))
            with np.errstate(divide="ignore", invalid="ignore"):
                log_probs[part] = np.log(rows / sums[part, None])
        refuse_rows(model, bad, "has a value outside 0..1 (are these logits?)", ids)
        refuse_rows(
            model,
            (np.abs(sums - 1) > step * values.shape[1] + 1e-3) | (sums <= 0),
            "does not sum to one",
            ids,
        )
        notes = rounding_of_sums(sums, zeros).notes()
        return replace(cls._checked(model, log_probs, ids, labels, provenance, notes), resolution=resolution)

    @classmethod
    def from_hard_predictions(
        cls,
        model: str,
        predicted: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
        classes: int = 0,
    ) -> "Predictions":
        """From predicted classes alone, [examples], without probabilities.

        Args:
            model: the model's id.
            predicted: the class predicted for each example, whole numbers from 0.
            ids: one name an example.
            labels: the true classes, or None.
            provenance: where the predictions come from.
            classes: the least number of classes; there are more if predictions or labels need more.

        Raises:
            InputError: predictions that are not class numbers, ids or labels that do not fit.
        """
        array = np.asarray(predicted)
        if array.ndim != 1 or not len(array) or not np.issubdtype(array.dtype, np.integer):
            raise InputError(
                "SF408",
                f"predicted classes have shape {list(array.shape)} and dtype {array.dtype}",
                where=model,
                fix="give one class number, from 0, for each example",
            )
        outside = (array < 0) | (array >= MAX_HARD_CLASSES)
        refuse_rows(model, outside, f"has a prediction outside 0..{MAX_HARD_CLASSES - 1}", ids)
        true = -1 if labels is None or not np.size(labels) else int(np.clip(np.max(labels), -1, MAX_HARD_CLASSES - 1))
        width = max(classes, int(array.max()) + 1, true + 1, 2)
        unknown = np.broadcast_to(np.float32(np.nan), (len(array), width))
        notes = ("it gives predicted classes only, no probabilities",)
        checked = cls._checked(model, unknown, ids, labels, provenance, notes)
        return replace(checked, hard_predictions=array.astype(np.int64))


def require_same_inputs(a: Predictions, b: Predictions) -> None:
    """Refuse two predictions that are not on the same examples, classes and labels, in the same order.

    Raises:
        InputError: naming the first example that differs.
    """
    both = f"{a.model} and {b.model}"
    _require_classes(a, b)
    _require_classes(b, a)
    if a.classes != b.classes and a.hard_predictions is None and b.hard_predictions is None:
        raise InputError("SF411", f"{a.classes} against {b.classes} classes", where=both)
    if a.examples != b.examples:
        raise InputError("SF411", f"{a.examples} against {b.examples} examples", where=both)
    different = np.flatnonzero(a.ids != b.ids)
    if different.size:
        i = int(different[0])
        raise InputError(
            "SF411",
            f"row {i} is example {str(a.ids[i])!r} in the first and {str(b.ids[i])!r} in the second",
            where=both,
        )
    if a.labels is not None and b.labels is not None:
        different = np.flatnonzero(a.labels != b.labels)
        if different.size:
            i = int(different[0])
            raise InputError(
                "SF411",
                f"example {str(a.ids[i])!r} has label {a.labels[i]} in the first and {b.labels[i]} in the second",
                where=both,
            )


def _require_classes(a: Predictions, b: Predictions) -> None:
    """Refuse hard predictions outside the classes of a model that gives probabilities."""
    if a.hard_predictions is None or b.hard_predictions is not None:
        return
    outside = np.flatnonzero(a.hard_predictions >= b.classes)
    if outside.size:
        i = int(outside[0])
        raise InputError(
            "SF409",
            f"example {str(a.ids[i])!r} has prediction {a.hard_predictions[i]}, but {b.model} has {b.classes} classes",
            where=a.model,
        )
