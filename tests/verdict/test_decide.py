"""The verdict's rules, and the codes and figures that say why."""

from dataclasses import replace
from typing import Any

import pytest

from samefn.schema.base import Compared
from samefn.schema.verdicts import Interval, RelativeDistance, VerdictEntry
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.relative_distance import minimum_detectable_change


def at(
    low: float, high: float, independents: int = 5, refused: str = "", examples: int = 1000, **more: Any
) -> RelativeDistance:
    ends = (None, None, None) if refused else ((low + high) / 2, low, high)
    return RelativeDistance(
        **Compared()._asdict(), measure="disagreement", value=ends[0], low=ends[1], high=ends[2], noise_floor=0.0,
        noise_floor_model="", independent_distance=0.2, independents=independents, examples=examples,
        covers="examples and independents" if independents > 1 else "examples only",
        **({"method": "none" if refused else "fieller", "refused": refused} | more),
    )  # fmt: skip


NONE = at(0, 0, independents=0, refused="no independents")


def verdict(one: RelativeDistance, other: RelativeDistance, **more: object) -> VerdictEntry:
    return decide(Evidence(Interval(0.012, 0.009, 0.016), (one, other), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ((-0.02, 0.05), (0.0, 0.09), "same"),
        ((-0.02, 0.05), (0.0, 0.1), "inconclusive"),  # the limit itself is not below it
        ((0.05, 0.2), (0.0, 0.05), "inconclusive"),
        ((0.3, 0.5), (0.3, 0.5), "changed"),
        ((0.11, 0.5), (0.0, 0.09), "changed"),  # either distance shows a change
        ((0.3, 0.8), (0.4, 0.9), "changed"),  # either shows that it is nearer than an independent
        ((0.3, 0.9), (0.3, 0.9), "changed"),
        ((0.85, 1.1), (0.7, 0.9), "changed"),
        ((0.81, 1.1), (0.82, 1.2), "independent"),
        ((0.8, 1.1), (0.82, 1.2), "changed"),
        ((0.05, 0.9), (0.05, 1.0), "inconclusive"),
    ],
)
def test_rules(one: tuple[float, float], other: tuple[float, float], outcome: str) -> None:
    found = verdict(at(*one), at(*other))
    assert found.outcome == outcome
    assert verdict(at(*other), at(*one)).outcome == outcome


def test_one_independent_never_makes_an_independent() -> None:
    found = verdict(at(0.9, 1.1, independents=1), at(0.9, 1.1, independents=1))
    assert found.outcome == "changed"


def test_broken_overrides() -> None:
    same = at(0.0, 0.01)
    for high, outcome in ((0.31, "broken"), (0.311, "same")):
        found = verdict(same, same, accuracy=Interval(0.28, 0.25, high), majority=0.3)
        assert found.outcome == outcome
    assert verdict(NONE, NONE, accuracy=Interval(0.1, 0.08, 0.12), majority=0.1125).outcome == "broken"


def test_a_candidate_is_not_broken_where_the_base_is_no_better() -> None:
    same, accuracy = at(0.0, 0.01), Interval(0.28, 0.25, 0.31)
    for base_low, outcome in ((0.301, "broken"), (0.3, "same"), (0.25, "same")):
        found = verdict(same, same, accuracy=accuracy, majority=0.3, base_low=base_low)
        assert found.outcome == outcome
        assert (found.reason == "accuracy") == (outcome == "broken")
        assert found.majority == 0.3


def test_without_independents() -> None:
    # .016 is the upper end: a tenth of an error of .2 is .02, but 1 % is smaller.
    assert verdict(NONE, NONE, base_error=0.2).outcome == "inconclusive"
    few = Evidence(Interval(0.001, 0.0, 0.004), (NONE, NONE), base_error=0.05)
    assert decide(few).outcome == "same"  # below min(1 %, .5 %)
    assert decide(few).minimum_detectable_change is None
    assert verdict(NONE, NONE).outcome == "inconclusive"
    assert verdict(NONE, NONE).reason == "no reference"
    assert (decide(few).reason, decide(few).share_limit) == ("share", pytest.approx(0.005))


def test_a_refused_distance_is_inconclusive() -> None:
    found = verdict(at(0.0, 0.01), at(0, 0, refused="infinite"), base_error=0.9)
    assert (found.outcome, found.reason) == ("inconclusive", "refused")


def test_predictions_alone_decide_where_probabilities_are_not_known() -> None:
    for ends, outcome in (((0.0, 0.05), "same"), ((0.3, 0.5), "changed"), ((0.81, 1.1), "independent")):
        found = decide(Evidence(Interval(0.012, 0.009, 0.016), (at(*ends),)))
        assert found.outcome == outcome
        assert found.reason == "relative distance"
        assert found.minimum_detectable_change == minimum_detectable_change(at(*ends))


def unsure(changed: int, high: float, base_error: float) -> Evidence:
    """So many of 600 predictions changed, without independents."""
    of_600 = NONE.model_copy(update={"examples": 600})
    return Evidence(Interval(changed / 600, 0.0, high), (of_600, of_600), base_error=base_error)


def test_the_inputs_needed() -> None:
    # A tenth of an error of 1/30 is 1/300: (1 - 1/300)^n < .025 from n = 1105 on.
    none = decide(unsure(0, 0.00613, 1 / 30))
    assert (none.outcome, none.inputs_needed) == ("inconclusive", 1200)
    # One change: the upper end is below .0033 from n = 1670 on (scipy.stats.binomtest).
    assert decide(unsure(1, 0.00925, 1 / 30)).inputs_needed == 1700
    # Three changes of 600 are over 1/300: no number of inputs would do.
    assert decide(unsure(3, 0.0145, 1 / 30)).inputs_needed is None
    assert decide(unsure(0, 0.00613, 0.0)).inputs_needed is None  # the base makes no error: nothing is below its limit
    same = decide(unsure(0, 0.00613, 0.2))
    assert (same.outcome, same.inputs_needed) == ("same", None)


def test_the_inputs_needed_with_independents() -> None:
    # None of 600: upper end .00613, which is .4 of the independent distance's lower end .0153; a tenth of that needs
    # 2405.
    few = at(0.0, 0.4, 3, examples=600, method="few changes")
    evidence = Evidence(Interval(0.0, 0.0, 0.0061294), (few, at(0.0, 0.05)))
    assert decide(evidence).inputs_needed == 2500
    # Where probabilities do not settle it either, or many predictions changed, predictions alone are not enough.
    for relative_distances in ((few, at(0.0, 0.2)), (at(-0.1, 0.2), at(0.0, 0.05))):
        assert decide(replace(evidence, distances=relative_distances)).inputs_needed is None
