"""The paper's claims are decided by their rules."""

from dataclasses import replace

import pytest

from samefn.schema.claims import ClaimEntry, ClaimOutcome, ClaimReason, TransferEntry
from samefn.schema.verdicts import HowFar, Interval
from samefn.verdict.claims import CLAIMS, CandidateSummary, StudySummary


def candidate(
    role: str, distance: HowFar | None, relative_distance: tuple[float, float] = (0.4, 0.6), **known
) -> CandidateSummary:
    at = Interval(sum(relative_distance) / 2, *relative_distance)
    changed = Interval(at.value / 10, at.low / 10, at.high / 10)
    return CandidateSummary(f"{role}-1", role, distance, at, at, changed, **known)


INT8 = candidate("quantized", "near", (0.01, 0.05))


@pytest.mark.parametrize(
    ("candidates", "outcome", "reason", "named"),
    [
        ([], "not tested", "no quantized model", ()),
        ([INT8], "holds", "near and nearest", ("quantized-1",)),
        (
            [replace(INT8, id="sure"), candidate("quantized", "not shown")],
            "inconclusive",
            "not shown to be near",
            ("quantized-1",),
        ),
        (
            [replace(INT8, id="sure"), candidate("quantized", None)],
            "inconclusive",
            "not shown to be near",
            ("quantized-1",),
        ),
        ([replace(INT8, id="sure"), candidate("quantized", "between")], "does not hold", "not near", ("quantized-1",)),
        # Pruning that changes shown fewer predictions than the best quantised model: then that is not the best method.
        (
            [candidate("quantized", "near", (0.04, 0.08)), candidate("pruned", "near", (0.0, 0.03))],
            "does not hold",
            "another method is nearer",
            ("pruned-1",),
        ),
        (
            [candidate("quantized", "near", (0.04, 0.08)), candidate("pruned", "near", (0.0, 0.05))],
            "holds",
            "near and nearest",
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
    pruned = candidate("pruned", "near", (0.0, 0.03), accuracy_deviation=Interval(0.1, -0.3, 0.5))
    found = CLAIMS["C1"](StudySummary("lenet", [candidate("quantized", "near", (0.04, 0.08)), pruned]))
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
        ("lenet", "near", "holds"),
        ("lenet", "between", "does not hold"),
        ("lenet", "not shown", "inconclusive"),
        ("lenet", None, "inconclusive"),
        # The paper says of MobileNet that it breaks at 10 %.
        ("mobilenet", "independent", "holds"),
        ("mobilenet", "near", "does not hold"),
        ("mobilenet", "not shown", "inconclusive"),
    ],
)
def test_c2_goes_by_the_least_pruned(net: str, first: HowFar | None, outcome: ClaimOutcome) -> None:
    pruned = [candidate("pruned", "independent", fraction=0.9), candidate("pruned", first, fraction=0.1)]
    assert CLAIMS["C2"](StudySummary(net, pruned)).outcome == outcome


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


FAR = (candidate("student", "independent", (0.85, 1.1), p_nearer=0.99), {"low": -0.1, "high": 0.1, "p_nearer": 1.0})
NEARER = (candidate("student", "between", (0.4, 0.7), p_nearer=0.001), {"low": 0.3, "high": 0.5, "p_nearer": 0.002})


def c3(*alphas: tuple[CandidateSummary, dict[str, float | None]]) -> ClaimEntry:
    """Of students, one for each alpha, and their shares."""
    students = [replace(student, alpha=at / 10) for at, (student, _) in enumerate(alphas, start=1)]
    entry = shares(*["inconclusive"] * 4)[0]
    known = [entry.model_copy(update={"alpha": at / 10, **share}) for at, (_, share) in enumerate(alphas, start=1)]
    return CLAIMS["C3"](StudySummary("lenet", students, known))


def test_c3_needs_independents_and_controls_for_yes_and_for_no() -> None:
    assert (c3(FAR, FAR).outcome, c3(FAR, FAR).reason) == ("holds", "as far as both")
    found = c3(FAR, NEARER)
    assert (found.outcome, found.reason, found.alpha) == ("does not hold", "nearer than both", 0.2)
    assert [one.quantity for one in found.figures][-1] == "share"
    # By one of the two alone nothing is decided: what is near an independent may be so by its start.
    for mixed in ((FAR[0], NEARER[1]), (NEARER[0], FAR[1])):
        assert (c3(FAR, mixed).outcome, c3(FAR, mixed).reason) == ("inconclusive", "not shown against both")
    # As far as the controls, but for a share of up to .25: not shown.
    assert c3((FAR[0], {**FAR[1], "high": 0.25})).outcome == "inconclusive"
    # One seed has no interval and no test.
    assert c3((NEARER[0], {"low": None, "high": None, "p_nearer": None})).outcome == "inconclusive"


def test_c3_is_adjusted_over_alphas() -> None:
    """p = .02 is shown alone; of two alphas, twice that is not."""
    edge = (replace(NEARER[0], p_nearer=0.02), NEARER[1])
    assert c3(edge).outcome == "does not hold"
    assert c3(edge, FAR).outcome == "inconclusive"


def test_c3_without_controls_or_relative_distances() -> None:
    student = replace(FAR[0], alpha=0.1)
    assert CLAIMS["C3"](StudySummary("lenet", [])).reason == "no student"
    found = CLAIMS["C3"](StudySummary("lenet", [student]))
    assert (found.outcome, found.reason) == ("not tested", "no control")
    unplaced = c3((replace(FAR[0], relative_distance=None), FAR[1]))
    assert (unplaced.outcome, unplaced.reason) == ("inconclusive", "no relative distance")


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
    near = candidate("pruned", "between", (0.2, 0.4), accuracy_deviation=alike)
    far = candidate("student", "between", (0.6, 0.9), accuracy_deviation=alike)
    between = candidate("student", "between", (0.4, 0.6), accuracy_deviation=alike)
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
