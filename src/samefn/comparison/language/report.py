"""The report of a comparison of language models, from their rows; a document or window is the unit of intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from samefn.analysis.analyse import with_accuracy
from samefn.analysis.rows import all_rows
from samefn.comparison.ladder import ladder_ids
from samefn.comparison.language.dependence import correlated_windows
from samefn.comparison.language.plan import Text
from samefn.comparison.language.rows import BOUNDED, ROUNDING_COLUMN, TokenRows
from samefn.comparison.measured import MeasuredModel
from samefn.comparison.noise_floor import unmeasured_noise
from samefn.comparison.report import complete_report, data_entry, model_entry
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit, Event
from samefn.measures.language import itself
from samefn.schema.base import Compared
from samefn.schema.language import LanguageEntry
from samefn.schema.report import Analysis, Failure, Report
from samefn.schema.verdicts import Interval, RelativeDistance
from samefn.statistics.block_moments import block_moment_sums
from samefn.statistics.block_sums import BlockSums, block_sums
from samefn.statistics.effective_numbers import effective_share
from samefn.statistics.jackknife import OfMeans
from samefn.verdict.decide_language import Figure, LanguageEvidence, decide_language
from samefn.verdict.ladder import ladder_entries
from samefn.verdict.language import (
    language_estimates,
    language_interval,
    means_columns,
    measure_estimates,
    needed_columns,
)
from samefn.verdict.limits import GivenLimits
from samefn.verdict.many_candidates import error_of_each
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance_of

# The name of the windows in the report.
TEXT_SET = "text"
SCALED = ("disagreement", "total_variation", "kl_divergence")
CHANGED = OfMeans(("disagreement",), itself, itself)
INDEPENDENT_WINDOWS = "Intervals assume independent windows of text, and are about texts like this one."
INDEPENDENT_DOCUMENTS = "Intervals assume independent documents, and are about documents like these."
KL = "kl_divergence"


@dataclass(frozen=True, eq=False)
class _Summed:
    """One model's rows against the base, and their sums: over windows, and over the units of intervals."""

    model: MeasuredModel
    rows: TokenRows
    windows: BlockSums
    sums: BlockSums

    @property
    def id(self) -> str:
        return self.model.model.id

    @property
    def compared(self) -> Compared:
        return Compared(self.id, "base", TEXT_SET)

    @property
    def role(self) -> str:
        return self.model.model.role

    @property
    def name(self) -> str:
        return self.model.model.name


def language_report(
    spec: ComparisonSpec,
    text: Text,
    models: Sequence[MeasuredModel],
    failures: Sequence[Failure],
    warnings: Sequence[str],
    emit: Emit,
) -> tuple[Report, pl.LazyFrame]:
    """The report, without its costs, requirements and times. The rows are read batch by batch, several times.

    Args:
        spec: of the comparison.
        text: the windows that all models were scored on.
        models: the base first; the others with rows.
        failures: one for each model that could not be scored.
        warnings: on how they were run.
        emit: receives an event for each model.

    Returns:
        The report, and the rows that it is made from.
    """
    base, *others = models
    wanted = tuple(dict.fromkeys((*needed_columns(), *SCALED, *means_columns(), BOUNDED, ROUNDING_COLUMN)))
    confidence = spec.intervals.confidence
    summed: list[_Summed] = []
    language: list[LanguageEntry] = []
    for number, measured in enumerate(others, start=1):
        rows = TokenRows(measured.rows, text.scored, text.documents)
        windows = block_sums(rows.batches(wanted))
        one = _Summed(measured, rows, windows, rows.units(windows))
        language += language_estimates(rows, one.sums, one.compared, confidence, text.block)
        summed.append(one)
        emit(Event("progress", "measures", f"of {measured.model.name}", done=number, total=len(others)))
    emit(Event("finished", "measures"))
    analysis = _analysis(base, summed, spec)
    data = data_entry(text.data, len(text.windows) * text.scored, ())
    with_length = spec.model_copy(update={"n_ctx": text.length})
    report = complete_report(analysis, with_length, data, failures, warnings, language)
    return report, all_rows(analysis.models, {TEXT_SET: {measured.model.id: measured.rows for measured in others}})


def _analysis(base: MeasuredModel, others: Sequence[_Summed], spec: ComparisonSpec) -> Analysis:
    confidence = spec.intervals.confidence
    candidates = [one for one in others if one.role == "candidate"]
    independents = [one.sums for one in others if one.role == "independent"]
    relative_distances = {one.id: _relative_distances(one, independents, confidence) for one in candidates}
    given = GivenLimits(limit=spec.limit, loss_limit=spec.loss_limit, kl_limit=spec.kl_limit)
    error = error_of_each(confidence, len(candidates), simultaneous=spec.simultaneous)
    verdicts = [decide_language(_evidence(one, relative_distances[one.id], error), given, error) for one in candidates]
    placed = [entry for by in relative_distances.values() for entry in by.values()]
    base_right = others[0].sums.mean("base_right")
    models = [with_accuracy(model_entry(base), base_right, None)]
    models += [with_accuracy(model_entry(one.model), one.sums.mean("right"), base_right) for one in others]
    documents = bool(others[0].rows.documents)
    by_id = {one.id: one.sums for one in candidates}
    ladder = ladder_entries(
        [one.compared for one in candidates],
        ladder_ids(spec),
        KL,
        {one.id: one.sums.mean(KL) for one in candidates},
        lambda candidate, rung: block_moment_sums(KL, by_id[candidate], [], by_id[rung]),
        confidence,
    )
    return Analysis(
        models=tuple(models),
        measures=tuple(entry for one in others for entry in measure_estimates(one.sums, one.compared, confidence)),
        relative_distances=tuple(placed),
        verdicts=tuple(verdicts),
        overall=(overall(verdicts, placed, error=error),),
        ladder=ladder,
        dependence=() if documents else correlated_windows({one.id: one.windows for one in candidates}),
        warnings=(
            INDEPENDENT_DOCUMENTS if documents else INDEPENDENT_WINDOWS,
            *([unmeasured_noise("it ran once")] if independents else []),
            *_rounding(others),
        ),
    )


def _relative_distances(
    candidate: _Summed, independents: Sequence[BlockSums], confidence: float
) -> dict[str, RelativeDistance]:
    compared = candidate.compared
    return {
        name: relative_distance_of(
            block_moment_sums(name, candidate.sums, independents), compared, name, confidence=confidence
        )
        for name in SCALED
    }


def _evidence(candidate: _Summed, relative_distances: Mapping[str, RelativeDistance], error: float) -> LanguageEvidence:
    sums = candidate.sums

    def figure(name: Figure, each: float) -> Interval:
        return language_interval(name, sums, 1 - 2 * each)

    return LanguageEvidence(
        figure=figure,
        tokens=sums.examples,
        effective=effective_share(CHANGED, sums.examples, sums, 1 - 2 * error).examples,
        negative_flips=int(sums.total("negative_flips")),
        positive_flips=int(sums.total("positive_flips")),
        distances=relative_distances,
        compared=candidate.compared,
    )


def _rounding(others: Sequence[_Summed]) -> list[str]:
    warnings = []
    for one in others:
        rounding, bounded = one.sums.largest[ROUNDING_COLUMN], int(one.sums.total(BOUNDED))
        if rounding > 0:
            warnings.append(
                f"{one.name} and the base: stored log-probabilities are rounded, each by up to {rounding:.2g} nats."
            )
        if bounded:
            warnings.append(
                f"{one.name} and the base: {bounded:,} of {one.sums.examples:,} true tokens have only an upper bound of"
                " their probability in a file (16 nats or more below the largest)."
            )
    return warnings
