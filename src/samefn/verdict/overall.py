"""One verdict over all candidates: the worst."""

from collections.abc import Iterable

from samefn.core.errors import InputError
from samefn.schema.lookup import by_measure, compared_by
from samefn.schema.verdicts import FROM_BEST, BaseDoubt, OverallEntry, RelativeDistance, VerdictEntry
from samefn.verdict.decide import ERROR
from samefn.verdict.many_candidates import chance_of_any


def overall(
    verdicts: Iterable[VerdictEntry],
    distances: Iterable[RelativeDistance] = (),
    doubt: BaseDoubt = "",
    error: float = ERROR,
) -> OverallEntry:
    """The verdict over all candidates: the worst.

    From best to worst: *same*, *inconclusive*, *changed*, *broken*. Of several candidates with the worst outcome, one
    that is worse by the labels counts, then the one furthest from the base.

    Args:
        verdicts: at least one, all on one evaluation set.
        distances: relative distances, these candidates' among them.
        doubt: why the base itself is in doubt; empty where it is not.
        error: of a wrong *same* of each.

    Raises:
        InputError: no verdicts.
    """
    every = list(verdicts)
    if not every:
        raise InputError("SF463", "no verdicts", where="overall", fix="compare at least one candidate")
    known = list(distances)

    def badness(one: VerdictEntry) -> tuple[float, ...]:
        """The answers, then the relative distance where there is one, then the share of changed predictions."""
        changed = next((figure.value for figure in one.against if figure.measure == "disagreement"), 0.0)
        relative = by_measure(known, compared_by(one)).get("disagreement")
        far = 0.0 if relative is None or relative.value is None else relative.value
        return FROM_BEST.index(one.outcome), one.quality == "worse", far, changed

    worst = max(every, key=badness)
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
