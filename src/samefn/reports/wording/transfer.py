"""Was anything transferred from the teacher? The questions, and an answer to each in one sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from samefn.core.naming import join_words
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import DISTANCE_SOURCES, measure_title
from samefn.reports.wording.numbers import format_count, format_with_interval
from samefn.schema.claims import (
    Inputs,
    Reference,
    Students,
    TransferCovers,
    TransferEntry,
    TransferOutcome,
    TransferReason,
)
from samefn.verdict.transfer import MIN_SEEDS, NEGLIGIBLE_SHARE

# What is said of a share: its outcome, and of an inconclusive one why.
TransferState: TypeAlias = TransferOutcome | TransferReason


@dataclass(frozen=True)
class StateWording:
    """One outcome, or why there is none, in words.

    Attributes:
        answer: to the question whether anything was transferred.
        clause: what is said of the alphas; it may name the `reference`, and `p` after Holm's correction.
        note: what a short answer adds to `answer`; empty where it adds nothing.
        title: in a table.
    """

    answer: str
    clause: str
    note: str = ""
    title: str = "inconclusive"


STATES: dict[TransferState, StateWording] = {
    "transferred": StateWording("Yes", "something was transferred", title="transferred"),
    "nothing transferred": StateWording("No", "nothing was transferred", title="nothing transferred"),
    "farther": StateWording(
        "No", "the students are farther from the teacher than the {reference}", "farther", "farther from the teacher"
    ),
    "one seed": StateWording("Inconclusive", "there is one seed, so no interval", "one seed"),
    "one input": StateWording("Inconclusive", "there is one input, so no interval", "one input"),
    "few seeds": StateWording("Inconclusive", f"there are fewer than {MIN_SEEDS} seeds", "too few seeds"),
    "no interval": StateWording(
        "Inconclusive", "the {reference}'s distance to the teacher may be 0, so there is no interval", "no interval"
    ),
    "above 0": StateWording(
        "Inconclusive",
        "the share is above 0, but not after Holm's correction{p}",
        "above 0 before Holm's correction",
    ),
    "below 0": StateWording(
        "Inconclusive",
        "the share is below 0, but not after Holm's correction{p}",
        "below 0 before Holm's correction",
    ),
    "undecided": StateWording(
        "Inconclusive",
        f"the share is neither shown to differ from 0 nor to be within {100 * NEGLIGIBLE_SHARE:g} % of it",
    ),
    "inconclusive": StateWording("Inconclusive", "nothing is shown"),
}
COVERS: dict[TransferCovers, str] = {
    "seeds and examples": "over seeds and inputs",
    "seeds only": "over seeds alone, for these inputs",
}
INPUTS: dict[Inputs, str] = {
    "all": "on all inputs",
    "teacher wrong": "where the teacher is wrong (negative transfer)",
}


@dataclass(frozen=True)
class TransferQuestion:
    """Whose students are compared, and with what.

    Attributes:
        students: who taught the students.
        reference: what they are paired with.
        title: the question for people.
        meaning: who is compared, and what an answer says.
    """

    students: Students
    reference: Reference
    title: str
    meaning: str


REFERENCES: dict[Reference, str] = {"control": "control", "random": "random teacher's student"}
QUESTIONS = (
    TransferQuestion(
        "base",
        "control",
        "Students and the control",
        "The reference is the control: trained like the student, from the same start and in the same order, without a "
        "teacher.",
    ),
    TransferQuestion(
        "base",
        "random",
        "Students and the students of a random teacher",
        "The reference is the student of a random teacher, who has nothing to teach. What the base's student has "
        "beyond it comes from what the teacher knows.",
    ),
    TransferQuestion(
        "random",
        "control",
        "Placebo: students of a random teacher and the control",
        "Here the student is that of a random teacher, and the reference the control. What is found comes from being "
        "taught, not from what the teacher knows.",
    ),
)
MAIN_QUESTION: tuple[TransferQuestion, Inputs] = (QUESTIONS[0], "all")


def transfer_entries(view: ReportView, question: TransferQuestion, inputs: Inputs) -> tuple[TransferEntry, ...]:
    """The entries of one question on the main evaluation set, by alpha."""
    entries = [
        entry
        for entry in view.report.transfer
        if (entry.students, entry.reference, entry.inputs) == (question.students, question.reference, inputs)
        and entry.evaluation == view.transfer_evaluation
    ]
    return tuple(sorted(entries, key=lambda entry: entry.alpha))


def transfer_answer(view: ReportView, question: TransferQuestion, inputs: Inputs) -> str:
    """One sentence: whether anything was transferred, alpha by alpha; empty where there are no such students."""
    entries = transfer_entries(view, question, inputs)
    if not entries:
        return ""
    states = dict.fromkeys(map(_state, entries))
    if len(states) == 1:
        return f"{STATES[_state(entries[0])].answer}: at {_alphas(entries)} {_clause(entries)}."
    answers = (f"at {_alphas(same)} {words}" for words, same in _by_words(entries, short=False).items())
    openings = dict.fromkeys(STATES[state].answer for state in states)
    return f"{next(iter(openings)) if len(openings) == 1 else 'It depends'}: {'; '.join(answers)}."


def transfer_summary(view: ReportView) -> str:
    """The main answer, then in short the ones where the teacher is wrong, and beside students of a random teacher."""
    others: tuple[tuple[str, TransferQuestion, Inputs], ...] = (
        ("Where the teacher is wrong", MAIN_QUESTION[0], "teacher wrong"),
        ("Against students of a random teacher", QUESTIONS[1], "all"),
    )
    sentences = [transfer_answer(view, *MAIN_QUESTION)]
    for title, question, inputs in others:
        if entries := transfer_entries(view, question, inputs):
            answers = (f"{words} at {_alphas(same)}" for words, same in _by_words(entries, short=True).items())
            sentences.append(f"{title}: {'; '.join(answers)}.")
    return " ".join(filter(None, sentences))


def transfer_sentence(entry: TransferEntry) -> str:
    """One share in one sentence: the answer, then the figures."""
    seeds = "one seed" if entry.seeds == 1 else f"{format_count(entry.seeds)} seeds"
    covers = f", {COVERS[entry.covers]}" if entry.low is not None else ""
    return (
        f"{STATES[_state(entry)].answer}: at alpha {entry.alpha:g} {_clause([entry])}. "
        f"Transferred share against the {REFERENCES[entry.reference]}: {_share(entry)}, {seeds}{covers}."
    )


def transfer_title(entry: TransferEntry) -> str:
    """The outcome in a table."""
    return STATES[entry.outcome].title


def transfer_covers(entries: Iterable[TransferEntry]) -> str:
    """What the intervals are over; over seeds alone where one of them is."""
    narrow = any(entry.covers == "seeds only" for entry in entries)
    return COVERS["seeds only" if narrow else "seeds and examples"]


def transfer_figures(view: ReportView, question: TransferQuestion, inputs: Inputs) -> str:
    """One sentence that holds the shares, alpha by alpha and by every distance; empty where there are none."""
    entries = transfer_entries(view, question, inputs)
    shares = [
        f"at alpha {alpha:g} by {join_words([_share(entry) for entry in entries if entry.alpha == alpha])}"
        for alpha in dict.fromkeys(entry.alpha for entry in entries)
    ]
    who = f"Nearer to the teacher than the {REFERENCES[question.reference]}, relative to its distance"
    return f"{who}: {'; '.join(shares)}." if shares else ""


def measure_words(measure: str) -> str:
    """What a distance is by."""
    return f"by {DISTANCE_SOURCES.get(measure) or measure_title(measure)}"


def _by_words(entries: Sequence[TransferEntry], *, short: bool) -> dict[str, list[TransferEntry]]:
    """The entries by what is said of their alpha, by both distances."""
    alphas: dict[tuple[TransferState, ...], list[float]] = {}
    for alpha in dict.fromkeys(entry.alpha for entry in entries):
        alphas.setdefault(tuple(_state(entry) for entry in entries if entry.alpha == alpha), []).append(alpha)
    by_words: dict[str, list[TransferEntry]] = {}
    for states, among in alphas.items():
        same = [entry for entry in entries if entry.alpha in among]
        words = []
        for state in dict.fromkeys(states):
            having = [entry for entry in same if _state(entry) == state]
            by = join_words(list(dict.fromkeys(measure_words(entry.measure) for entry in having)))
            clause = _short_answer(state) if short else _clause(having)
            words.append(f"{clause} {by if len(set(states)) > 1 else ''}".rstrip())
        by_words.setdefault(join_words(words), []).extend(same)
    return by_words


def _state(entry: TransferEntry) -> TransferState:
    return entry.reason or entry.outcome


def _short_answer(state: TransferState) -> str:
    words = STATES[state]
    return words.answer.lower() + (f" ({words.note})" if words.note else "")


def _clause(entries: Sequence[TransferEntry]) -> str:
    """What is said of entries of one state, with their p-values after Holm's correction."""
    known = [entry.p_holm for entry in entries if entry.p_holm is not None]
    ends = dict.fromkeys(f"{end:.2g}" for end in (min(known), max(known))) if known else ()
    p = f" (p {' to '.join(ends)})" if ends else ""
    return STATES[_state(entries[0])].clause.format(reference=REFERENCES[entries[0].reference], p=p)


def _alphas(entries: Iterable[TransferEntry]) -> str:
    return f"alpha {join_words([f'{alpha:g}' for alpha in dict.fromkeys(entry.alpha for entry in entries)])}"


def _share(entry: TransferEntry) -> str:
    shown = format_with_interval(entry.share, entry.low, entry.high, percent=True)
    return " ".join(filter(None, (shown.text, "%", shown.interval, f"({measure_words(entry.measure)})")))
