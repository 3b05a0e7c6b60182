"""What the page says first: the answers with their figures, ranked, and how many have which."""

from collections.abc import Sequence

from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer
from samefn.reports.wording.groups import Tone

TONES: dict[Tone, str] = {"unchanged": "good", "alike": "neutral", "farther": "bad"}
"""The class in the style sheet of each tone."""


def tally(answers: Sequence[CandidateAnswer]) -> list[tuple[str, int, Tone]]:
    """How many have which answer, the worst first."""
    counts: dict[tuple[str, Tone], int] = {}
    for answer in reversed(answers):
        counts[answer.words, answer.tone] = counts.get((answer.words, answer.tone), 0) + 1
    return [(words, number, tone) for (words, tone), number in counts.items()]


def fact_columns(answers: Sequence[CandidateAnswer]) -> list[tuple[str, str]]:
    """Key and label of every fact that any answer has, in the order of the answer that has the most."""
    longest = sorted(answers, key=lambda answer: len(answer.facts), reverse=True)
    return list({fact.key: fact.label for answer in longest for fact in answer.facts}.items())


def fact_cells(answers: Sequence[CandidateAnswer]) -> list[dict[str, Fact]]:
    """The facts of each answer by key."""
    return [{fact.key: fact for fact in answer.facts} for answer in answers]
