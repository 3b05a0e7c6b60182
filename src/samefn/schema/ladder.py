"""The part of report.json about the ladder: candidates known to be finer and rougher, and where the others stand."""

from typing import Annotated, Literal

from pydantic import Field

from samefn.schema.base import Count, Part

RungSide = Literal["finer", "rougher", "open"]


class RungDifference(Part):
    """A candidate beside one rung of the ladder.

    Attributes:
        rung: id of the candidate that is the rung.
        difference: the candidate's distance to the base less the rung's, over the same examples.
        low: lower end of its interval; null where there is none.
        high: upper end.
        side: whether the candidate is shown to be `finer` than the rung (nearer the base) or `rougher`; else `open`.
    """

    rung: str
    difference: float
    low: float | None
    high: float | None
    side: RungSide


class LadderEntry(Part):
    """Where one candidate stands on the ladder; rungs have an entry too, which shows whether they are in order.

    Attributes:
        evaluation: the set of examples.
        base: id of the base.
        candidate: id of the candidate.
        measure: the distance: mean KL divergence of language models, else total variation, or disagreement where there
            are only classes.
        position: of a rung, its place on the ladder from 1, the finest; null for other candidates.
        value: the candidate's distance to the base.
        rungs: the candidate beside every other rung, from the finest to the roughest.
        confidence: the share of repetitions in which an interval covers the truth.
    """

    evaluation: str
    base: str
    candidate: str
    measure: str
    position: Count | None = None
    value: float
    rungs: Annotated[tuple[RungDifference, ...], Field(min_length=1)]
    confidence: float = 0.95
