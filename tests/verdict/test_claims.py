"""The paper's claims are decided by their rules."""

from dataclasses import replace

import pytest

from samefn.schema.verdicts import ClaimOutcome, ClaimReason, Interval, Outcome, TransferEntry
from samefn.verdict.claims import CLAIMS, CandidateSummary, StudySummary


def candidate(
    role: str, outcome: Outcome, relative_distance: tuple[float, float] = (0.4, 0.6), **known
) -> CandidateSummary:
    at = Interval(sum(relative_distance) / 2, *relative_distance)
    changed = Interval(at.value / 10, at.low / 10, at.high / 10)
    return CandidateSummary(f"{role}-1", role, outcome, at, at, changed, **known)


INT8 = candidate("quantized", "same", (0.01, 0.05))


@pytest.mark.parametrize(
    ("candidates", "outcome", "reason", "named"),
    [
        ([], "not tested", "no quantized model", ()),
        ([INT8], "holds", "same and nearest", ("quantized-1",)),
        (
            [replace(INT8, id="sure"), candidate("quantized", "inconclusive")],
            "inconclusive",
            "not shown to be the same",
            ("quantized-1",),
        ),
        ([replace(INT8, id="sure"), candidate("quantized", "broken")], "does not hold", "changed", ("quantized-1",)),
        # Pruning that changes shown fewer predictions than the best quantised model: then that is not the best method.
        (
            [candidate("quantized", "same", (0.04, 0.08)), candidate("pruned", "same", (0.0, 0.03))],
            "does not hold",
            "another method is nearer",
            ("pruned-1",),
        ),
        (
            [candidate("quantized", "same", (0.04, 0.08)), candidate("pruned", "same", (0.0, 0.05))],
            "holds",
            "same and nearest",
            ("quantized-1",),
        ),
    ],
)
def test_c1(
    candidates: list[CandidateSummary], outcome: ClaimOutcome, reason: ClaimReason, named: tuple[str, ...]
) -> None:
    found = CLAIMS["C1"](StudySummary("lenet", candidates))
    assert (found.id, found.outcome, found.reason, found.candidates) == ("C1", outcome, reason, named)


def test_a_claim_carries_the_figures_that_decided_it() -> None:
    """Nearer pruning is named; the quantised models that it is compared with have their figures beside it."""
    pruned = candidate("pruned", "same", (0.0, 0.03), accuracy_deviation=Interval(0.1, -0.3, 0.5))
    found = CLAIMS["C1"](StudySummary("lenet", [candidate("quantized", "same", (0.04, 0.08)), pruned]))
    assert [(one.candidate, one.quantity, one.measure) for one in found.figures] == [
        ("pruned-1", "relative_distance", "disagreement"),
        ("pruned-1", "relative_distance", "total_variation"),
        ("pruned-1", "measure", "disagreement"),
        ("pruned-1", "measure", "accuracy_deviation"),
        ("quantized-1", "relative_distance", "disagreement"),
        ("quantized-1", "relative_distance", "total_variation"),
        ("quantized-1", "measure", "disagreement"),
    ]
    assert [(one.value, one.low, one.high) for one in found.figures[:2]] == [pruned.relative_distance] * 2
    assert [(one.value, one.low, one.high) for one in found.figures[2:4]] == [
        pruned.disagreement,
        pruned.accuracy_deviation,
    ]


@pytest.mark.parametrize(
    ("net", "first", "outcome"),
    [
        ("lenet", "same", "holds"),
        ("lenet", "changed", "does not hold"),
        ("lenet", "inconclusive", "inconclusive"),
        # The paper says of MobileNet that it breaks at 10 %.
        ("mobilenet", "broken", "holds"),
        ("mobilenet", "same", "does not hold"),
        ("mobilenet", "inconclusive", "inconclusive"),
    ],
)
def test_c2_goes_by_the_least_pruned(net: str, first: Outcome, outcome: ClaimOutcome) -> None:
    pruned = [candidate("pruned", "broken", fraction=0.9), candidate("pruned", first, fraction=0.1)]
    assert CLAIMS["C2"](StudySummary(net, pruned)).outcome == outcome


def test_c3_needs_every_student_above_for_yes_and_all_of_one_alpha_below_for_no() -> None:
    far, near = candidate("student", "independent", (0.85, 1.1)), candidate("student", "changed", (0.4, 0.7))
    students = [replace(far, alpha=alpha) for alpha in (0.1, 0.1, 0.9)]
    assert CLAIMS["C3"](StudySummary("lenet", students)).outcome == "holds"
    students[0] = replace(near, alpha=0.1)
    assert CLAIMS["C3"](StudySummary("lenet", students)).outcome == "inconclusive"
    students[1] = replace(near, alpha=0.1)
    found = CLAIMS["C3"](StudySummary("lenet", students))
    assert (found.outcome, found.reason, found.alpha) == ("does not hold", "below the independent limit", 0.1)
    assert found.candidates == ("student-1", "student-1")
    unplaced = CLAIMS["C3"](StudySummary("lenet", [replace(far, relative_distance=None)]))
    assert (unplaced.outcome, unplaced.reason) == ("inconclusive", "no relative distance")
    # Nearer by probabilities alone is nearer: a verdict would say *changed*, not *independent*.
    assert (
        CLAIMS["C3"](
            StudySummary("lenet", [replace(far, alpha=0.1, probability_distance=near.relative_distance)])
        ).outcome
        == "does not hold"
    )


def shares(*outcomes) -> list[TransferEntry]:
    """Of two alphas by both distances, in this order."""
    about = {"evaluation": "test", "teacher": "base", "students": "base", "reference": "control", "inputs": "all"}
    figures = {"reference_distance": 0.2, "student_distance": 0.1, "share": 0.5, "low": 0.4, "high": 0.6}
    tests = {"seeds": 5, "examples": 100, "p_value": 0.01, "p_holm": 0.02}
    measures = ("disagreement", "total_variation") * 2
    return [
        TransferEntry(alpha=alpha, measure=measure, outcome=outcome, **about, **figures, **tests)
        for alpha, measure, outcome in zip((0.1, 0.1, 0.9, 0.9), measures, outcomes, strict=True)
    ]


def test_c4_needs_both_measures() -> None:
    nothing, something, unknown = "nothing transferred", "transferred", "inconclusive"
    for outcomes, outcome, reason, alpha, figures in (
        ((nothing,) * 4, "holds", "nothing transferred", None, 4),
        ((nothing, nothing, something, something), "does not hold", "transferred", 0.9, 2),
        ((something, nothing, something, nothing), "inconclusive", "transfer undecided", None, 4),
        ((nothing, nothing, nothing, unknown), "inconclusive", "transfer undecided", None, 4),
    ):
        found = CLAIMS["C4"](StudySummary("lenet", [], shares(*outcomes)))
        assert (found.outcome, found.reason, found.alpha) == (outcome, reason, alpha)
        assert len(found.figures) == figures
    assert CLAIMS["C4"](StudySummary("lenet", [])).outcome == "not tested"


def test_a_share_without_an_interval_has_decided_nothing() -> None:
    entries = [entry.model_copy(update={"low": None, "high": None}) for entry in shares(*["inconclusive"] * 4)]
    found = CLAIMS["C4"](StudySummary("lenet", [], entries))
    assert {(one.quantity, one.candidate, one.value) for one in found.figures} == {("share", None, None)}
    assert [(one.alpha, one.measure) for one in found.figures[:2]] == [(0.1, "disagreement"), (0.1, "total_variation")]


def test_c5_looks_only_at_models_as_accurate_as_the_base() -> None:
    alike, worse = Interval(0.1, -0.3, 0.5), Interval(-3.0, -4.0, -2.0)
    near = candidate("pruned", "changed", (0.2, 0.4), accuracy_deviation=alike)
    far = candidate("student", "changed", (0.6, 0.9), accuracy_deviation=alike)
    between = candidate("student", "changed", (0.4, 0.6), accuracy_deviation=alike)
    for candidates, outcome in (
        ([near, far], "holds"),
        ([near], "does not hold"),
        ([near, between], "inconclusive"),
        ([replace(far, accuracy_deviation=worse)], "inconclusive"),
        ([near, replace(near, relative_distance=None)], "inconclusive"),
        # Far by probabilities alone is far.
        ([replace(near, probability_distance=Interval(0.8, 0.7, 0.9))], "holds"),
        # Far away accuracies compare less exactly: +-3 percent of .9 is .027, less than a tenth of .3.
        ([replace(far, accuracy_deviation=Interval(0, -3, 3), disagreement=Interval(0.31, 0.3, 0.32))], "holds"),
        ([replace(far, accuracy_deviation=Interval(0, -4, 4), disagreement=Interval(0.31, 0.3, 0.32))], "inconclusive"),
        ([], "not tested"),
    ):
        assert CLAIMS["C5"](StudySummary("lenet", candidates, base_accuracy=0.9)).outcome == outcome
