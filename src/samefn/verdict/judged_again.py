"""Verdicts by today's rules, from the figures of a report that older rules judged."""

from collections.abc import Collection, Iterator, Sequence
from math import isclose

from samefn.schema.claims import ClaimEntry
from samefn.schema.lookup import by_measure, compared_by
from samefn.schema.report import JUDGED, MeasureEntry, Report
from samefn.schema.verdicts import OverallEntry, VerdictEntry
from samefn.statistics.cluster_intervals import OVER_BLOCKS
from samefn.statistics.counts import Counts
from samefn.statistics.design_effects import NET
from samefn.statistics.proportions import Proportion
from samefn.verdict.claims_of_study import claim_all
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.independents_again import independents_apart_again
from samefn.verdict.overall import overall


def judged_again(report: Report, broken: Collection[tuple[str, str]]) -> Report:
    """The report with verdicts and claims made from its figures: changed predictions, flips, accuracies, distances.

    Classes cannot be tested: a report does not count them. Nor can margins, nor what is equal up to rounding.

    Args:
        report: without verdicts; as it is where its base was not made.
        broken: evaluation set and candidate of those that were broken; they stay it.
    """
    if not any(model.role == "base" for model in report.models):
        return report
    doubts = {one.evaluation: one.doubt for one in report.overall}
    controls = {model.id for model in report.models if model.role == "control"}
    judged = list(_judged(report, broken))
    overalls: list[OverallEntry] = []
    for evaluation, doubt in doubts.items():
        of_set = [one for one in judged if one.evaluation == evaluation and one.candidate not in controls]
        overalls += [overall(of_set, report.relative_distances, doubt)] if of_set else []
    claims = _claims(report, judged) if report.claims else []
    changes = {"verdicts": tuple(judged), "overall": tuple(overalls), "claims": tuple(claims)}
    return report.model_copy(update=changes)


def _claims(report: Report, judged: Sequence[VerdictEntry]) -> list[ClaimEntry]:
    """The claims, by the first evaluation set as they always were."""
    first = report.measures[0].evaluation if report.measures else ""
    measures = [entry for entry in report.measures if entry.evaluation == first]
    distances = [entry for entry in report.relative_distances if entry.evaluation == first]
    independents = [model.id for model in report.models if model.role == "independent"]
    of_base = [entry for entry in measures if entry.base == report.base.id]
    return claim_all(
        [report.base, *(model for model in report.models if model.role != "base")],
        measures,
        [*distances, *independents_apart_again(independents, of_base, distances)],
        [entry for entry in judged if entry.evaluation == first],
        [entry for entry in report.transfer if entry.evaluation == first],
        report.confidence,
    )


def _judged(report: Report, broken: Collection[tuple[str, str]]) -> Iterator[VerdictEntry]:
    base = report.base
    first = next((entry.evaluation for entry in report.measures), "")
    roles = {model.id: model.role for model in report.models}
    for entry in report.measures:
        if entry.measure != "disagreement" or entry.base != base.id or roles.get(entry.candidate) not in JUDGED:
            continue
        if entry.value is None or entry.examples < 1:
            continue
        distances = by_measure(report.relative_distances, compared_by(entry))
        # Accuracies are those of the first set.
        counts = _counts(report, entry, labelled=entry.evaluation == first)
        evidence = Evidence(counts, distances, compared_by(entry), report.data.class_names)
        verdict = decide(evidence, error=(1 - report.confidence) / 2)
        if (entry.evaluation, entry.candidate) in broken:
            verdict = verdict.model_copy(update={"outcome": "broken", "reason": "accuracy"})
        yield verdict


def _counts(report: Report, changed: MeasureEntry, *, labelled: bool) -> Counts:
    base, examples = report.base, changed.examples
    measures = by_measure(report.measures, compared_by(changed))

    def counted(measure: str) -> int | None:
        found = measures.get(measure)
        return None if found is None or found.value is None else round(found.value * examples)

    lost, won = counted("negative_flips"), counted("positive_flips")
    right = base_right = None
    if labelled and base.accuracy is not None and lost is not None and won is not None:
        base_right = round(base.accuracy * examples)
        right = base_right - lost + won
    ones = counted("disagreement") or 0
    effects = dict.fromkeys(("changed", "right", "base_right", NET), 1 / _weight(changed))
    return Counts(examples, ones, base_right, right, lost, {}, effects)


def _weight(changed: MeasureEntry) -> float:
    """How many tokens drawn one by one a token of a text is worth: what gives the interval that the report has."""
    if changed.interval not in OVER_BLOCKS or changed.value is None or changed.high is None:
        return 1.0
    low, high, least = 0.0, 1.0, 1 / changed.examples  # one token alone is the least
    tail = (1 - changed.confidence) / 2
    while high > least and not isclose(low, high, rel_tol=1e-6):
        weight = (low + high) / 2
        examples = weight * changed.examples
        wider = Proportion(changed.value * examples, examples).high(tail) > changed.high
        low, high = (weight, high) if wider else (low, weight)
    return max(high, least)
