"""One verdict over all candidates: the worst."""

from collections.abc import Iterable
from dataclasses import dataclass

from samefn.core.errors import InputError
from samefn.core.words import listed
from samefn.schema.verdicts import FROM_BEST, Outcome
from samefn.verdict.decide import Verdict

_IN_WORDS: dict[Outcome, str] = {
    "same": "the same function as the base",
    "cannot tell": "undecided",
    "changed": "changed",
    "changed, perhaps a stranger": "changed, perhaps no nearer than a stranger",
    "stranger": "no nearer than a stranger",
    "broken": "broken",
}


@dataclass(frozen=True)
class Overall:
    """The worst verdict, and how many candidates have which.

    Attributes:
        candidate: the one with the worst verdict, of equals the furthest from the base.
        outcome: its outcome.
        counts: how many candidates have each outcome that occurs, the best first.
    """

    candidate: str
    outcome: Outcome
    counts: dict[Outcome, int]

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        total = sum(self.counts.values())
        if total == 1:
            return f"The one candidate, {self.candidate}, is {_IN_WORDS[self.outcome]}."
        if len(self.counts) == 1:
            return f"All {total} candidates are {_IN_WORDS[self.outcome]}."
        parts = listed([f"{count} {_IN_WORDS[outcome]}" for outcome, count in self.counts.items()])
        return f"Of {total} candidates {parts}; the worst is {self.candidate}."


def overall(verdicts: Iterable[Verdict]) -> Overall:
    """The verdict over all candidates.

    *Cannot tell* is worse than *same* and better than whatever was shown.

    Args:
        verdicts: at least one.

    Returns:
        The worst, and the counts.

    Raises:
        InputError: no verdicts.
    """
    every = list(verdicts)
    if not every:
        raise InputError("no verdicts", where="overall", fix="compare at least one candidate")
    worst = max(every, key=lambda one: (FROM_BEST.index(one.outcome), _distance(one)))
    outcomes = [one.outcome for one in every]
    counts = {outcome: outcomes.count(outcome) for outcome in FROM_BEST if outcome in outcomes}
    return Overall(worst.candidate, worst.outcome, counts)


def _distance(one: Verdict) -> tuple[float, float]:
    """How far a candidate is: by its larger scale, where there is one, then by its answers."""
    scales = (one.scale_disagreement, one.scale_total_variation)
    known = (scale.value for scale in scales if scale is not None and scale.value is not None)
    return max(known, default=0.0), one.disagreement.value
