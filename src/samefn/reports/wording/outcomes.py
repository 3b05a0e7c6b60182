"""Every outcome of a candidate in words; no other file spells them."""

from dataclasses import dataclass

from samefn.reports.wording.groups import Tone
from samefn.schema.verdicts import Outcome


@dataclass(frozen=True)
class OutcomeWords:
    """One outcome in words.

    Attributes:
        tone: how good it is, for the eye.
        title: of its group, and at the start of a sentence.
        one: words for one candidate, after its name or the number 1.
        many: the same of several.
    """

    tone: Tone
    title: str
    one: str
    many: str


OUTCOMES: dict[Outcome, OutcomeWords] = {
    "same": OutcomeWords("unchanged", "Same", "is the same function", "are the same function"),
    "inconclusive": OutcomeWords("alike", "Inconclusive", "is inconclusive", "are inconclusive"),
    "changed": OutcomeWords("farther", "Changed", "has changed", "have changed"),
    "broken": OutcomeWords(
        "farther",
        "Broken",
        "is broken: no better than always the most frequent class",
        "are broken: no better than always the most frequent class",
    ),
}
"""Every outcome, the best first."""


def rank(outcome: Outcome) -> int:
    """How bad an outcome is, from 0."""
    return list(OUTCOMES).index(outcome)
