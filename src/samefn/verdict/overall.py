"""One verdict over all candidates: the worst."""

from collections.abc import Iterable

from samefn.core.errors import InputError
from samefn.schema.verdicts import FROM_BEST, BaseDoubt, OverallEntry, VerdictEntry
from samefn.verdict.decide import ERROR, Evidence
from samefn.verdict.many_candidates import chance_of_any


def overall(
    judged: Iterable[tuple[Evidence, VerdictEntry]], doubt: BaseDoubt = "", error: float = ERROR
) -> OverallEntry:
    """The verdict over all candidates: the worst.

    From best to worst: *same*, *inconclusive*, *changed*, *broken*. Of several candidates with the worst outcome, one
    that is worse by the labels counts, then the one furthest from the base.

    Args:
        judged: at least one verdict, with what it was made from.
        doubt: why the base itself is in doubt; empty where it is not.
        error: of a wrong *same* of each.

    Raises:
        InputError: no verdicts.
    """
    every = list(judged)
    if not every:
        raise InputError("SF463", "no verdicts", where="overall", fix="compare at least one candidate")
    _, worst = max(every, key=lambda pair: _badness(*pair))
    return OverallEntry(
        evaluation=worst.evaluation,
        outcome=worst.outcome,
        quality=worst.quality,
        distance=worst.distance,
        candidate=worst.candidate,
        doubt=doubt,
        candidates=len(every),
        wrong_same=chance_of_any(error, len(every)),
    )


def _badness(evidence: Evidence, verdict: VerdictEntry) -> tuple[float, ...]:
    """The answers, then the relative distance where there is one, then the share of changed predictions."""
    distance = evidence.distances.get("disagreement")
    relative = 0.0 if distance is None or distance.value is None else distance.value
    return FROM_BEST.index(verdict.outcome), verdict.quality == "worse", relative, evidence.changed.value
