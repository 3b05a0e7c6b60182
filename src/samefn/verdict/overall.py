"""One verdict over all candidates: the worst."""

from collections.abc import Iterable

from samefn.core.errors import InputError
from samefn.schema.verdicts import FROM_BEST, BaseDoubt, OverallEntry, VerdictEntry
from samefn.verdict.decide import Evidence


def overall(judged: Iterable[tuple[Evidence, VerdictEntry]], doubt: BaseDoubt = "") -> OverallEntry:
    """The verdict over all candidates: the worst.

    From best to worst: *same*, *inconclusive*, *changed*, *independent*, *broken*. Of several candidates with the worst
    outcome, the one furthest from the base counts.

    Args:
        judged: at least one verdict, with what it was made from.
        doubt: why the base itself is in doubt; empty where it is not.

    Raises:
        InputError: no verdicts.
    """
    every = list(judged)
    if not every:
        raise InputError("SF463", "no verdicts", where="overall", fix="compare at least one candidate")
    _, worst = max(every, key=lambda pair: (FROM_BEST.index(pair[1].outcome), _distance(pair[0])))
    return OverallEntry(evaluation=worst.evaluation, outcome=worst.outcome, candidate=worst.candidate, doubt=doubt)


def _distance(evidence: Evidence) -> tuple[float, float]:
    """How far a candidate is: by its larger relative distance, where there is one, then by its changed predictions."""
    relative = max(
        (distance.value for distance in evidence.distances if distance.value is not None),
        default=0.0,
    )
    return relative, evidence.disagreement.value
