"""What the page says first: the answers with their figures, ranked, and how many have which."""

from collections.abc import Sequence

from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer
from samefn.reports.answers.words import answer_tone, answer_words
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.groups import Tone
from samefn.schema.verdicts import FROM_BEST

TONES: dict[Tone, str] = {"unchanged": "good", "alike": "neutral", "farther": "bad"}
"""The class in the style sheet of each tone."""

IN_WORDS = ("noise", "layer")
"""Facts that are words: they stand with the answer, not in a column of numbers."""

NOTED = ("accuracy", "size", "latency")
"""Facts whose notes stand in the table too; those of the others are in the sentences below."""

_COLUMNS = ("changed", "divergence", "perplexity", "accuracy", "flips", "worst", "size", "latency", "distance")


def tally(view: ReportView) -> list[tuple[str, int, Tone]]:
    """How many candidates have which answer, the worst first; every seed counts."""
    counts: dict[tuple[str, Tone], int] = {}
    for one in sorted(view.judged, key=_badness, reverse=True):
        answer = answer_words([one.verdict]), answer_tone([one.verdict])
        counts[answer] = counts.get(answer, 0) + 1
    return [(words, number, tone) for (words, tone), number in counts.items()]


def _badness(one: JudgedCandidate) -> tuple[int, bool, bool]:
    return FROM_BEST.index(one.verdict.outcome), one.verdict.quality == "worse", one.verdict.quality != "better"


def fact_columns(answers: Sequence[CandidateAnswer]) -> list[tuple[str, str]]:
    """Key and label of every fact that any answer has, but those of `IN_WORDS`; labels that differ side by side."""
    labels: dict[str, dict[str, None]] = {}
    for answer in answers:
        for fact in answer.facts:
            labels.setdefault(fact.key, {})[fact.label] = None
    places = [key for key in _COLUMNS if key in labels] + [key for key in labels if key not in _COLUMNS]
    return [(key, " or ".join(labels[key])) for key in places if key not in IN_WORDS]


def fact_cells(answers: Sequence[CandidateAnswer]) -> list[dict[str, Fact]]:
    """The facts of each answer by key."""
    return [{fact.key: fact for fact in answer.facts} for answer in answers]
