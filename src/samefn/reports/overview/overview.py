"""The overview of a suite from the reports of its studies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from samefn.reports.tables.paper import method_title, paper_column, paper_columns, published_row, published_value
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import claim_reason
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.reports.wording.warnings import all_warnings
from samefn.schema.overview import (
    ClaimInStudy,
    ClaimOfPair,
    DeviationEntry,
    Overview,
    StudyEntry,
    TrendEntry,
)
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import FROM_BEST
from samefn.verdict.claim_dependence import combine_protocols
from samefn.verdict.claims import CLAIMS


@dataclass(frozen=True)
class StudyResult:
    """A study of a suite and its report; none where it could not be made."""

    study: StudyEntry
    report: Report | None = None


def overview_of(suite: dict[str, JsonValue], version: str, results: Sequence[StudyResult]) -> Overview:
    """All studies side by side.

    Args:
        suite: its spec.
        version: of samefn.
        results: the studies, pair by pair.
    """
    claims = tuple(entry for result in results for entry in _claims(result))
    return Overview(
        samefn=version,
        suite=suite,
        studies=tuple(_study(result) for result in results),
        deviations=tuple(entry for result in results for entry in _deviations(result)),
        claims=claims,
        settled=tuple(_of_pairs(results, claims)),
        trend=tuple(entry for result in results for entry in _trend(result)),
    )


def _study(result: StudyResult) -> StudyEntry:
    report = result.report
    if report is None:
        return result.study
    made = {
        "official": report.data.official,
        "examples": ReportView(report).examples,
        "base_accuracy": report.base.accuracy,
        "failures": report.failures,
        "warnings": all_warnings(report),
    }
    return result.study.model_copy(update=made)


def _deviations(result: StudyResult) -> Iterator[DeviationEntry]:
    report = result.report
    if report is None:
        return
    row = published_row(result.study.data, result.study.net)
    comparable = report.data.official is True and result.study.variant in {"corrected", "published"}
    for column in paper_columns(list(report.models), row):
        models = [model for model in report.models if paper_column(model) == column]
        values = [model.accuracy_deviation for model in models if model.accuracy_deviation is not None]
        value = sum(values) / len(values) if values else None
        paper = published_value(row, column) if row else None
        role, strength = column
        yield DeviationEntry(
            study=result.study.name,
            role=role,
            strength=strength,
            value=value,
            low=min(values, default=None),
            high=max(values, default=None),
            models=tuple(model.id for model in models),
            published=paper,
            difference=value - paper if comparable and value is not None and paper is not None else None,
        )


def _claims(result: StudyResult) -> Iterator[ClaimInStudy]:
    if result.report is None:
        return
    view = ReportView(result.report)
    for claim in result.report.claims:
        because = claim_reason(view, claim)
        yield ClaimInStudy(claim=claim.id, study=result.study.name, outcome=claim.outcome, because=because)


def _of_pairs(results: Sequence[StudyResult], claims: Iterable[ClaimInStudy]) -> Iterator[ClaimOfPair]:
    outcomes = {(entry.claim, entry.study): entry.outcome for entry in claims}
    for pair in dict.fromkeys(result.study.pair for result in results):
        studies = [result for result in results if result.study.pair == pair]
        for claim in CLAIMS:
            of_claim = {result.study.variant: outcomes.get((claim, result.study.name)) for result in studies}
            yield combine_protocols(claim, pair, of_claim)


def _trend(result: StudyResult) -> Iterator[TrendEntry]:
    report = result.report
    if report is None:
        return
    groups: dict[str, list[ModelEntry]] = {}
    view = ReportView(report)
    for model in _by_strength(view.models):
        groups.setdefault(method_title(model), []).append(model)
    evaluation = view.evaluation
    verdicts = {one.candidate: one.outcome for one in report.verdicts if one.evaluation == evaluation}
    distances = {
        (entry.candidate, entry.measure): entry for entry in report.relative_distances if entry.evaluation == evaluation
    }
    for method, models in groups.items():
        outcomes = {verdicts[model.id] for model in models if model.id in verdicts}
        for measure in DISTANCE_SOURCES:
            entries = [distances[model.id, measure] for model in models if (model.id, measure) in distances]
            values = [entry.value for entry in entries if entry.value is not None]
            yield TrendEntry(
                study=result.study.name,
                role=models[0].role,
                method=method,
                measure=measure,
                value=sum(values) / len(values) if values else None,
                low=min((entry.low for entry in entries if entry.low is not None), default=None),
                high=max((entry.high for entry in entries if entry.high is not None), default=None),
                models=tuple(model.id for model in models),
                outcomes=tuple(outcome for outcome in FROM_BEST if outcome in outcomes),
            )


def _by_strength(models: Iterable[ModelEntry]) -> list[ModelEntry]:
    """The compressed models: students by alpha, quantised as they come, pruned by fraction."""
    compressed = [model for model in models if method_title(model)]

    def strength(model: ModelEntry) -> tuple[int, float]:
        column = paper_column(model)
        role = ("student", "quantized", "pruned").index(model.role)
        return role, float(column[1]) if column and model.role != "quantized" else 0.0

    return sorted(compressed, key=strength)
