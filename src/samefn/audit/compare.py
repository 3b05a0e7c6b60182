"""Every candidate against its base: rows, and the figures made from rows."""

from collections.abc import Mapping, Sequence

import polars as pl

from samefn.audit.subject import Subject
from samefn.measures.rows import rows
from samefn.reports.contract import MeasureEntry
from samefn.spec.study import Intervals
from samefn.verdict.intervals import estimates


def compare_all(
    subjects: Sequence[Subject], evaluation: str, settings: Intervals
) -> tuple[pl.DataFrame, list[MeasureEntry]]:
    """Rows and measures of all candidates on one evaluation set.

    Returns:
        The rows, with the columns evaluation, base and candidate in front, and one entry a measure and candidate.
    """
    by_id = {subject.id: subject for subject in subjects}
    frames = {
        subject.id: rows(
            by_id[subject.compared_with].trajectories[evaluation].last, subject.trajectories[evaluation].last
        )
        for subject in subjects
        if subject.compared_with is not None
    }
    entries = [
        MeasureEntry(
            evaluation=evaluation,
            base=_base(by_id, estimate.candidate),
            candidate=estimate.candidate,
            measure=estimate.measure,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            examples=estimate.examples,
            interval=estimate.interval,
            note=estimate.note,
        )
        for estimate in estimates(frames, settings.confidence, settings.resamples, settings.seed)
    ]
    return _joined(frames, by_id, evaluation), entries


def _joined(frames: Mapping[str, pl.DataFrame], by_id: Mapping[str, Subject], evaluation: str) -> pl.DataFrame:
    named = [
        frame.select(
            pl.lit(evaluation).alias("evaluation"),
            pl.lit(_base(by_id, candidate)).alias("base"),
            pl.lit(candidate).alias("candidate"),
            pl.all(),
        )
        for candidate, frame in frames.items()
    ]
    return pl.concat(named) if named else pl.DataFrame()


def _base(by_id: Mapping[str, Subject], candidate: str) -> str:
    base = by_id[candidate].compared_with
    assert base is not None  # noqa: S101  (only compared subjects have rows)
    return base
