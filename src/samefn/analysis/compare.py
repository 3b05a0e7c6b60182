"""Every candidate against its base: rows, and the figures made from rows."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from samefn.analysis.subject import Subject
from samefn.measures.rows import rows
from samefn.schema.report import MeasureEntry
from samefn.spec.study import Intervals
from samefn.statistics.intervals import Estimate, estimates


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
    bases = {subject.id: subject.compared_with for subject in subjects if subject.compared_with is not None}
    found = estimates(frames, settings.confidence, settings.resamples, settings.seed)
    named = [frame.select(*named_columns(evaluation, bases[one], one)) for one, frame in frames.items()]
    return pl.concat(named) if named else pl.DataFrame(), measure_entries(found, evaluation, bases)


def measure_entries(found: Iterable[Estimate], evaluation: str, bases: Mapping[str, str]) -> list[MeasureEntry]:
    """The estimates of one evaluation set as the report tells them; `bases` by candidate, both by id."""
    return [
        MeasureEntry(
            evaluation=evaluation,
            base=bases[estimate.candidate],
            candidate=estimate.candidate,
            measure=estimate.measure,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            examples=estimate.examples,
            interval=estimate.interval,
            note=estimate.note,
        )
        for estimate in found
    ]


def named_columns(evaluation: str, base: str, candidate: str) -> tuple[pl.Expr, ...]:
    """The columns of one candidate's rows in `rows.parquet`: what they are about, then their own."""
    named = {"evaluation": evaluation, "base": base, "candidate": candidate}
    return *(pl.lit(text).alias(name) for name, text in named.items()), pl.all()
