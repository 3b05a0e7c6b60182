"""Predictions in, everything a person reads out."""

from collections.abc import Callable, Sequence

import polars as pl

from samefn.analysis.changed import changed_examples
from samefn.analysis.claims import claim_all
from samefn.analysis.compare import compare_all
from samefn.analysis.judge import judge_all
from samefn.analysis.landscape import map_all
from samefn.analysis.subject import Subject
from samefn.analysis.transfer import transfer_all
from samefn.analysis.verdicts import Judgement
from samefn.core.events import Emit, Event
from samefn.measures.accuracy import accuracy_deviation
from samefn.reports.roles import COMPRESSED
from samefn.schema.records import Epoch
from samefn.schema.report import Analysis, MeasureEntry, ModelEntry
from samefn.schema.verdicts import ClaimEntry, TransferEntry
from samefn.spec.study import Intervals, Landscape


def audit(
    subjects: Sequence[Subject],
    class_names: Sequence[str],
    landscape: Landscape,
    intervals: Intervals,
    picture: Callable[[str], str | None],
    emit: Emit,
    *,
    repeated_points: bool = False,
    noiseless: bool = False,
) -> tuple[Analysis, pl.DataFrame]:
    """Compare, measure and map models.

    Args:
        subjects: the base first; all with the same evaluation sets. The first set decides accuracy, the landscape
            and the changed inputs.
        class_names: by class index.
        landscape: the maps' settings.
        intervals: the intervals' settings.
        picture: a data URI for an example of the first set, or None.
        emit: told of every step.
        repeated_points: give compressed models the base's earlier moments on the maps, as the paper's notebooks do.
        noiseless: take the base's noise for 0 where no replicate measures it.

    Returns:
        The parts of the report, and the rows that they are made from.
    """
    sets = list(subjects[0].trajectories)
    frames: list[pl.DataFrame] = []
    measures: list[MeasureEntry] = []
    judgements: list[Judgement] = []
    transfer: list[TransferEntry] = []
    for number, name in enumerate(sets):
        emit(Event("progress", "measures", f"on {name}", done=number, total=len(sets)))
        frame, entries = compare_all(subjects, name, intervals)
        frames.append(frame)
        measures += entries
        if not frame.is_empty():
            judgements.append(
                judge_all(subjects, frame, entries, class_names, intervals.confidence, noiseless=noiseless)
            )
            transfer += transfer_all(subjects, frame, intervals.confidence)
    emit(Event("finished", "measures"))
    emit(Event("progress", "landscape", ", ".join(landscape.methods), done=0, total=1))
    landscapes = map_all(subjects, sets[0], landscape, repeated=repeated_points)
    emit(Event("finished", "landscape"))
    shown = [s.id for s in subjects if s.compared_with == subjects[0].id and s.entry.role != "replicate"]
    analysis = Analysis(
        models=tuple(_accurate(subject, subjects[0], sets[0]) for subject in subjects),
        measures=tuple(measures),
        landscape=landscapes.maps,
        panels=landscapes.panels,
        distances=landscapes.distances,
        changed=tuple(changed_examples(frames[0], shown, class_names, picture)) if not frames[0].is_empty() else (),
        scale=tuple(entry for found in judgements for entry in found.scales),
        verdicts=tuple(entry for found in judgements for entry in found.verdicts),
        overall=tuple(found.overall for found in judgements if found.overall is not None),
        transfer=tuple(transfer),
        claims=tuple(_claims(subjects, sets[0], measures, judgements, transfer)),
        warnings=tuple(dict.fromkeys(warning for found in judgements for warning in found.warnings)),
    )
    rows = pl.concat([frame for frame in frames if not frame.is_empty()]) if shown else pl.DataFrame()
    return analysis, rows


def _claims(
    subjects: Sequence[Subject],
    evaluation: str,
    measures: Sequence[MeasureEntry],
    judgements: Sequence[Judgement],
    transfer: Sequence[TransferEntry],
) -> list[ClaimEntry]:
    """The claims, by the first evaluation set; none where no model bears on any."""
    if not judgements or not any(subject.entry.role in COMPRESSED - {"candidate"} for subject in subjects):
        return []
    return claim_all(
        subjects,
        [entry for entry in measures if entry.evaluation == evaluation],
        judgements[0].scales,
        judgements[0].verdicts,
        [entry for entry in transfer if entry.evaluation == evaluation],
        subjects[0].trajectories[evaluation].last.accuracy or 0.0,
    )


def _accurate(subject: Subject, base: Subject, evaluation: str) -> ModelEntry:
    """The entry with accuracy, its deviation from the base's and the accuracy after every epoch."""
    trajectory = subject.trajectories[evaluation]
    accuracy, of_base = trajectory.last.accuracy, base.trajectories[evaluation].last.accuracy
    history = subject.entry.history
    if subject.trained:
        losses = {one.epoch: one.loss for one in history}
        history = tuple(
            Epoch(epoch=epoch, loss=losses.get(epoch), accuracy=moment.accuracy)
            for epoch, moment in zip(trajectory.epochs, trajectory.moments, strict=True)
        )
    return with_accuracy(subject.entry, accuracy, of_base).model_copy(update={"history": history})


def with_accuracy(entry: ModelEntry, accuracy: float | None, of_base: float | None) -> ModelEntry:
    """The entry with its accuracy and the deviation from the base's, both 0 to 1 and None without labels."""
    # Where the base answers nothing right there is nothing to be relative to.
    deviation = None if accuracy is None or not of_base else float(accuracy_deviation(of_base, accuracy))
    return entry.model_copy(update={"accuracy": accuracy, "accuracy_deviation": deviation})
