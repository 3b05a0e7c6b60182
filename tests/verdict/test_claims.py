"""The paper's claims are decided by their rules."""

from dataclasses import replace

import pytest

from samefn.schema.verdicts import ClaimOutcome, ClaimReason, Interval, RelativeDistance, TransferEntry
from samefn.verdict.claims import CLAIMS, CandidateSummary, StudySummary


def at(value: float, low: float | None, high: float | None, measure: str = "disagreement") -> RelativeDistance:
    """Of two independents, whose errors make up all of the interval."""
    about = {"evaluation": "test", "base": "base", "candidate": "", "measure": measure, "noise_floor": 0.0}
    made = {"noise_floor_model": "", "independent_distance": 0.1, "independents": 2, "examples": 100}
    how = {"covers": "examples and independents", "method": "fieller", "refused": "", "error": (0.0, 0.0, 0.01)}
    return RelativeDistance(value=value, low=low, high=high, **about, **made, **how)


def candidate(role: str, relative_distance: tuple[float, float] = (0.4, 0.6), **known) -> CandidateSummary:
    low, high = relative_distance
    value = (low + high) / 2
    by_probabilities = at(value, low, high, "total_variation")
    changed = Interval(value / 10, low / 10, high / 10)
    return CandidateSummary(f"{role}-1", role, at(value, low, high), by_probabilities, changed, **known)


INT8 = candidate("quantized", (0.01, 0.05))


@pytest.mark.parametrize(
    ("candidates", "outcome", "reason", "named"),
    [
        ([], "not tested", "no quantized model", ()),
        ([INT8], "holds", "near and nearest", ("quantized-1",)),
        (
            [replace(INT8, id="sure"), candidate("quantized", (0.05, 0.15))],
            "inconclusive",
            "not shown to be near",
            ("quantized-1",),
        ),
        (
            [replace(INT8, id="sure"), replace(INT8, relative_distance=None)],
            "inconclusive",
            "no relative distance",
            ("quantized-1",),
        ),
        (
            [replace(INT8, id="x"), candidate("quantized", (0.11, 0.3))],
            "does not hold",
            "not near",
            ("quantized-1",),
        ),
        # An open upper end: what is certain is said although the independents' distance is not settled.
        (
            [replace(INT8, relative_distance=at(0.2, 0.11, None))],
            "does not hold",
            "not near",
            ("quantized-1",),
        ),
        # Pruning that changes shown fewer predictions than the best quantised model: then that is not the best method.
        (
            [candidate("quantized", (0.04, 0.08)), candidate("pruned", (0.0, 0.03))],
            "does not hold",
            "another method is nearer",
            ("pruned-1",),
        ),
        (
            [candidate("quantized", (0.04, 0.08)), candidate("pruned", (0.0, 0.05))],
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
    pruned = candidate("pruned", (0.0, 0.03), accuracy_deviation=Interval(0.1, -0.3, 0.5))
    found = CLAIMS["C1"](StudySummary("lenet", [candidate("quantized", (0.04, 0.08)), pruned]))
    assert [(one.candidate, one.quantity, one.measure) for one in found.figures] == [
        ("pruned-1", "relative_distance", "disagreement"),
        ("pruned-1", "relative_distance", "total_variation"),
        ("pruned-1", "measure", "disagreement"),
        ("pruned-1", "measure", "accuracy_deviation"),
        ("quantized-1", "relative_distance", "disagreement"),
        ("quantized-1", "relative_distance", "total_variation"),
        ("quantized-1", "measure", "disagreement"),
    ]
    assert [(one.value, one.low, one.high) for one in found.figures[:2]] == [(0.015, 0.0, 0.03)] * 2
    assert [(one.value, one.low, one.high) for one in found.figures[2:4]] == [
        pruned.disagreement,
        pruned.accuracy_deviation,
    ]


NEAR, FAR, UNSURE = (0.02, 0.08), (0.2, 0.4), (0.05, 0.2)


@pytest.mark.parametrize(
    ("net", "first", "outcome", "reason"),
    [
        ("lenet", NEAR, "holds", "least pruned is near"),
        ("lenet", FAR, "does not hold", "least pruned is not near"),
        ("lenet", UNSURE, "inconclusive", "around near"),
        # The paper says of MobileNet that it breaks at 10 %.
        ("mobilenet", FAR, "holds", "least pruned is not near"),
        ("mobilenet", NEAR, "does not hold", "least pruned is near"),
        ("mobilenet", UNSURE, "inconclusive", "around near"),
    ],
)
def test_c2_goes_by_the_least_pruned(
    net: str, first: tuple[float, float], outcome: ClaimOutcome, reason: ClaimReason
) -> None:
    pruned = [candidate("pruned", (0.9, 1.0), fraction=0.9), candidate("pruned", first, fraction=0.1)]
    found = CLAIMS["C2"](StudySummary(net, pruned))
    assert (found.outcome, found.reason) == (outcome, reason)


def test_c2_without_a_relative_distance() -> None:
    least = replace(candidate("pruned", NEAR, fraction=0.1), relative_distance=None)
    found = CLAIMS["C2"](StudySummary("lenet", [candidate("pruned", NEAR, fraction=0.9), least]))
    assert (found.outcome, found.reason) == ("inconclusive", "no relative distance")


def against_controls(*shares: tuple[float, float, float, float]) -> list[TransferEntry]:
    """Of each alpha (alpha, low, high, p)."""
    about = {"evaluation": "test", "teacher": "base", "students": "base", "reference": "control", "inputs": "all"}
    known = {"reference_distance": 0.2, "student_distance": 0.1, "seeds": 5, "examples": 100, "outcome": "inconclusive"}
    return [
        TransferEntry(
            alpha=alpha, measure="disagreement", share=0.3, low=low, high=high, p_value=p, p_holm=p, **about, **known
        )
        for alpha, low, high, p in shares
    ]


# 12.7 is t of one degree of freedom at 5 %, 25.5 at 2.5 %. So .4 below the limit at 5 % becomes .4 x 12.7 / 25.5 = .2.
NEAR_STUDENT, FAR_STUDENT, NEARLY = (0.2, 0.4), (0.85, 1.1), (0.3, 0.7)


@pytest.mark.parametrize(
    ("students", "shares", "outcome", "reason", "alpha"),
    [
        ([], [], "not tested", "no student", None),
        # Far from the teacher, and no nearer than the controls, at both alphas.
        (
            [(0.1, FAR_STUDENT), (0.9, FAR_STUDENT)],
            [(0.1, -0.05, 0.05, 0.5), (0.9, -0.2, -0.1, 0.01)],
            "holds",
            "as far as both",
            None,
        ),
        # As far as an independent, but perhaps nearer than the controls.
        (
            [(0.1, FAR_STUDENT), (0.9, FAR_STUDENT)],
            [(0.1, -0.05, 0.05, 0.5), (0.9, -0.05, 0.2, 0.3)],
            "inconclusive",
            "controls undecided",
            None,
        ),
        ([(0.1, FAR_STUDENT)], [], "inconclusive", "no control", None),
        # Nearer than independents and than controls, at one alpha.
        ([(0.1, NEAR_STUDENT)], [(0.1, 0.2, 0.4, 0.001)], "does not hold", "nearer than both", 0.1),
        (
            [(0.1, NEAR_STUDENT), (0.9, FAR_STUDENT)],
            [(0.1, 0.2, 0.4, 0.001), (0.9, -0.05, 0.05, 0.5)],
            "does not hold",
            "nearer than both",
            0.1,
        ),
        # One student of the alpha is not.
        (
            [(0.1, NEAR_STUDENT), (0.1, FAR_STUDENT)],
            [(0.1, 0.2, 0.4, 0.001)],
            "inconclusive",
            "nearer than independents alone",
            None,
        ),
        # Nearer than independents, but so are the controls: it is the start that they share.
        ([(0.1, NEAR_STUDENT)], [(0.1, -0.1, 0.1, 0.9)], "inconclusive", "nearer than independents alone", None),
        # Farther than the controls is no nearness, however small its p-value.
        ([(0.1, NEAR_STUDENT)], [(0.1, -0.4, -0.2, 0.001)], "inconclusive", "nearer than independents alone", None),
        # Holm: p = .04 against the controls is enough for one alpha and not for the first of two.
        ([(0.1, NEAR_STUDENT)], [(0.1, 0.1, 0.4, 0.04)], "does not hold", "nearer than both", 0.1),
        (
            [(0.1, NEAR_STUDENT), (0.9, FAR_STUDENT)],
            [(0.1, 0.1, 0.4, 0.04), (0.9, -0.05, 0.05, 0.5)],
            "inconclusive",
            "nearer than independents alone",
            None,
        ),
        # Holm on the other side: an upper end just below the limit is enough for one alpha and not for two.
        ([(0.1, NEARLY)], [(0.1, 0.2, 0.4, 0.001)], "does not hold", "nearer than both", 0.1),
        (
            [(0.1, NEARLY), (0.9, FAR_STUDENT)],
            [(0.1, 0.2, 0.4, 0.001), (0.9, -0.05, 0.05, 0.5)],
            "inconclusive",
            "nearer than independents alone",
            None,
        ),
        ([(0.1, (0.7, 0.9))], [(0.1, -0.05, 0.05, 0.5)], "inconclusive", "around the independent limit", None),
    ],
)
def test_c3_is_decided_against_independents_and_controls(
    students: list[tuple[float, tuple[float, float]]],
    shares: list[tuple[float, float, float, float]],
    outcome: ClaimOutcome,
    reason: ClaimReason,
    alpha: float | None,
) -> None:
    models = [candidate("student", where, alpha=of) for of, where in students]
    found = CLAIMS["C3"](StudySummary("lenet", models, against_controls(*shares)))
    assert (found.outcome, found.reason, found.alpha) == (outcome, reason, alpha)


def test_c3_without_a_relative_distance() -> None:
    student = replace(candidate("student", alpha=0.1), relative_distance=None)
    found = CLAIMS["C3"](StudySummary("lenet", [student], against_controls((0.1, 0.2, 0.4, 0.001))))
    assert (found.outcome, found.reason) == ("inconclusive", "no relative distance")


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
    near = candidate("pruned", (0.2, 0.4), accuracy_deviation=alike)
    far = candidate("independent", (0.6, 0.9), accuracy_deviation=alike)
    between = candidate("student", (0.4, 0.6), accuracy_deviation=alike)
    alone = replace(far, relative_distance=None, probability_distance=None)  # an independent without others
    for candidates, outcome in (
        ([near, far], "holds"),
        ([near], "does not hold"),
        ([near, between], "inconclusive"),
        ([replace(far, accuracy_deviation=worse)], "inconclusive"),
        ([near, replace(near, relative_distance=None)], "inconclusive"),
        ([near, alone], "inconclusive"),
        ([alone], "inconclusive"),
        # Far by probabilities alone is far.
        ([replace(near, probability_distance=at(0.8, 0.7, 0.9))], "holds"),
        # Far away accuracies compare less exactly: +-3 percent of .9 is .027, less than a tenth of .3.
        ([replace(far, accuracy_deviation=Interval(0, -3, 3), disagreement=Interval(0.31, 0.3, 0.32))], "holds"),
        ([replace(far, accuracy_deviation=Interval(0, -4, 4), disagreement=Interval(0.31, 0.3, 0.32))], "inconclusive"),
        ([], "not tested"),
    ):
        assert CLAIMS["C5"](StudySummary("lenet", candidates, base_accuracy=0.9)).outcome == outcome
