"""Was anything transferred from the teacher? The questions, and an answer to each in one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from samefn.core.words import listed
from samefn.reports.contract_verdict import TransferEntry
from samefn.reports.findings import Findings
from samefn.reports.numbers import figure
from samefn.reports.tables import measure_title
from samefn.verdict.transfer import TransferOutcome

Taught = Literal["base", "random"]
Reference = Literal["control", "random"]
Inputs = Literal["all", "teacher wrong"]

_YES: dict[TransferOutcome, str] = {"transferred": "Yes", "nothing transferred": "No", "cannot tell": "Not known"}
_SAID: dict[TransferOutcome, str] = {
    "transferred": "something was transferred",
    "nothing transferred": "nothing was transferred",
    "cannot tell": "these seeds cannot tell",
}
MEASURES = {"disagreement": "by answers", "total_variation": "by probabilities"}
INPUTS: dict[Inputs, str] = {
    "all": "on all inputs",
    "teacher wrong": "where the teacher is wrong (negative transfer)",
}


@dataclass(frozen=True)
class Question:
    """Whose students are asked about, and what they are paired with.

    Attributes:
        taught: who taught the students.
        reference: what they are paired with.
        title: the question for people.
        paired: what the references are.
        meaning: who is compared, and what an answer says.
    """

    taught: Taught
    reference: Reference
    title: str
    paired: str
    meaning: str


QUESTIONS = (
    Question(
        "base",
        "control",
        "Students and the control",
        "control",
        "The reference is the control: trained like the student, from the same start and in the same order, without a "
        "teacher.",
    ),
    Question(
        "base",
        "random",
        "Students and the students of a random teacher",
        "random teacher's student",
        "The reference is the student of a random teacher, who has nothing to teach. What the base's student has "
        "beyond it comes from what the teacher knows.",
    ),
    Question(
        "random",
        "control",
        "Placebo: students of a random teacher and the control",
        "control",
        "Here the student is that of a random teacher, and the reference the control. What is found comes from being "
        "taught, not from what the teacher knows.",
    ),
)
MAIN: tuple[Question, Inputs] = (QUESTIONS[0], "all")


def asked(findings: Findings, question: Question, inputs: Inputs) -> tuple[TransferEntry, ...]:
    """The entries that answer one question on the main evaluation set, by alpha."""
    found = [
        entry
        for entry in findings.report.transfer
        if (entry.students, entry.reference, entry.inputs) == (question.taught, question.reference, inputs)
        and entry.evaluation == findings.transfer_evaluation
    ]
    return tuple(sorted(found, key=lambda entry: entry.alpha))


def transfer_answer(findings: Findings, question: Question, inputs: Inputs) -> str:
    """One sentence: whether anything was transferred, alpha by alpha; empty where it was not asked."""
    entries = asked(findings, question, inputs)
    if not entries:
        return ""
    if len(outcomes := {entry.outcome for entry in entries}) == 1:
        (outcome,) = outcomes
        return f"{_YES[outcome]}, {_SAID[outcome]} at {_alphas(entries)}."
    by_alpha: dict[float, dict[TransferOutcome, list[str]]] = {}
    for entry in entries:
        by_alpha.setdefault(entry.alpha, {}).setdefault(entry.outcome, []).append(measure_words(entry.measure))
    by_state: dict[str, list[TransferEntry]] = {}
    for entry in entries:
        found = by_alpha[entry.alpha]
        words = [f"{_SAID[outcome]} {listed(by) if len(found) > 1 else ''}".rstrip() for outcome, by in found.items()]
        by_state.setdefault(listed(words), []).append(entry)
    return f"It depends: {'; '.join(f'at {_alphas(same)} {words}' for words, same in by_state.items())}."


def transfer_figures(findings: Findings, question: Question, inputs: Inputs) -> str:
    """One sentence that holds the shares, alpha by alpha and by every distance; empty where it was not asked."""
    entries = asked(findings, question, inputs)
    shares = [
        f"at alpha {alpha:g} by {listed([_share(entry) for entry in entries if entry.alpha == alpha])}"
        for alpha in dict.fromkeys(entry.alpha for entry in entries)
    ]
    who = f"Nearer to the teacher than the {question.paired}, relative to its distance"
    return f"{who}: {'; '.join(shares)}." if shares else ""


def measure_words(measure: str) -> str:
    """How a distance is spoken of."""
    return MEASURES.get(measure, f"by {measure_title(measure)}")


def _alphas(entries: Iterable[TransferEntry]) -> str:
    return f"alpha {listed([f'{alpha:g}' for alpha in dict.fromkeys(entry.alpha for entry in entries)])}"


def _share(entry: TransferEntry) -> str:
    shown = figure(entry.share, entry.low, entry.high, percent=True)
    return " ".join(filter(None, (shown.text, "%", shown.interval, f"({measure_words(entry.measure)})")))
