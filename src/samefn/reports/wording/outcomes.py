"""Every outcome in words."""

from dataclasses import dataclass

from samefn.reports.wording.groups import Tone
from samefn.schema.verdicts import Outcome


@dataclass(frozen=True)
class Words:
    """One outcome in words.

    Attributes:
        tone: how good it is, for the eye.
        title: of its group.
        worst: what is said of the worst candidate, after its name.
        worst_many: the same of several.
        counted: what is said after a count of one.
        counted_many: the same of several.
        short: in a list, after a count of one.
        short_many: the same of several.
    """

    tone: Tone
    title: str
    worst: str
    worst_many: str
    counted: str
    counted_many: str
    short: str
    short_many: str


OUTCOMES: dict[Outcome, Words] = {
    "same": Words(
        "unchanged",
        "Same",
        "is still the same function",
        "are still the same function",
        "is the same function",
        "are the same function",
        "same",
        "same",
    ),
    "inconclusive": Words(
        "alike",
        "Inconclusive",
        "cannot be told either way",
        "cannot be told either way",
        "cannot be told either way",
        "cannot be told either way",
        "inconclusive",
        "inconclusive",
    ),
    "changed": Words(
        "alike",
        "Changed",
        "has changed",
        "have changed",
        "has changed",
        "have changed",
        "changed",
        "changed",
    ),
    "independent": Words(
        "farther",
        "Independent",
        "is an independent, as far from the base as a model trained independently or farther",
        "are independents, as far from the base as a model trained independently or farther",
        "is an independent",
        "are independents",
        "independent",
        "independents",
    ),
    "broken": Words(
        "farther",
        "Broken",
        "is broken, no better than always naming the most frequent class",
        "are broken, no better than always naming the most frequent class",
        "is broken",
        "are broken",
        "broken",
        "broken",
    ),
}
"""Every outcome, the best first."""


def rank(outcome: Outcome) -> int:
    """How bad an outcome is, from 0."""
    return list(OUTCOMES).index(outcome)


def counted(count: int, outcome: str) -> str:
    """So many with an outcome, in a list; another text as it is.

    >>> counted(1, "independent"), counted(2, "independent"), counted(2, "not made")
    ('1 independent', '2 independents', '2 not made')
    """
    words = next((words for known, words in OUTCOMES.items() if known == outcome), None)
    if words is None:
        return f"{count} {outcome}"
    return f"{count} {words.short if count == 1 else words.short_many}"
