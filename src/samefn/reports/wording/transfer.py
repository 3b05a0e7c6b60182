"""Was anything transferred from the teacher? The questions, and an answer to each in one sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from samefn.core.join_words import listed
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import measure_title
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.verdicts import TransferEntry, TransferOutcome
from samefn.verdict.transfer import SEEDS

Taught = Literal["base", "random"]
Reference = Literal["control", "random"]
Inputs = Literal["all", "teacher wrong"]

# An outcome, and of "inconclusive" why: what one share shows that Holm's correction takes away is more than nothing.
State = TransferOutcome | Literal["above", "below", "few seeds"]

_YES: dict[State, str] = {
    "transferred": "Yes",
    "nothing transferred": "No",
    "farther": "No",
    "inconclusive": "Not known",
    "above": "Not known",
    "below": "Not known",
    "few seeds": "Not known",
}
_SAID: dict[State, str] = {
    "transferred": "something was transferred",
    "nothing transferred": "nothing was transferred",
    "farther": "the students are farther from the teacher than the {paired}",
    "inconclusive": "these seeds inconclusive",
    "above": "the share is above 0 by itself, not after Holm's correction{p}",
    "below": "the share is below 0 by itself, not after Holm's correction{p}",
    "few seeds": f"too few seeds to tell (at least {SEEDS} are needed)",
}
_SHORT: dict[State, str] = {
    "transferred": "yes",
    "nothing transferred": "no",
    "farther": "no, farther",
    "inconclusive": "not known",
    "above": "not known (above 0 before Holm's correction)",
    "below": "not known (below 0 before Holm's correction)",
    "few seeds": "not known (too few seeds)",
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


def asked(findings: ReportView, question: Question, inputs: Inputs) -> tuple[TransferEntry, ...]:
    """The entries that answer one question on the main evaluation set, by alpha."""
    found = [
        entry
        for entry in findings.report.transfer
        if (entry.students, entry.reference, entry.inputs) == (question.taught, question.reference, inputs)
        and entry.evaluation == findings.transfer_evaluation
    ]
    return tuple(sorted(found, key=lambda entry: entry.alpha))


def transfer_answer(findings: ReportView, question: Question, inputs: Inputs) -> str:
    """One sentence: whether anything was transferred, alpha by alpha; empty where it was not asked."""
    entries = asked(findings, question, inputs)
    if not entries:
        return ""
    if len(states := {_state(entry) for entry in entries}) == 1:
        (state,) = states
        return f"{_YES[state]}, {_words(_SAID, state, entries, question)} at {_alphas(entries)}."
    answers = (f"at {_alphas(same)} {words}" for words, same in _by_words(_SAID, entries, question).items())
    opening = {_YES[state] for state in states}
    return f"{opening.pop() if len(opening) == 1 else 'It depends'}: {'; '.join(answers)}."


def transfer_summary(findings: ReportView) -> str:
    """The main answer, then in short the ones where the teacher is wrong, and beside students of a random teacher."""
    others: tuple[tuple[str, Question, Inputs], ...] = (
        ("Where the teacher is wrong", MAIN[0], "teacher wrong"),
        ("Against students of a random teacher", QUESTIONS[1], "all"),
    )
    short = (f"{words}: {said}." for words, question, inputs in others if (said := _short(findings, question, inputs)))
    return " ".join(filter(None, (transfer_answer(findings, *MAIN), *short)))


def _short(findings: ReportView, question: Question, inputs: Inputs) -> str:
    """An answer in a few words, alpha by alpha; empty where it was not asked."""
    found = _by_words(_SHORT, asked(findings, question, inputs), question)
    return "; ".join(f"{words} at {_alphas(same)}" for words, same in found.items())


def _by_words(
    texts: dict[State, str], entries: Sequence[TransferEntry], question: Question
) -> dict[str, list[TransferEntry]]:
    """The entries by what is said of their alpha, by both distances."""
    alphas: dict[tuple[State, ...], list[float]] = {}
    for alpha in dict.fromkeys(entry.alpha for entry in entries):
        alphas.setdefault(tuple(_state(entry) for entry in entries if entry.alpha == alpha), []).append(alpha)
    said: dict[str, list[TransferEntry]] = {}
    for states, among in alphas.items():
        same = [entry for entry in entries if entry.alpha in among]
        words = []
        for state in dict.fromkeys(states):
            having = [entry for entry in same if _state(entry) == state]
            by = listed(list(dict.fromkeys(measure_words(entry.measure) for entry in having)))
            words.append(f"{_words(texts, state, having, question)} {by if len(set(states)) > 1 else ''}".rstrip())
        said.setdefault(listed(words), []).extend(same)
    return said


def _state(entry: TransferEntry) -> State:
    """The outcome, and of "inconclusive" why."""
    if entry.outcome != "inconclusive":
        return entry.outcome
    if entry.seeds < SEEDS:
        return "few seeds"
    if entry.low is None or entry.high is None:
        return "inconclusive"
    return "above" if entry.low > 0 else "below" if entry.high < 0 else "inconclusive"


def _words(texts: dict[State, str], state: State, entries: Sequence[TransferEntry], question: Question) -> str:
    """What is said of a state, with the p-values after Holm's correction."""
    known = [entry.p_holm for entry in entries if entry.p_holm is not None]
    ends = dict.fromkeys(f"{end:.2g}" for end in (min(known), max(known))) if known else ()
    return texts[state].format(paired=question.paired, p=f" (p {' to '.join(ends)})" if ends else "")


def transfer_figures(findings: ReportView, question: Question, inputs: Inputs) -> str:
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
    shown = format_with_interval(entry.share, entry.low, entry.high, percent=True)
    return " ".join(filter(None, (shown.text, "%", shown.interval, f"({measure_words(entry.measure)})")))
