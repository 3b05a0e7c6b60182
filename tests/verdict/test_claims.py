"""The paper's claims are decided by their rules."""

from dataclasses import replace

import pytest

from samefn.schema.verdicts import ClaimOutcome, Interval, Outcome, TransferEntry
from samefn.verdict.claims import CLAIMS, Record, Standing

DECIDE = {claim.id: claim.decide for claim in CLAIMS}


def standing(role: str, outcome: Outcome, scale: tuple[float, float] = (0.4, 0.6), **known) -> Standing:
    at = Interval(sum(scale) / 2, *scale)
    changed = Interval(at.value / 10, at.low / 10, at.high / 10)
    return Standing(f"{role}-1", f"a {role} model", role, outcome, at, at, changed, **known)


INT8 = standing("quantized", "same", (0.01, 0.05))


@pytest.mark.parametrize(
    ("standings", "outcome"),
    [
        ([], "not asked"),
        ([INT8], "holds"),
        ([INT8, standing("quantized", "cannot tell")], "cannot tell"),
        ([INT8, standing("quantized", "broken")], "does not hold"),
        # Pruning that changes shown fewer answers than the best quantised model: then that is not the best method.
        ([standing("quantized", "same", (0.04, 0.08)), standing("pruned", "same", (0.0, 0.03))], "does not hold"),
        ([standing("quantized", "same", (0.04, 0.08)), standing("pruned", "same", (0.0, 0.05))], "holds"),
    ],
)
def test_c1(standings: list[Standing], outcome: ClaimOutcome) -> None:
    assert DECIDE["C1"](Record("lenet", standings)).outcome == outcome


@pytest.mark.parametrize(
    ("net", "first", "outcome"),
    [
        ("lenet", "same", "holds"),
        ("lenet", "changed", "does not hold"),
        ("lenet", "cannot tell", "cannot tell"),
        # The paper says of MobileNet that it breaks at 10 %.
        ("mobilenet", "broken", "holds"),
        ("mobilenet", "same", "does not hold"),
        ("mobilenet", "cannot tell", "cannot tell"),
    ],
)
def test_c2_goes_by_the_least_pruned(net: str, first: Outcome, outcome: ClaimOutcome) -> None:
    pruned = [standing("pruned", "broken", fraction=0.9), standing("pruned", first, fraction=0.1)]
    assert DECIDE["C2"](Record(net, pruned)).outcome == outcome


def test_c3_needs_every_student_above_for_yes_and_all_of_one_alpha_below_for_no() -> None:
    far, near = standing("student", "stranger", (0.85, 1.1)), standing("student", "changed", (0.4, 0.7))
    students = [replace(far, alpha=alpha) for alpha in (0.1, 0.1, 0.9)]
    assert DECIDE["C3"](Record("lenet", students)).outcome == "holds"
    students[0] = replace(near, alpha=0.1)
    assert DECIDE["C3"](Record("lenet", students)).outcome == "cannot tell"
    students[1] = replace(near, alpha=0.1)
    found = DECIDE["C3"](Record("lenet", students))
    assert found.outcome == "does not hold"
    assert "alpha 0.1" in found.because
    assert len(found.standings) == 2
    assert DECIDE["C3"](Record("lenet", [replace(far, scale=None)])).outcome == "cannot tell"
    # Nearer by probabilities alone is nearer: a verdict would say *changed*, not *stranger*.
    assert DECIDE["C3"](Record("lenet", [replace(far, alpha=0.1, other=near.scale)])).outcome == "does not hold"


def test_c4_needs_both_measures() -> None:
    def of(*outcomes) -> list[TransferEntry]:
        names = ("disagreement", "total_variation") * 2
        return [
            TransferEntry.model_construct(alpha=alpha, measure=name, outcome=outcome)
            for alpha, name, outcome in zip((0.1, 0.1, 0.9, 0.9), names, outcomes, strict=True)
        ]

    nothing, something, unknown = "nothing transferred", "transferred", "cannot tell"
    for outcomes, expected in (
        ((nothing,) * 4, "holds"),
        ((something, something, nothing, nothing), "does not hold"),
        ((something, nothing, something, nothing), "cannot tell"),
        ((nothing, nothing, nothing, unknown), "cannot tell"),
    ):
        assert DECIDE["C4"](Record("lenet", [], of(*outcomes))).outcome == expected
    assert DECIDE["C4"](Record("lenet", [])).outcome == "not asked"
    because = DECIDE["C4"](Record("lenet", [], of(unknown, something, unknown, unknown))).because
    assert because == "transferred at alpha 0.1 by total variation; the rest undecided"


def test_c5_looks_only_at_models_as_accurate_as_the_base() -> None:
    alike, worse = Interval(0.1, -0.3, 0.5), Interval(-3.0, -4.0, -2.0)
    near = standing("pruned", "changed", (0.2, 0.4), accuracy_deviation=alike)
    far = standing("student", "changed, perhaps a stranger", (0.6, 0.9), accuracy_deviation=alike)
    between = standing("student", "changed", (0.4, 0.6), accuracy_deviation=alike)
    for standings, outcome in (
        ([near, far], "holds"),
        ([near], "does not hold"),
        ([near, between], "cannot tell"),
        ([replace(far, accuracy_deviation=worse)], "cannot tell"),
        ([near, replace(near, scale=None)], "cannot tell"),
        # Far by probabilities alone is far.
        ([replace(near, other=Interval(0.8, 0.7, 0.9))], "holds"),
        # Far away accuracies compare less exactly: +-3 percent of .9 is .027, less than a tenth of .3 changed answers.
        ([replace(far, accuracy_deviation=Interval(0, -3, 3), disagreement=Interval(0.31, 0.3, 0.32))], "holds"),
        ([replace(far, accuracy_deviation=Interval(0, -4, 4), disagreement=Interval(0.31, 0.3, 0.32))], "cannot tell"),
        ([], "not asked"),
    ):
        assert DECIDE["C5"](Record("lenet", standings, base_accuracy=0.9)).outcome == outcome
