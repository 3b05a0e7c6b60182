"""Predictions of one model, and the trajectory of one model over training."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax

from samefn.core.canonical import Json
from samefn.core.errors import InputError

# A row of log-probabilities may miss a sum of one by what float32 storage of up to 100,000 classes explains.
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one model at one moment says about a fixed set of examples.

    Build it with `from_logits`, `from_log_probs` or `from_probabilities`: they check the numbers.

    Attributes:
        model: the model's id.
        log_probs: natural-log probabilities, float32, [examples, classes]; -inf where a probability is zero.
        ids: one name an example, all different, [examples].
        labels: the true classes, [examples], or None.
        provenance: where the numbers come from: runtime, version, session options, batch size.
        notes: what was done to the numbers on the way in (never silently).
    """

    model: str
    log_probs: NDArray[np.float32]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64] | None = None
    provenance: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def examples(self) -> int:
        """How many examples."""
        return int(self.log_probs.shape[0])

    @property
    def classes(self) -> int:
        """How many classes."""
        return int(self.log_probs.shape[1])

    @property
    def top(self) -> NDArray[np.int64]:
        """The class of the highest probability, the lowest index where several tie, [examples]."""
        return np.asarray(self.log_probs.argmax(axis=1), dtype=np.int64)

    @property
    def accuracy(self) -> float | None:
        """Share of examples whose top class is the label, 0 to 1; None without labels."""
        return None if self.labels is None else float(np.mean(self.top == self.labels))

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
        scores = _matrix(model, logits)
        _refuse_rows(model, ~np.isfinite(scores).all(axis=1), "has a NaN or infinite logit", ids)
        log_probs = log_softmax(scores, axis=1)
        return _checked(cls, model, log_probs, ids, labels, provenance, ())

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
        values = _matrix(model, log_probs)
        _refuse_rows(model, np.isnan(values).any(axis=1), "has a NaN log-probability", ids)
        _refuse_rows(
            model,
            (values > SUM_TOLERANCE).any(axis=1),
            "has a positive log-probability (are these logits?)",
            ids,
        )
        off = np.abs(np.exp(values).sum(axis=1) - 1) > SUM_TOLERANCE
        _refuse_rows(model, off, "does not sum to one (are these logits?)", ids)
        return _checked(cls, model, np.minimum(values, 0), ids, labels, provenance, ())

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
        values = _matrix(model, probabilities)
        bad = ~np.isfinite(values).all(axis=1) | (values < 0).any(axis=1) | (values > 1 + resolution).any(axis=1)
        _refuse_rows(model, bad, "has a value outside 0..1 (are these logits?)", ids)
        sums = values.sum(axis=1)
        _refuse_rows(
            model,
            (np.abs(sums - 1) > resolution * values.shape[1] + 1e-3) | (sums <= 0),
            "does not sum to one",
            ids,
        )
        notes: list[str] = []
        off = int(np.count_nonzero(np.abs(sums - 1) > 1e-6))
        if off:
            worst = float(np.abs(sums - 1).max())
            notes.append(f"{off} of {len(sums)} rows did not sum to one (worst by {worst:.2g}) and were renormalised")
        zeros = int(np.count_nonzero(values == 0))
        if zeros:
            notes.append(f"{zeros} probabilities are exactly zero: Kullback-Leibler divergences may be infinite")
        with np.errstate(divide="ignore"):
            log_probs = np.log(values / sums[:, None])
        return _checked(cls, model, log_probs, ids, labels, provenance, tuple(notes))


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
            raise InputError("a trajectory needs one epoch a moment, and at least one", where=self.model)
        if list(self.epochs) != sorted(set(self.epochs)):
            raise InputError("a trajectory's epochs must increase", where=self.model)
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
    if a.classes != b.classes:
        raise InputError(f"{a.classes} against {b.classes} classes", where=both)
    if a.examples != b.examples:
        raise InputError(f"{a.examples} against {b.examples} examples", where=both)
    different = np.flatnonzero(a.ids != b.ids)
    if different.size:
        i = int(different[0])
        raise InputError(f"row {i} is example {str(a.ids[i])!r} in one and {str(b.ids[i])!r} in the other", where=both)
    if a.labels is not None and b.labels is not None:
        different = np.flatnonzero(a.labels != b.labels)
        if different.size:
            i = int(different[0])
            raise InputError(
                f"example {str(a.ids[i])!r} has label {a.labels[i]} in one and {b.labels[i]} in the other",
                where=both,
            )


def _matrix(model: str, values: ArrayLike) -> NDArray[np.float64]:
    matrix = np.asarray(values)
    if not np.issubdtype(matrix.dtype, np.floating):
        raise InputError(f"scores have dtype {matrix.dtype}, not a floating type", where=model)
    if matrix.ndim != 2 or matrix.shape[0] < 1 or matrix.shape[1] < 2:
        raise InputError(
            f"scores have shape {list(matrix.shape)}",
            where=model,
            fix="give [examples, classes], two classes or more",
        )
    return matrix.astype(np.float64)


def _refuse_rows(model: str, rows: ArrayLike, what: str, ids: ArrayLike) -> None:
    bad = np.asarray(rows, dtype=np.bool_)
    count = int(np.count_nonzero(bad))
    if count:
        i = int(np.flatnonzero(bad)[0])
        names = np.asarray(ids)
        name = str(names[i]) if names.ndim == 1 and i < len(names) else f"row {i}"
        raise InputError(f"example {name!r} {what}; {count} of {len(bad)} rows are like it", where=model)


def _checked(
    cls: type[Predictions],
    model: str,
    log_probs: NDArray[np.float64],
    ids: ArrayLike,
    labels: ArrayLike | None,
    provenance: Mapping[str, Json] | None,
    notes: tuple[str, ...],
) -> Predictions:
    examples, classes = log_probs.shape
    names = np.asarray(ids).astype(np.str_)
    if names.shape != (examples,):
        raise InputError(f"{list(names.shape)} ids for {examples} examples", where=model, fix="give one id an example")
    unique, counts = np.unique(names, return_counts=True)
    if len(unique) != examples:
        raise InputError(f"id {str(unique[counts > 1][0])!r} occurs {counts.max()} times", where=model)
    true: NDArray[np.int64] | None = None
    if labels is not None:
        given = np.asarray(labels)
        if given.shape != (examples,) or not np.issubdtype(given.dtype, np.integer):
            raise InputError(
                f"labels of shape {list(given.shape)} and dtype {given.dtype} for {examples} examples",
                where=model,
            )
        true = given.astype(np.int64)
        outside = np.flatnonzero((true < 0) | (true >= classes))
        if outside.size:
            i = int(outside[0])
            raise InputError(f"example {str(names[i])!r} has label {true[i]}, outside 0..{classes - 1}", where=model)
    return cls(model, log_probs.astype(np.float32), names, true, dict(provenance or {}), notes)
