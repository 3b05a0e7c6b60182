"""The report of a comparison of language models, from their rows; the block is the unit of every interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from samefn.analysis.analyse import with_accuracy
from samefn.analysis.rows import all_rows
from samefn.comparison.collect import Measured, model_entry
from samefn.comparison.language.plan import Text
from samefn.comparison.language.rows import BOUNDED, ROUNDING, TokenRows
from samefn.comparison.report import data_entry, filled
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit, Event
from samefn.schema.base import Compared
from samefn.schema.language import LanguageEntry
from samefn.schema.report import Analysis, Failure, Report
from samefn.schema.verdicts import Interval, RelativeDistance, VerdictEntry
from samefn.statistics.block_moments import block_moment_sums
from samefn.statistics.block_sums import BlockSums, block_sums
from samefn.statistics.cluster_intervals import proportion
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.language import language_estimates, means_columns, measure_estimates, needed_columns
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance_of

EVALUATION = "text"
SCALED = ("disagreement", "total_variation", "kl_divergence")
NOISELESS = (
    "Nothing is known of the base's own noise: it was not measured again. So it is taken for none, and every change"
    " counts as the candidate's: it can look farther than it is, never nearer."
)
NEIGHBOURS = (
    "Intervals take windows of the text for independent of one another; the tokens within a window are not. They are"
    " about texts like this one."
)


@dataclass(frozen=True, eq=False)
class _Summed:
    """One model's rows against the base, and their sums."""

    model: Measured
    rows: TokenRows
    sums: BlockSums

    @property
    def id(self) -> str:
        return self.model.model.id

    @property
    def compared(self) -> Compared:
        return Compared(self.id, "base", EVALUATION)

    @property
    def role(self) -> str:
        return self.model.model.role

    @property
    def name(self) -> str:
        return self.model.model.name


def language_report(
    spec: ComparisonSpec,
    text: Text,
    models: Sequence[Measured],
    failures: Sequence[Failure],
    warnings: Sequence[str],
    emit: Emit,
) -> tuple[Report, pl.LazyFrame]:
    """The report, but for its costs, requirements and times. The rows are read batch by batch, several times.

    Args:
        spec: what was asked for.
        text: what all models were scored on.
        models: the base first; the others with rows.
        failures: one a model that could not be scored.
        warnings: what a reader must know of how they were run.
        emit: told after each model.

    Returns:
        The report, and the rows that it is made from.
    """
    base, *others = models
    wanted = tuple(dict.fromkeys((*needed_columns(), *SCALED, *means_columns(), BOUNDED, ROUNDING)))
    confidence = spec.intervals.confidence
    summed: list[_Summed] = []
    language: list[LanguageEntry] = []
    for number, one in enumerate(others, start=1):
        rows = TokenRows(one.rows, text.scored)
        summed.append(_Summed(one, rows, block_sums(rows.batches(wanted))))
        language += language_estimates(summed[-1].rows, summed[-1].sums, summed[-1].compared, confidence)
        emit(Event("progress", "measures", f"of {one.model.name}", done=number, total=len(others)))
    emit(Event("finished", "measures"))
    analysis = _analysis(base, summed, confidence)
    data = data_entry(text.data, len(text.windows) * text.scored, ())
    asked = spec.model_copy(update={"n_ctx": text.length})
    report = filled(analysis, asked, data, failures, warnings, language)
    return report, all_rows(analysis.models, {EVALUATION: {one.model.id: one.rows for one in others}})


def _analysis(base: Measured, others: Sequence[_Summed], confidence: float) -> Analysis:
    candidates = [one for one in others if one.role == "candidate"]
    independents = [one.sums for one in others if one.role == "independent"]
    relative_distances = {one.id: _relative_distances(one, independents, confidence) for one in candidates}
    evidence = [_evidence(one, relative_distances[one.id], confidence) for one in candidates]
    verdicts = [decide(one) for one in evidence]
    base_right = others[0].sums.mean("base_right")
    models = [with_accuracy(model_entry(base), base_right, None)]
    models += [with_accuracy(model_entry(one.model), one.sums.mean("right"), base_right) for one in others]
    return Analysis(
        models=tuple(models),
        measures=tuple(entry for one in others for entry in measure_estimates(one.sums, one.compared, confidence)),
        relative_distances=tuple(entry for by in relative_distances.values() for entry in by.values()),
        verdicts=tuple(_with_flips(one, verdict) for one, verdict in zip(candidates, verdicts, strict=True)),
        overall=(overall(zip(evidence, verdicts, strict=True)),),
        warnings=(NEIGHBOURS, *([NOISELESS] if independents else []), *_rounding(others)),
    )


def _relative_distances(
    of: _Summed, independents: Sequence[BlockSums], confidence: float
) -> dict[str, RelativeDistance]:
    compared = of.compared
    return {
        name: relative_distance_of(
            block_moment_sums(name, of.sums, independents), compared, name, confidence=confidence
        )
        for name in SCALED
    }


def _evidence(of: _Summed, relative_distances: Mapping[str, RelativeDistance], confidence: float) -> Evidence:
    share = proportion("disagreement", of.sums, confidence)
    value, low, high = (0.0 if one is None else one for one in (share.value, share.low, share.high))
    return Evidence(
        disagreement=Interval(value, low, high),
        distances=(relative_distances["disagreement"], relative_distances["total_variation"]),
        base_error=1 - of.sums.mean("base_right"),
        compared=of.compared,
        grouped=True,
    )


def _with_flips(of: _Summed, verdict: VerdictEntry) -> VerdictEntry:
    flips = {
        "negative_flips": int(of.sums.total("negative_flips")),
        "positive_flips": int(of.sums.total("positive_flips")),
    }
    return verdict.model_copy(update=flips)


def _rounding(others: Sequence[_Summed]) -> list[str]:
    warnings = []
    for one in others:
        rounding, bounded = one.sums.largest[ROUNDING], int(one.sums.total(BOUNDED))
        if rounding > 0:
            warnings.append(
                f"{one.name} and the base: log-probabilities are stored in steps; rounding moves one by up to"
                f" {rounding:.2g} nats."
            )
        if bounded:
            warnings.append(
                f"{one.name} and the base: of {bounded:,} of {one.sums.examples:,} true tokens a file holds"
                " only an upper bound of the probability (16 nats or more below the largest)."
            )
    return warnings
