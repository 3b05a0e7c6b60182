"""The overview of a suite from the reports of its studies."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from samefn.reports.tables.methods import method_title, paper_place, paper_places, printed
from samefn.reports.tables.published import published_row
from samefn.reports.view import Findings
from samefn.reports.wording.claims import claim_reason
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

DISTANCES = ("disagreement", "total_variation")


@dataclass(frozen=True)
class StudyResult:
    """A study of a suite and its report; none where it could not be made."""

    study: StudyEntry
    report: Report | None = None


def overview_of(suite: dict[str, JsonValue], version: str, results: Sequence[StudyResult]) -> Overview:
    """All studies side by side.

    Args:
        suite: what was asked for.
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
        "examples": Findings(report).examples,
        "base_accuracy": report.base.accuracy,
        "failures": report.failures,
        "warnings": report.warnings,
    }
    return result.study.model_copy(update=made)


def _deviations(result: StudyResult) -> Iterator[DeviationEntry]:
    report = result.report
    if report is None:
        return
    row = published_row(result.study.data, result.study.net)
    comparable = report.data.official is True and result.study.variant in {"corrected", "published"}
    for place in paper_places(list(report.models), row):
        models = [model for model in report.models if paper_place(model) == place]
        values = [model.accuracy_deviation for model in models if model.accuracy_deviation is not None]
        value = sum(values) / len(values) if values else None
        paper = printed(row, place) if row else None
        role, strength = place
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
    findings = Findings(result.report)
    for claim in result.report.claims:
        because = claim_reason(findings, claim)
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
    for model in _by_strength(Findings(report).models):
        groups.setdefault(method_title(model), []).append(model)
    evaluation = Findings(report).evaluation
    verdicts = {one.candidate: one.outcome for one in report.verdicts if one.evaluation == evaluation}
    scales = {(one.candidate, one.measure): one for one in report.scale if one.evaluation == evaluation}
    for method, models in groups.items():
        outcomes = {verdicts[model.id] for model in models if model.id in verdicts}
        for measure in DISTANCES:
            found = [scales[model.id, measure] for model in models if (model.id, measure) in scales]
            values = [one.value for one in found if one.value is not None]
            yield TrendEntry(
                study=result.study.name,
                role=models[0].role,
                method=method,
                measure=measure,
                value=sum(values) / len(values) if values else None,
                low=min((one.low for one in found if one.low is not None), default=None),
                high=max((one.high for one in found if one.high is not None), default=None),
                models=tuple(model.id for model in models),
                outcomes=tuple(outcome for outcome in FROM_BEST if outcome in outcomes),
            )


def _by_strength(models: Iterable[ModelEntry]) -> list[ModelEntry]:
    """The compressed models: students by alpha, quantised as they come, pruned by fraction."""
    found = [model for model in models if method_title(model)]

    def strength(model: ModelEntry) -> tuple[int, float]:
        place = paper_place(model)
        role = ("student", "quantized", "pruned").index(model.role)
        return role, float(place[1]) if place and model.role != "quantized" else 0.0

    return sorted(found, key=strength)
