"""Predictions of one model, and the trajectory of one model over training."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.predictions.checks import as_classes, as_ids, as_matrix, refuse_rows
from samefn.predictions.chunks import chosen, parts, room
from samefn.predictions.rounding import rounding_of_sums
from samefn.predictions.softmax import log_softmax

# More classes than any model here has; an answer that is no class is refused by it.
MAX_CLASSES = 1_000_000
# A row of log-probabilities may miss a sum of one by what float32 storage of up to 100,000 classes explains.
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one model at one moment says about a fixed set of examples.

    Build it with `from_logits`, `from_log_probs`, `from_probabilities` or `from_answers`: they check the numbers, and
    take arrays that are mapped from files piece by piece.

    Attributes:
        model: the model's id.
        log_probs: natural-log probabilities, float32, [examples, classes]; -inf where a probability is zero; NaN all
            over where only answers are known.
        ids: one name an example, all different, [examples].
        labels: the true classes, [examples], or None.
        provenance: where the numbers come from: runtime, version, session options, batch size.
        notes: what was done to the numbers on the way in (never silently).
        answers: the chosen classes, [examples], where probabilities are not known; None where they are.
    """

    model: str
    log_probs: NDArray[np.float32] = field(repr=False)
    ids: NDArray[np.str_] = field(repr=False)
    labels: NDArray[np.int64] | None = field(default=None, repr=False)
    provenance: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    answers: NDArray[np.int64] | None = field(default=None, repr=False)

    @property
    def examples(self) -> int:
        """How many examples."""
        return int(self.log_probs.shape[0])

    @property
    def classes(self) -> int:
        """How many classes."""
        return int(self.log_probs.shape[1])

    @cached_property
    def top(self) -> NDArray[np.int64]:
        """The class of the highest probability, the lowest index where several tie, [examples]."""
        if self.answers is not None:
            return self.answers
        return np.asarray(self.log_probs.argmax(axis=1), dtype=np.int64)

    @property
    def accuracy(self) -> float | None:
        """Share of examples whose top class is the label, 0 to 1; None without labels."""
        return None if self.labels is None else float(np.mean(self.top == self.labels))

    def part(self, rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> "Predictions":
        """What it says about some of the examples, in the order of the rows."""
        labels, answers = (None if each is None else each[rows] for each in (self.labels, self.answers))
        ids = self.ids[rows]
        # Where nothing is known of probabilities, nothing is copied.
        log_probs = chosen(self.log_probs, rows if answers is None else slice(len(ids)))
        return replace(self, log_probs=log_probs, ids=ids, labels=labels, answers=answers)

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
        log_probs, bad = room(scores.shape), np.empty(len(scores), np.bool_)
        for part, rows in parts(scores):
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
        found, bad = room(values.shape), np.empty((3, len(values)), np.bool_)
        for part, rows in parts(values):
            with np.errstate(over="ignore", invalid="ignore"):
                sums = np.exp(rows).sum(axis=1)
                found[part] = np.minimum(rows, 0)
            bad[0, part] = np.isnan(rows).any(axis=1)
            bad[1, part] = (rows > SUM_TOLERANCE).any(axis=1)
            bad[2, part] = ~(np.abs(sums - 1) <= SUM_TOLERANCE)
        refuse_rows(model, bad[0], "has a NaN log-probability", ids)
        refuse_rows(model, bad[1], "has a positive log-probability (are these logits?)", ids)
        refuse_rows(model, bad[2], "does not sum to one (are these logits?)", ids)
        return cls._checked(model, found, ids, labels, provenance, ())

    @classmethod
    def from_probabilities(
        cls,
        model: str,
        probabilities: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
        resolution: float = 1e-6,
    ) -> "Predictions":
        """From probabilities [examples, classes].

        Args:
            model: the model's id.
            probabilities: numbers from 0 to 1.
            ids: one name an example.
            labels: the true classes, or None.
            provenance: where the numbers come from.
            resolution: the step of the storage (1/256 for int8 softmax outputs). Rows may miss a sum of one
                by a step a class; they are renormalised, and a note says so.

        Raises:
            InputError: values outside [0, 1], or sums further off than the resolution explains.
        """
        values = as_matrix(model, probabilities)
        log_probs, zeros = room(values.shape), 0
        bad, sums = np.empty(len(values), np.bool_), np.empty(len(values))
        for part, rows in parts(values):
            outside = (rows < 0).any(axis=1) | (rows > 1 + resolution).any(axis=1)
            bad[part] = outside | ~np.isfinite(rows).all(axis=1)
            sums[part] = rows.sum(axis=1)
            zeros += int(np.count_nonzero(rows == 0))
            with np.errstate(divide="ignore", invalid="ignore"):
                log_probs[part] = np.log(rows / sums[part, None])
        refuse_rows(model, bad, "has a value outside 0..1 (are these logits?)", ids)
        refuse_rows(
            model,
            (np.abs(sums - 1) > resolution * values.shape[1] + 1e-3) | (sums <= 0),
            "does not sum to one",
            ids,
        )
        return cls._checked(model, log_probs, ids, labels, provenance, rounding_of_sums(sums, zeros).notes())

    @classmethod
    def from_answers(
        cls,
        model: str,
        answers: ArrayLike,
        ids: ArrayLike,
        labels: ArrayLike | None = None,
        provenance: Mapping[str, Json] | None = None,
        classes: int = 0,
    ) -> "Predictions":
        """From the chosen classes alone, [examples], where probabilities are not known.

        Args:
            model: the model's id.
            answers: the chosen class of each example, whole numbers from 0.
            ids: one name an example.
            labels: the true classes, or None.
            provenance: where the answers come from.
            classes: how many classes there are at least; more where answers or labels need them.

        Raises:
            InputError: answers that are no class numbers, ids or labels that do not fit.
        """
        given = np.asarray(answers)
        if given.ndim != 1 or not len(given) or not np.issubdtype(given.dtype, np.integer):
            raise InputError(
                "SF4037",
                f"answers have shape {list(given.shape)} and dtype {given.dtype}",
                where=model,
                fix="give the number of a class, from 0, for each example",
            )
        refuse_rows(model, (given < 0) | (given >= MAX_CLASSES), f"answers no class from 0 to {MAX_CLASSES - 1}", ids)
        true = -1 if labels is None or not np.size(labels) else int(np.clip(np.max(labels), -1, MAX_CLASSES - 1))
        width = max(classes, int(given.max()) + 1, true + 1, 2)
        unknown = np.broadcast_to(np.float32(np.nan), (len(given), width))
        found = cls._checked(model, unknown, ids, labels, provenance, ("it gives answers only, no probabilities",))
        return replace(found, answers=given.astype(np.int64))


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One model's predictions over its training, the same examples at every moment.

    Attributes:
        model: the model's id.
        epochs: how many epochs each moment lies behind the start, increasing; 0 is the initial model.
        moments: the predictions, one an epoch.
    """

    model: str
    epochs: tuple[int, ...]
    moments: tuple[Predictions, ...]

    def __post_init__(self) -> None:
        if len(self.epochs) != len(self.moments) or not self.moments:
            raise InputError("SF4038", "a trajectory needs one epoch a moment, and at least one", where=self.model)
        if list(self.epochs) != sorted(set(self.epochs)):
            raise InputError("SF4039", "a trajectory's epochs must increase", where=self.model)
        first = self.moments[0]
        for moment in self.moments[1:]:
            require_same_examples(first, moment)

    @property
    def last(self) -> Predictions:
        """The predictions after the last epoch."""
        return self.moments[-1]


def require_same_examples(a: Predictions, b: Predictions) -> None:
    """Refuse two predictions that are not about the same examples, classes and labels, in the same order.

    Raises:
        InputError: naming the first example that differs.
    """
    both = f"{a.model} and {b.model}"
    _require_classes(a, b)
    _require_classes(b, a)
    if a.classes != b.classes and a.answers is None and b.answers is None:
        raise InputError("SF4040", f"{a.classes} against {b.classes} classes", where=both)
    if a.examples != b.examples:
        raise InputError("SF4041", f"{a.examples} against {b.examples} examples", where=both)
    different = np.flatnonzero(a.ids != b.ids)
    if different.size:
        i = int(different[0])
        raise InputError(
            "SF4042", f"row {i} is example {str(a.ids[i])!r} in one and {str(b.ids[i])!r} in the other", where=both
        )
    if a.labels is not None and b.labels is not None:
        different = np.flatnonzero(a.labels != b.labels)
        if different.size:
            i = int(different[0])
            raise InputError(
                "SF4043",
                f"example {str(a.ids[i])!r} has label {a.labels[i]} in one and {b.labels[i]} in the other",
                where=both,
            )


def _require_classes(a: Predictions, b: Predictions) -> None:
    """Refuse answers alone that are none of the classes of a model that gives probabilities."""
    if a.answers is None or b.answers is not None:
        return
    strange = np.flatnonzero(a.answers >= b.classes)
    if strange.size:
        i = int(strange[0])
        raise InputError(
            "SF4044",
            f"example {str(a.ids[i])!r} is answered with class {a.answers[i]}, but {b.model} has {b.classes} classes",
            where=a.model,
        )
