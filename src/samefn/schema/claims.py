"""The parts of report.json about students and claims: what was transferred from the teacher, and what holds."""

from typing import Literal

from samefn.schema.base import Part

TransferOutcome = Literal["transferred", "nothing transferred", "farther", "inconclusive"]
Students = Literal["base", "random"]
Reference = Literal["control", "random"]
Inputs = Literal["all", "teacher wrong"]
TransferCovers = Literal["seeds and examples", "seeds only"]
# Why nothing is shown: one seed or input has no interval; `no interval` also where the references may be the teacher
# itself; `above 0` and `below 0` are shown by the share alone, but not after Holm's correction.
TransferReason = Literal["one seed", "one input", "few seeds", "no interval", "above 0", "below 0", "undecided"]
ClaimId = Literal["C1", "C2", "C3", "C4", "C5"]
ClaimOutcome = Literal["holds", "does not hold", "inconclusive", "not tested"]
# `changed`, `not shown to be the same`, `same and nearest`, `verdicts` and those of one independent limit are reasons
# of older reports.
ClaimReason = Literal[
    "no quantized model",
    "not near",
    "changed",
    "another method is nearer",
    "not shown to be near",
    "not shown to be the same",
    "near and nearest",
    "same and nearest",
    "no pruned model",
    "distances",
    "verdicts",
    "no student",
    "no relative distance",
    "as far as both",
    "nearer than both",
    "not shown against both",
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


class TransferEntry(Part):
    """Was anything transferred from the teacher to the students of one alpha, and how much?

    A student and its reference of one seed share start, data order and optimiser. The share is
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
        low: lower end of Fieller's interval.
        high: upper end.
        covers: the populations that the interval and the p-values are about. Those over `seeds only` are for these
            inputs, and too narrow for others.
        seeds: how many pairs.
        examples: how many examples.
        p_value: that nothing is transferred, two-sided, by the rule of the interval.
        p_holm: the same adjusted by Holm over the alphas of one question and measure.
        p_nearer: that the students are at least 0.8 times as far from the teacher as the references, one-sided, by the
            same rule and adjusted likewise; null where it is not known.
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
    covers: TransferCovers = "seeds only"
    seeds: int
    examples: int
    p_value: float | None
    p_holm: float | None
    p_nearer: float | None = None
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
