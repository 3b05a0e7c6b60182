"""From what the models answered to the subjects of the audit: matched by id, without what a model failed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samefn.analysis.subject import Subject
from samefn.comparison.plan import Asked
from samefn.comparison.tasks import LOG_PROBS
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.answers import to_predictions, told_apart
from samefn.predictions.pieces import chosen
from samefn.predictions.predictions import Predictions, Trajectory
from samefn.predictions.saved import SavedPredictions
from samefn.runtimes.adapters import opener
from samefn.schema.methods import Given
from samefn.schema.records import RECORD, AnswersRecord
from samefn.schema.report import Failure, ModelEntry
from samefn.spec.comparison import ModelSource
from samefn.store.artefact import Artefact
from samefn.store.store import Store

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Collected:
    """What one model answered.

    Attributes:
        model: which.
        predictions: about all examples; NaN where it failed.
        record: how it was asked, and what it is.
        failed: why, by example id.
    """

    model: Asked
    predictions: Predictions
    record: AnswersRecord = field(default_factory=AnswersRecord)
    failed: Mapping[str, str] = field(default_factory=dict)


def from_store(model: Asked, artefact: Artefact, examples: ExampleSet, count: int | None = None) -> Collected:
    """A model's answers from the store; the numbers are mapped, not read.

    Args:
        model: which.
        artefact: the result of its task.
        examples: what it was asked.
        count: it was asked the first so many only.
    """
    record, where = AnswersRecord.model_validate_json(artefact.path(RECORD).read_bytes()), model.source.path
    log_probs: NDArray[np.float32] = np.load(artefact.path(LOG_PROBS), mmap_mode="r")
    labels = None if examples.labels is None else labels_within(examples.labels[:count], log_probs.shape[1], where)
    predictions = Predictions(model.id, log_probs, examples.ids[:count], labels, record.facts, record.notes)
    return Collected(model, predictions, record, record.failed)


def from_saved(model: Asked, saved: SavedPredictions, examples: ExampleSet) -> Collected:
    """Saved predictions beside those of models that are run.

    Raises:
        InputError: as `saved_predictions`.
    """
    predictions = saved_predictions(model.id, model.source, saved, examples)
    facts = {name: value for name, value in predictions.provenance.items() if name != "returns"}
    record = {"facts": facts, "returns": predictions.provenance.get("returns")}
    return Collected(model, predictions, AnswersRecord.model_validate(record))


def all_collected(
    asked: tuple[Asked, ...], failed: Mapping[str, str], examples: ExampleSet, store: Store
) -> tuple[list[Collected], list[Failure]]:
    """Every model's answers, and those that could not be asked.

    Raises:
        InputError: the base could not be asked, or no candidate.
    """
    found: list[Collected] = []
    failures: list[Failure] = []
    for one in asked:
        if one.task is None:
            found.append(from_saved(one, opener(one.adapter)(one.source), examples))  # type: ignore[arg-type]
        elif one.task.key in failed:
            failures.append(Failure(model=one.id, error=failed[one.task.key]))
        else:
            found.append(from_store(one, store.open(one.task.key), examples))
    if not found or found[0].model.role != "base":
        raise InputError(f"the base cannot be asked: {failures[0].error}")
    if not any(one.model.role == "candidate" for one in found):
        raise InputError(f"no candidate can be asked: {failures[0].error}")
    return found, failures


def saved_predictions(name: str, source: ModelSource, saved: SavedPredictions, examples: ExampleSet) -> Predictions:
    """Saved predictions, put into the order of the examples by their ids.

    Args:
        name: what they call the model.
        source: where they are from, and what is said of them.
        saved: what the file holds.
        examples: what they must be about.

    Raises:
        InputError: ids that do not match, other numbers of examples, or values that are no predictions.
    """
    values, labels, where = saved.values, examples.labels, source.path
    if saved.ids is not None:
        order = matched(saved.ids, examples.ids, where)
        values = values if order is None else _in_order(values, order)
    elif len(values) != len(examples.ids):
        raise InputError(
            f"holds {len(values)} predictions for {len(examples.ids)} examples", where=where, fix="give ids to both"
        )
    returns = source.returns or saved.returns or told_apart(values, where, source.resolution)
    if labels is not None and values.ndim == 2:
        labels = labels_within(labels, values.shape[1], where)
    facts: dict[str, Json] = {"runtime": "saved predictions", "returns": returns}
    found = to_predictions(name, values, examples.ids, labels, returns, source.resolution, facts, examples.class_names)
    return replace(found, notes=(*saved.notes, *found.notes))


def matched(ids: NDArray[np.str_], wanted: NDArray[np.str_], where: str) -> NDArray[np.int64] | None:
    """Where each wanted id stands; None where they stand in that order already.

    Raises:
        InputError: one is missing or too many, and which.
    """
    if len(ids) == len(wanted) and bool((ids == wanted).all()):
        return None
    place = {str(name): number for number, name in enumerate(ids)}
    for name in wanted:
        if str(name) not in place:
            raise InputError(f"has no prediction for example {str(name)!r}", where=where)
    if len(ids) != len(wanted):
        known = set(wanted.tolist())
        extra = next(str(name) for name in ids if str(name) not in known)
        raise InputError(f"has a prediction for {extra!r}, which is no example of the comparison", where=where)
    return np.array([place[str(name)] for name in wanted], dtype=np.int64)


def without_failed(found: Sequence[Collected]) -> tuple[list[Collected], list[Failure], list[str]]:
    """Set aside, for all models, the examples that any model failed on.

    Returns:
        The models' answers to the others, one failure a model that failed, and a warning.
    """
    failed = dict.fromkeys(name for one in found for name in one.failed)
    if not failed:
        return list(found), [], []
    ids = found[0].predictions.ids
    kept = ~np.isin(ids, list(failed))
    if not kept.any():
        raise InputError("no example is left that every model answers", where="compare")
    whole = [replace(one, predictions=one.predictions.part(kept), failed={}) for one in found]
    return whole, failures_of(found), [set_aside(len(failed), len(ids))]


def set_aside(failed: int, examples: int) -> str:
    """What is said of so many examples that a model failed on."""
    return (
        f"{failed} of {examples} examples are set aside for all models, because a model failed on them: "
        f"everything here is about the other {examples - failed}."
    )


def failures_of(found: Sequence[Collected]) -> list[Failure]:
    """One a model that failed on an example."""
    return [_failure(one) for one in found if one.failed]


def noted(one: Collected, note: str) -> Collected:
    """The same with one more note for the reader."""
    return replace(one, record=one.record.model_copy(update={"notes": (*one.record.notes, note)}))


def subject(one: Collected, evaluation: str, base: str | None) -> Subject:
    """A model in front of the audit."""
    record = one.record
    entry = ModelEntry(
        id=one.model.id,
        name=one.model.name,
        role=one.model.role,
        method=Given(
            adapter=one.model.adapter.name,
            fed=record.fed,
            returns=record.returns,
            batch_size=record.batch,
            facts={key: value for key, value in record.facts.items() if key != "runtime"},
        ),
        parent="base" if one.model.role == "replicate" else None,
        runtime=str(record.facts.get("runtime", one.model.adapter.name)),
        bytes=record.bytes,
        notes=tuple(dict.fromkeys([*record.notes, *one.predictions.notes])),
    )
    return Subject(entry, {evaluation: Trajectory(one.model.id, (0,), (one.predictions,))}, base, trained=False)


def _in_order(values: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    return chosen(values, order) if values.ndim == 2 else values[order]


def labels_within(labels: NDArray[np.int64], classes: int, where: str) -> NDArray[np.int64]:
    """The labels, none of them beyond the classes that a model gives.

    Raises:
        InputError: one is.
    """
    if len(labels) and int(labels.max()) >= classes:
        raise InputError(
            f"gives {classes} classes, but the data has label {int(labels.max())}",
            where=where,
            fix="are model and data about the same classes?",
        )
    return labels


def _failure(one: Collected) -> Failure:
    names = list(one.failed)
    shown = ", ".join(repr(name) for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Failure(model=one.model.id, error=f"failed on {shown}{more}: {one.failed[names[0]]}")
