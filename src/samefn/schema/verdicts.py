"""The parts of report.json that judge: relative distances, verdicts, transfer, claims and requirements."""

from typing import Literal, NamedTuple, get_args

from samefn.schema.base import Part
from samefn.schema.quantities import Quantity, Refusal

Outcome = Literal["same", "inconclusive", "changed", "independent", "broken"]
TransferOutcome = Literal["transferred", "nothing transferred", "farther", "inconclusive"]
Students = Literal["base", "random"]
Reference = Literal["control", "random"]
Inputs = Literal["all", "teacher wrong"]
# Why nothing is shown: one seed has no interval; `no interval` also where the references may be the teacher itself;
# `above 0` and `below 0` are shown by the share alone, but not after Holm's correction.
TransferReason = Literal["one seed", "few seeds", "no interval", "above 0", "below 0", "undecided"]
ClaimId = Literal["C1", "C2", "C3", "C4", "C5"]
ClaimOutcome = Literal["holds", "does not hold", "inconclusive", "not tested"]
ClaimReason = Literal[
    "no quantized model",
    "changed",
    "another method is nearer",
    "not shown to be the same",
    "same and nearest",
    "no pruned model",
    "verdicts",
    "no student",
    "no relative distance",
    "above the independent limit",
    "below the independent limit",
    "around the independent limit",
    "no control",
    "nothing transferred",
    "transferred",
    "transfer undecided",
    "none as accurate",
    "more than half way",
    "less than half way",
    "around half way",
]
RequirementOutcome = Literal["holds", "fails", "inconclusive"]

DistanceCovers = Literal["examples and independents", "examples only"]
DistanceMethod = Literal["fieller", "few changes", "none"]
VerdictReason = Literal["relative distance", "refused", "share", "no reference", "accuracy"]
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
        error: the standard error of the relative distance of a candidate at r, squared, is error[0] r + error[1] r^2
            from the examples and error[2] r^2 from the independents.
        distance_slack: how far the true independent distance may lie above the one found, as a share of independent
            distance less noise floor.
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
    error: tuple[float, ...] = (0.0, 0.0, 0.0)
    distance_slack: float = 0.0


class VerdictEntry(Part):
    """Whether a candidate is still the base's function, by its relative distances of disagreement and total variation.

    Attributes:
        evaluation: the set of examples.
        base: id of the base.
        candidate: id of the candidate.
        outcome: same, inconclusive, changed, independent, or broken.
        reason: what decided. `accuracy`: it is no better than always the most frequent class; `relative distance`;
            `share`: without independents, the share of changed predictions; `no reference`: there are neither labels
            nor independents; `refused`: there is no relative distance although there are independents.
        limit: below it of the relative distance a change does not count.
        independent: above it of the relative distance a candidate is no closer than an independent.
        minimum_detectable_change: the smallest change of the relative distance that these data would have shown in 4 of
            5 cases.
        minimum_detectable_share: without independents, the smallest share of changed predictions, 0 to 1, that these
            data would have shown in 4 of 5 cases to be above the absolute limit; null where there is none.
        share_limit: without independents, the limit on the share of changed predictions, 0 to 1; null where there is
            none.
        majority: share of the most frequent class, 0 to 1; null without labels.
        inputs_needed: about how many inputs, if predictions change no more often than here, would show *same*; null
            where that is not known or no number would do.
        negative_flips: examples that the base has right and the candidate wrong; null without labels.
        positive_flips: examples that the base has wrong and the candidate right; null without labels.
        flips_p_value: exact McNemar test that negative_flips and positive_flips are equally likely; null without
            labels.
        classes: class names whose predictions changed more than the others' (one-sided exact test, Holm, at 0.05).
        worst_class: name of the class (of the labels, or without them of the base's predictions) with the largest share
            of changed predictions.
        worst_class_changed: that share, 0 to 1.
        worst_class_low: lower end of the interval of the largest share over classes, from intervals that hold for all
            classes at once.
        worst_class_high: upper end.
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
    limit: float
    independent: float
    minimum_detectable_change: float | None
    negative_flips: int | None = None
    positive_flips: int | None = None
    flips_p_value: float | None = None
    classes: tuple[str, ...] = ()
    minimum_detectable_share: float | None = None
    share_limit: float | None = None
    majority: float | None = None
    inputs_needed: int | None = None
    worst_class: str | None = None
    worst_class_changed: float | None = None
    worst_class_low: float | None = None
    worst_class_high: float | None = None
    fort_independent: float | None = None
    fort_perturbed: float | None = None


class OverallEntry(Part):
    """The verdict over all candidates of one evaluation set: the worst of them.

    Attributes:
        evaluation: the set of examples.
        outcome: the worst outcome; *inconclusive* is worse than *same* and better than whatever was shown.
        candidate: id of the candidate that has it, of equals the furthest from the base.
        doubt: why the base itself is in doubt: it is `no better` than always naming the most frequent class, or `not
            shown better`; empty where it is not.
    """

    evaluation: str
    outcome: Outcome
    candidate: str
    doubt: BaseDoubt = ""


class TransferEntry(Part):
    """Was anything transferred from the teacher to the students of one alpha, and how much?

    The unit is a seed: a student and its reference share start, data order and optimiser. The share is
    mean(D(teacher, reference) - D(teacher, student)) / mean D(teacher, reference): 0 nothing, 1 a copy of the teacher.

    Attributes:
        evaluation: the set of examples.
        teacher: id of the model the distances are taken to.
        students: whose students are asked about: `base` or `random` (of a randomly initialised teacher, a placebo).
        reference: what they are paired with: `control` (no teacher) or `random` (the student of a random teacher).
        inputs: `all`, or `teacher wrong` (a share there is negative transfer).
        measure: the distance: disagreement or total_variation.
        alpha: weight of the labels in the students' loss.
        reference_distance: mean distance of the references to the teacher; null where no input qualifies.
        student_distance: the same of the students.
        share: the transferred share; null where the references are the teacher or no input qualifies.
        low: lower end of Fieller's interval over seeds.
        high: upper end.
        seeds: how many pairs.
        examples: how many examples.
        p_value: paired t-test over seeds that nothing is transferred, two-sided.
        p_holm: the same adjusted by Holm over the alphas of one question and measure.
        outcome: transferred, nothing transferred, farther (than the reference), or inconclusive.
        reason: why it is inconclusive; null for the other outcomes.
        confidence: the share of repetitions in which the interval covers the truth.
    """

    evaluation: str
    teacher: str
    students: Students
    reference: Reference
    inputs: Inputs
    measure: str
    alpha: float
    reference_distance: float | None
    student_distance: float | None
    share: float | None
    low: float | None
    high: float | None
    seeds: int
    examples: int
    p_value: float | None
    p_holm: float | None
    outcome: TransferOutcome
    reason: TransferReason | None = None
    confidence: float = 0.95


class ClaimFigure(Part):
    """A figure that a claim was decided by.

    Attributes:
        quantity: what it is: a place on a relative distance, a measure, or a transferred share.
        measure: name of the measure; of a relative distance or share, of the distance.
        candidate: id of the model that it is about; null for a share, which is about the students of one alpha.
        alpha: of these students; null for others.
        value: the figure; null where it has none.
        low: lower end of its interval.
        high: upper end of its interval.
    """

    quantity: Literal["relative_distance", "measure", "share"]
    measure: str
    candidate: str | None = None
    alpha: float | None = None
    value: float | None
    low: float | None
    high: float | None


class ClaimEntry(Part):
    """One claim of the paper, put to the test by this study.

    Attributes:
        id: C1 to C5.
        outcome: `holds`, `does not hold`, `inconclusive` or `not tested` (no model here bears on it).
        reason: why, as a code.
        candidates: ids of the models that the reason is about.
        alpha: of the students that it is about, where it is about one alpha.
        figures: the figures that decided.
    """

    id: ClaimId
    outcome: ClaimOutcome
    reason: ClaimReason
    candidates: tuple[str, ...] = ()
    alpha: float | None = None
    figures: tuple[ClaimFigure, ...] = ()


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
