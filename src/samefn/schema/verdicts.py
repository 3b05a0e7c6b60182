"""The parts of report.json that judge: relative distances, verdicts and requirements."""

from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field

from samefn.schema.base import Part
from samefn.schema.quantities import Quantity, Refusal

# Is it the same function, by the share of changed predictions? From the best to the worst.
Outcome = Literal["same", "inconclusive", "changed", "broken"]
# Is it better or worse, by the labels?
Quality = Literal["better", "worse", "no difference shown", "no labels"]
# How far is it, by the relative distance? `not shown`: the interval is on both sides of a limit.
HowFar = Literal["near", "between", "independent", "not shown"]
RequirementOutcome = Literal["holds", "fails", "inconclusive"]

DistanceCovers = Literal["examples and independents", "examples only"]
DistanceMethod = Literal["fieller", "few changes", "none"]
VerdictReason = Literal["share", "margins", "rounding", "parts", "accuracy", "figures"]
LimitOrigin = Literal["given", "base error", "least", "most", "no labels", "rule"]
Side = Literal["within", "over", "open"]
BoundaryRefusal = Literal["", "ties", "infinite", "few", "contradicted"]
BaseDoubt = Literal["", "no better", "not shown better"]

FROM_BEST: tuple[Outcome, ...] = get_args(Outcome)


class Interval(NamedTuple):
    """A figure with the ends of its interval."""

    value: float
    low: float
    high: float


class RelativeDistance(Part):
    """Where a candidate is between the base's own noise (0) and a model trained independently (1), by one distance.

    The interval covers what `covers` says, for this base and this candidate.

    Attributes:
        evaluation: the set of examples.
        base: id of the base.
        candidate: id of the candidate.
        measure: the distance that is relative.
        value: (distance - noise floor) / (independent distance - noise floor), never clipped; null where refused.
        low: lower end of its interval.
        high: upper end of its interval.
        noise_floor: distance of the base's replicate to the base; 0 where the noise is taken for zero.
        noise_floor_model: id of the replicate that measured the noise floor: of the base's replicates the one furthest
            from it.
        independent_distance: the base's mean distance to the independents; null without any.
        independents: how many independents.
        examples: how many examples.
        covers: the populations the interval is about.
        method: how the interval was made; `few changes` is exact for the candidate, and wide.
        refused: why there is no relative distance, empty where there is one. `no independents`; `infinite`: some
            distances are; `one example` or `one group`: it says nothing about others; `independents like noise`: they
            are no farther from the base than the base is from itself; `uncertain`: their distance is not shown to be
            above the noise floor.
        confidence: the share of repetitions in which the interval covers the truth.
    """

    evaluation: str
    base: str
    candidate: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    noise_floor: float
    noise_floor_model: str
    independent_distance: float | None
    independents: int
    examples: int
    covers: DistanceCovers
    method: DistanceMethod
    refused: Refusal
    confidence: float = 0.95


class BoundaryFlips(Part):
    """The share of changed predictions as the margins tell it, with an upper bound.

    Attributes:
        estimate: the share, 0 to 1; null where refused.
        high: its upper end; null where refused.
        error: how often the true share may be above it.
        refused: why there is no bound, empty where there is one. `ties`: a tenth of the base's margins are 0;
            `infinite`: nine tenths are infinite; `few`: too few inputs; `contradicted`: more predictions changed than
            the margins explain.
    """

    estimate: float | None
    high: float | None
    error: float
    refused: BoundaryRefusal = ""


class AgainstLimit(Part):
    """A figure held against the limit that a verdict rests on.

    Attributes:
        measure: name of the figure.
        value: the figure.
        low: its lower end.
        high: its upper end.
        limit: what it may be.
        origin: where the limit comes from: it was `given`; a tenth of the `base error`; the `least` (0.1 %) or the
            `most` (1 %) where that tenth is beyond them; the most, because there are `no labels`; the `rule` for
            language models.
        side: `within` the limit or `over` it, where that is shown; else `open`.
    """

    measure: str
    value: float
    low: float
    high: float
    limit: float
    origin: LimitOrigin
    side: Side


class PartChange(Part):
    """How much one class or slice of the examples changed.

    Attributes:
        by: `class`, or the name of the slice's column.
        name: of the class, or the value in that column.
        examples: how many it has.
        changed: how many of them have a changed prediction.
        share: the second over the first, 0 to 1.
        low: lower end of its interval, from intervals that hold for all classes and slices at once.
        high: upper end.
        negative_flips: of them, those that the base has right and the candidate wrong; null without labels.
        positive_flips: those that the base has wrong and the candidate right; null without labels.
    """

    by: str
    name: str
    examples: int
    changed: int
    share: float
    low: float
    high: float
    negative_flips: int | None = None
    positive_flips: int | None = None


class VerdictEntry(Part):
    """Whether a candidate is still the base's function, better or worse, and how far from it.

    Attributes:
        evaluation: the set of examples.
        base: id of the base.
        candidate: id of the candidate.
        outcome: the first answer, by the share of changed predictions: `same` (shown to be within the limit), `changed`
            (shown to be over it, or a class or slice is), `broken` (no better than always the most frequent class), or
            `inconclusive`.
        reason: what decided. The `share` of changed predictions; the `margins` of the predictions near the boundary;
            `rounding`: all probabilities are equal but for rounding; `parts`: only classes or slices are over their
            limit; `accuracy`: it is broken; `figures`: of a language model, those in `against`.
        against: the figures that the first answer rests on, with their limits.
        examples: how many inputs the first answer is over, those without labels among them.
        effective_examples: how many inputs drawn one by one would show as much; fewer where inputs come in groups.
        margins: the share of changed predictions as the margins near the boundary tell it; null where these are not
            known.
        equal_up_to_rounding: whether every probability of every input is equal but for rounding; null where they are
            not known.
        inputs_needed: about how many inputs would settle the first answer, if the share stays as it is; null where it
            is settled, and where even a hundred times as many would not do.
        class_limit: what the share of changed predictions of one class or slice may be, 0 to 1; null for language
            language models.
        over: the classes and slices shown to be over that limit, the largest share first.
        worst: the class or slice with the largest share of changed predictions; its interval is the one of the largest
            share.
        quality: the second answer: `better` or `worse` (exact McNemar test, two-sided, at 5 %; of language models by
            the perplexity), `no difference shown`, or `no labels`.
        negative_flips: examples that the base has right and the candidate wrong; null without labels.
        positive_flips: examples that the base has wrong and the candidate right; null without labels.
        flips_p_value: exact McNemar test that the two are equally likely; null without labels.
        net_loss: base's accuracy less the candidate's, -1 to 1; null without labels.
        net_loss_low: lower end of its interval.
        net_loss_high: upper end.
        loss_limit: what the net loss may be, 0 to 1; of a language model, the ln of its perplexity over the base's.
        loss_side: on which side of it the net loss is shown to be; null without labels.
        hardest: the class or slice with the largest net loss, as a share of its examples, of those where one is shown
            (Holm, 5 %); null if none.
        distance: the third answer, by the relative distance of the disagreement: `near` (shown below `near`),
            `independent` (shown above `independent`, with two independents or more), `between` (shown above `near`), or
            `not shown`; null without independents.
        near: of the relative distance.
        independent: of the relative distance.
        probabilities_moved: whether the relative distance of total variation is shown to be above `near`; null where
            there is none.
        majority: share of the most frequent class, 0 to 1; null without labels.
        fort_independent: the disagreement that Fort's curve of independent errors expects of two models with these
            accuracies, 0 to 1; null without labels.
        fort_perturbed: the same by Fort's curve of a randomly perturbed base; null without labels and where perturbing
            the base does not lead to that accuracy (such as one above the base's).
    """

    evaluation: str
    base: str
    candidate: str
    outcome: Outcome
    reason: VerdictReason
    against: Annotated[tuple[AgainstLimit, ...], Field(min_length=1)]
    examples: int
    effective_examples: float
    margins: BoundaryFlips | None = None
    equal_up_to_rounding: bool | None = None
    inputs_needed: int | None = None
    class_limit: float | None = None
    over: tuple[PartChange, ...] = ()
    worst: PartChange | None = None
    quality: Quality = "no labels"
    negative_flips: int | None = None
    positive_flips: int | None = None
    flips_p_value: float | None = None
    net_loss: float | None = None
    net_loss_low: float | None = None
    net_loss_high: float | None = None
    loss_limit: float
    loss_side: Side | None = None
    hardest: PartChange | None = None
    distance: HowFar | None = None
    near: float = 0.1
    independent: float = 0.8
    probabilities_moved: bool | None = None
    majority: float | None = None
    fort_independent: float | None = None
    fort_perturbed: float | None = None


class OverallEntry(Part):
    """The verdict over all candidates of one evaluation set: the worst of them.

    Attributes:
        evaluation: the set of examples.
        outcome: the worst outcome; *inconclusive* is worse than *same* and better than whatever was shown.
        quality: of that candidate.
        distance: of that candidate.
        candidate: id of the candidate that has the worst outcome; of equals one that is worse, then the furthest from
            the base.
        doubt: why the base itself is in doubt: it is `no better` than always naming the most frequent class, or `not
            shown better`; empty where it is not.
        candidates: how many candidates it is over.
        wrong_same: the most that the chance can be that one or more of so many candidates is called `same` although the
            share of each is at its limit; null in reports from before it was known.
    """

    evaluation: str
    outcome: Outcome
    quality: Quality = "no labels"
    distance: HowFar | None = None
    candidate: str
    doubt: BaseDoubt = ""
    candidates: int = 1
    wrong_same: float | None = None


class RequirementEntry(Quantity):
    """One requirement held against one candidate, and the figure that decided it.

    Attributes:
        expression: as it was written; what was joined by `and` is several.
        candidate: id of the candidate.
        outcome: `holds` when the whole interval meets it, `fails` when none of it does, else `inconclusive`.
        shown: the figure in the unit that was asked for; empty where it has none.
        shown_interval: its interval, likewise.
    """

    expression: str
    candidate: str
    outcome: RequirementOutcome
    shown: str = ""
    shown_interval: str = ""
