"""Requirements in words: how many hold, and a sentence for each and every candidate."""

from samefn.reports.view import ReportView
from samefn.reports.wording.notes import notes_text
from samefn.reports.wording.numbers import NONE, NumberText, format_with_interval
from samefn.reports.wording.verdicts import DISTANCES, REFUSAL_WORDS
from samefn.schema.quantities import MissingReason
from samefn.schema.report import Report
from samefn.schema.verdicts import RequirementEntry, RequirementOutcome

REQUIREMENT_OUTCOMES: dict[RequirementOutcome, str] = {
    "holds": "holds",
    "fails": "fails",
    "inconclusive": "is inconclusive",
}
MISSING: dict[MissingReason, str] = {
    "not measured": "not measured",
    "base not measured": "not measured for the base",
    "no value": "it has no value",
    "no relative distance": "no relative distance",
    "no labels": "there are no labels",
    "no verdict": "there is no verdict",
    "no language model": "measured for language models only",
    "not a number": "not a number",
    "no interval": "no interval to test",
    "narrow interval": "no interval to test",
    "dependent tokens": "no interval to test, because tokens of one text are dependent; see accuracy_deviation",
}
# Answers that are no verdict.
ANSWERS: dict[str, str] = {
    "better": "it is better by the labels",
    "worse": "it is worse by the labels",
    "no difference shown": "no difference in accuracy is shown",
    **{answer: f"it is {words}" for answer, words in DISTANCES.items() if answer != "not shown"},
    "not shown": DISTANCES["not shown"],
    "within": "the net loss of accuracy is shown to be within its limit",
    "over": "the net loss of accuracy is shown to be over its limit",
    "open": "the net loss of accuracy is neither shown to be within its limit nor over it",
    "moved": "all probabilities moved",
    "not moved": "all probabilities are not shown to have moved",
}


def requirement_sentence(view: ReportView, entry: RequirementEntry) -> str:
    """Whether one candidate meets a requirement, and the figure that decides."""
    head = f"{view.name(entry.candidate)}: {entry.expression} {REQUIREMENT_OUTCOMES[entry.outcome]}"
    if entry.verdict:
        return f"{head}: {ANSWERS.get(entry.verdict, f'the verdict is {entry.verdict}')}."
    reasons = [] if entry.value is None else [str(requirement_figure(entry))]
    if entry.missing:
        reasons.append(MISSING[entry.missing])
    elif entry.outcome == "inconclusive":
        reasons.append("the limit is inside the interval")
    aside = _aside(view, entry)
    return f"{head}: {', '.join(reasons)}{f' ({aside})' if aside else ''}."


def _aside(view: ReportView, entry: RequirementEntry) -> str:
    if entry.refused:
        return REFUSAL_WORDS[entry.refused]
    return entry.worst_part or notes_text(entry.notes, view.examples)


def requirement_figure(entry: RequirementEntry) -> NumberText:
    """The figure in the unit of the limit; in reports from before there was one, the bare numbers."""
    if entry.shown or entry.value is None:
        return NumberText(entry.shown or NONE, entry.shown_interval)
    return format_with_interval(entry.value, *((None, None) if entry.low == entry.high else (entry.low, entry.high)))


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
    view = ReportView(report)
    return (requirements_met(report), *(requirement_sentence(view, entry) for entry in report.requirements))
