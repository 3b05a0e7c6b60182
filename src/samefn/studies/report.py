"""The report of a study, from its stored results."""

from importlib.metadata import version
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from samefn.analysis.analyse import analyse, with_accuracy
from samefn.analysis.changed_examples import ExampleDetails
from samefn.analysis.landscape import map_all
from samefn.analysis.rows import all_rows, rows_of
from samefn.analysis.subject import Subject
from samefn.config.study import StudySpec
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset
from samefn.engine.run import RunOutcome
from samefn.schema.records import Epoch
from samefn.schema.report import DataEntry, Header, ModelEntry, Report
from samefn.store.store import Store
from samefn.studies.environment import Machine
from samefn.studies.plan.models import StudyPlan
from samefn.studies.subjects import collect_subjects
from samefn.verdict.limits import GivenLimits


def study_report(
    spec: StudySpec,
    dataset: Dataset,
    machine: Machine,
    plan: StudyPlan,
    outcome: RunOutcome,
    store: Store,
    emit: Emit,
) -> tuple[Report, pl.LazyFrame]:
    """The report without its times, and the rows it is made from.

    Raises:
        InputError: the base was not made.
    """
    subjects, failures = collect_subjects(spec, plan, outcome, store)
    deciding_set = spec.evaluation[0].split
    examples = dataset.splits[deciding_set].first(spec.evaluation[0].limit)
    entries, rows = [subject.entry for subject in subjects], rows_of(subjects)
    analysis = analyse(
        entries,
        rows,
        dataset.class_names,
        spec.intervals.confidence,
        ExampleDetails(examples, {one.id: one.trajectories[deciding_set].last.scores_of for one in subjects}),
        emit,
        GivenLimits(spec.limit, spec.class_limit, spec.loss_limit),
        simultaneous=spec.simultaneous,
    )
    emit(Event("progress", "landscape", ", ".join(spec.landscape.methods), done=0, total=1))
    maps = map_all(subjects, deciding_set, spec.landscape, repeated="repeated-points" in spec.in_force)
    emit(Event("finished", "landscape"))
    from_predictions = {
        "models": tuple(_trained(*both, deciding_set) for both in zip(analysis.models, subjects, strict=True)),
        "landscape": maps.maps,
        "panels": maps.panels,
        "distances": maps.distances,
    }
    header = Header(
        samefn=version("samefn"),
        name=spec.name,
        protocol=spec.protocol,
        switches=spec.switches,
        confidence=spec.intervals.confidence,
        study=_spec_summary(spec),
        environment=machine.environment(),
        data=DataEntry(
            name=dataset.name,
            source=dataset.source,
            official=dataset.official,
            fingerprint=dataset.fingerprint,
            train_examples=len(dataset.train),
            test_examples=len(dataset.test),
            class_names=dataset.class_names,
            shape=dataset.shape,
        ),
    )
    return Report.of(header, analysis.model_copy(update=from_predictions), failures), all_rows(entries, rows)


def _trained(entry: ModelEntry, subject: Subject, evaluation: str) -> ModelEntry:
    """The entry with the accuracy after every epoch, and with its own where no rows give it."""
    trajectory = subject.trajectories[evaluation]
    if entry.accuracy is None:
        entry = with_accuracy(entry, trajectory.last.accuracy, trajectory.last.accuracy)
    if not subject.trained:
        return entry
    losses = {one.epoch: one.loss for one in entry.history}
    history = tuple(
        Epoch(epoch=epoch, loss=losses.get(epoch), accuracy=moment.accuracy)
        for epoch, moment in zip(trajectory.epochs, trajectory.moments, strict=True)
    )
    return entry.model_copy(update={"history": history})


def _spec_summary(spec: StudySpec) -> dict[str, JsonValue]:
    """The spec as the report has it: files by name, because a report goes to others and paths do not."""
    summary: dict[str, JsonValue] = spec.model_dump(mode="json")
    return {
        **summary,
        "weights": Path(spec.weights).name,
        "checkpoints": [Path(path).name for path in spec.checkpoints],
    }
