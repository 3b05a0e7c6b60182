"""One verdict over all candidates: the worst."""

from collections.abc import Iterable

from samefn.core.errors import InputError
from samefn.core.naming import join_words
from samefn.schema.verdicts import FROM_BEST, Outcome, OverallEntry, VerdictEntry
from samefn.verdict.decide import Evidence

_IN_WORDS: dict[Outcome, str] = {
    "same": "the same function as the base",
    "cannot tell": "undecided",
    "changed": "changed",
    "changed, perhaps a stranger": "changed, perhaps no nearer than a stranger",
    "stranger": "no nearer than a stranger",
    "broken": "broken",
}


def overall(judged: Iterable[tuple[Evidence, VerdictEntry]], doubt: str = "") -> OverallEntry:
    """The verdict over all candidates: the worst.

    *Cannot tell* is worse than *same* and better than whatever was shown. Of equals the furthest from the base counts.

    Args:
        judged: at least one verdict, with what it was made from.
        doubt: why the base itself is in doubt; empty where it is not.

    Raises:
        InputError: no verdicts.
    """
    every = list(judged)
    if not every:
        raise InputError("SF4116", "no verdicts", where="overall", fix="compare at least one candidate")
    evidence, worst = max(every, key=lambda one: (FROM_BEST.index(one[1].outcome), _distance(one[0])))
    outcomes = [one.outcome for _, one in every]
    counts = {outcome: outcomes.count(outcome) for outcome in FROM_BEST if outcome in outcomes}
    return OverallEntry(
        evaluation=worst.evaluation,
        outcome=worst.outcome,
        candidate=worst.candidate,
        sentence=_sentence(evidence.candidate, worst.outcome, counts),
        doubt=doubt,
    )


def _sentence(candidate: str, outcome: Outcome, counts: dict[Outcome, int]) -> str:
    """The verdict in plain words; `counts` says how many candidates have each outcome that occurs, the best first."""
    total = sum(counts.values())
    if total == 1:
        return f"The one candidate, {candidate}, is {_IN_WORDS[outcome]}."
    if len(counts) == 1:
        return f"All {total} candidates are {_IN_WORDS[outcome]}."
    parts = join_words([f"{count} {_IN_WORDS[outcome]}" for outcome, count in counts.items()])
    return f"Of {total} candidates {parts}; the worst is {candidate}."


def _distance(one: Evidence) -> tuple[float, float]:
    """How far a candidate is: by its larger scale, where there is one, then by its answers."""
    return max((scale.value for scale in one.scales if scale.value is not None), default=0.0), one.disagreement.value
