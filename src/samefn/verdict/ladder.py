"""Where a candidate stands among others that are known to be finer and rougher: by paired differences."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import inf, sqrt

from scipy.special import stdtrit

from samefn.schema.base import Compared
from samefn.schema.ladder import LadderEntry, RungDifference, RungSide
from samefn.statistics.exact_sums import BITS
from samefn.statistics.moments import CANDIDATE, SIZE, MomentSums


def ladder_entries(
    candidates: Sequence[Compared],
    rungs: Sequence[str],
    measure: str,
    values: Mapping[str, float],
    beside: Callable[[str, str], MomentSums],
    confidence: float = 0.95,
) -> tuple[LadderEntry, ...]:
    """Every candidate beside every rung but itself.

    Args:
        candidates: whom it is about, the rungs among them.
        rungs: ids of rungs, from the finest to the roughest; those that are no candidates, because they failed, are
            passed over.
        measure: name of the distance.
        values: each candidate's distance to the base, by its id.
        beside: of a candidate and a rung, the sums of their distances with the rung in the place of the base's
            replicate: so of the differences of the two, example by example.
        confidence: of each interval, above 0 and below 1.
    """
    ids = [one.candidate for one in candidates]
    rungs = [one for one in rungs if one in ids]
    found = []
    for compared in candidates:
        candidate = compared.candidate
        others = [rung for rung in rungs if rung != candidate]
        if not others:
            continue
        entry = LadderEntry(
            **compared._asdict(),
            measure=measure,
            position=rungs.index(candidate) + 1 if candidate in rungs else None,
            value=values[candidate],
            rungs=tuple(_difference(rung, beside(candidate, rung), confidence) for rung in others),
            confidence=confidence,
        )
        found.append(entry)
    return tuple(found)


def out_of_order(entries: Sequence[LadderEntry]) -> list[tuple[str, str]]:
    """Pairs of rungs of which the first is named as the finer one, and is shown to be the rougher."""
    rungs = {one.candidate: one.position for one in entries if one.position is not None}
    return [
        (one.candidate, beside.rung)
        for one in entries
        if one.position is not None
        for beside in one.rungs
        if beside.side == "rougher" and one.position < rungs.get(beside.rung, 0)
    ]


def _difference(rung: str, sums: MomentSums, confidence: float) -> RungDifference:
    """The mean difference, with Student's interval over units; groups of examples of any size are units too."""
    if not sums.finite:
        return RungDifference(rung=rung, difference=inf, low=None, high=None, side="open")
    total, units = Fraction(sums.sums[CANDIDATE,], 1 << BITS), sums.units
    mean = total / sums.examples
    squares = Fraction(sums.sums[CANDIDATE, CANDIDATE], 1 << BITS)
    if sums.grouped:
        sized, sizes = (Fraction(sums.sums[SIZE, of], 1 << BITS) for of in (CANDIDATE, SIZE))
    else:
        sized, sizes = total, Fraction(units)
    # What is left of each unit's sum after taking off the mean difference times its size.
    residuals = max(squares - 2 * mean * sized + mean**2 * sizes, Fraction(0))
    if units < 2:
        return RungDifference(rung=rung, difference=float(mean), low=None, high=None, side="open")
    error = sqrt(residuals * units / (units - 1)) / sums.examples
    half = float(stdtrit(units - 1, (1 + confidence) / 2)) * error
    low, high = float(mean) - half, float(mean) + half
    side: RungSide = "rougher" if low > 0 else "finer" if high < 0 else "open"
    return RungDifference(rung=rung, difference=float(mean), low=low, high=high, side=side)
