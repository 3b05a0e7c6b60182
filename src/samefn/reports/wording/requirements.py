"""Requirements in words: how many hold, and a sentence for each and every candidate."""

from collections.abc import Mapping

from samefn.reports.view import Findings
from samefn.reports.wording.numbers import NONE, Figure, figure
from samefn.reports.wording.verdicts import REFUSALS
from samefn.schema.quantities import MissingReason
from samefn.schema.report import Report
from samefn.schema.verdicts import RequirementEntry, RequirementOutcome

_REFUSALS: Mapping[str, str] = dict(REFUSALS.items())
REQUIREMENT_OUTCOMES: dict[RequirementOutcome, str] = {
    "holds": "holds",
    "fails": "fails",
    "inconclusive": "is inconclusive",
}
MISSING: dict[MissingReason, str] = {
    "not measured": "not measured",
    "base not measured": "not measured for the base",
    "no value": "it has no value",
    "no scale": "no relative distance",
    "no labels": "there are no labels",
    "no verdict": "there is no verdict",
    "no language model": "measured for language models only",
    "not a number": "not a number",
    "no interval": "no interval to test",
    "narrow interval": "no interval to test",
    "dependent tokens": "no interval to test, because tokens of one text are dependent; see accuracy_deviation",
}


def requirement_sentence(findings: Findings, entry: RequirementEntry) -> str:
    """Whether one candidate meets a requirement, and the figure that decides."""
    head = f"{findings.name(entry.candidate)}: {entry.expression} {REQUIREMENT_OUTCOMES[entry.outcome]}"
    if entry.verdict:
        return f"{head}: the verdict is {entry.verdict}."
    reasons = [] if entry.value is None else [str(requirement_figure(entry))]
    if entry.missing:
        reasons.append(MISSING[entry.missing])
    elif entry.outcome == "inconclusive":
        reasons.append("the limit is inside the interval")
    explained = _REFUSALS.get(entry.note, entry.note) if entry.missing == "no scale" else entry.note
    note = f" ({explained})" if explained else ""
    return f"{head}: {', '.join(reasons)}{note}."


def requirement_figure(entry: RequirementEntry) -> Figure:
    """The figure in the unit of the limit; in reports from before there was one, the bare numbers."""
    if entry.shown or entry.value is None:
        return Figure(entry.shown or NONE, entry.shown_interval)
    return figure(entry.value, *((None, None) if entry.low == entry.high else (entry.low, entry.high)))


def requirements_met(report: Report) -> str:
    """How many requirements hold, each checked for each candidate; empty without any."""
    met, total = sum(entry.outcome == "holds" for entry in report.requirements), len(report.requirements)
    if total == 1:
        return f"The one requirement {'holds' if met else 'is not shown to hold'}."
    return f"{met} of {total} requirements hold." if total else ""


def requirement_sentences(report: Report) -> tuple[str, ...]:
    """How many requirements hold, and a sentence for each and every candidate; nothing without any."""
    if not report.requirements:
        return ()
    findings = Findings(report)
    return (requirements_met(report), *(requirement_sentence(findings, entry) for entry in report.requirements))
