"""The verdict's rules, and its sentences."""

from dataclasses import replace
from typing import Any

import pytest

from samefn.core.errors import InputError
from samefn.schema.base import Compared
from samefn.schema.verdicts import Interval, ScaleEntry, VerdictEntry
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.scale import minimum_detectable_change


def at(
    low: float, high: float, independents: int = 5, refused: str = "", examples: int = 1000, **more: Any
) -> ScaleEntry:
    ends = (None, None, None) if refused else ((low + high) / 2, low, high)
    return ScaleEntry(
        **Compared()._asdict(), measure="disagreement", value=ends[0], low=ends[1], high=ends[2], noise_floor=0.0,
        noise_floor_model="", independent_distance=0.2, independents=independents, examples=examples,
        covers="examples and independents" if independents > 1 else "examples only",
        **({"method": "none" if refused else "fieller", "refused": refused} | more),
    )  # fmt: skip


NONE = at(0, 0, independents=0, refused="there are no independently trained models")


def verdict(one: ScaleEntry, other: ScaleEntry, **more: object) -> VerdictEntry:
    return decide(Evidence("int8", Interval(0.012, 0.009, 0.016), (one, other), **more))  # type: ignore[arg-type]


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


def test_margins_can_be_set() -> None:
    evidence = Evidence("int8", Interval(0.01, 0.0, 0.02), (at(0.2, 0.3), at(0.2, 0.3)))
    assert decide(evidence).outcome == "changed"
    assert decide(evidence, limit=0.4).outcome == "same"
    assert decide(evidence, limit=0.05, independent=0.15).outcome == "independent"
    for limit, independent in ((0.0, 0.8), (0.9, 0.8)):
        with pytest.raises(InputError):
            decide(evidence, limit, independent)


def test_one_stranger_never_makes_a_stranger() -> None:
    found = verdict(at(0.9, 1.1, independents=1), at(0.9, 1.1, independents=1))
    assert found.outcome == "changed"
    assert "one independently trained model alone" in found.sentence


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
        assert ("broken" in found.sentence) == (outcome == "broken")


def test_without_independents() -> None:
    # .016 is the upper end: a tenth of an error of .2 is .02, but 1 % is smaller.
    assert verdict(NONE, NONE, base_error=0.2).outcome == "inconclusive"
    few = Evidence("int8", Interval(0.001, 0.0, 0.004), (NONE, NONE), base_error=0.05)
    assert decide(few).outcome == "same"  # below min(1 %, .5 %)
    assert decide(few).minimum_detectable_change is None
    assert verdict(NONE, NONE).outcome == "inconclusive"
    assert "without independently trained models it can never be called the same" in verdict(NONE, NONE).sentence


def test_a_refused_scale_cannot_tell_and_says_why() -> None:
    found = verdict(at(0.0, 0.01), at(0, 0, refused="some distances are infinite"), base_error=0.9)
    assert found.outcome == "inconclusive"
    assert "some distances are infinite" in found.sentence


def test_unequal_strangers_are_said() -> None:
    # error[2] = spread^2 / independents: .04 / 5 is a spread of 20 %, .005 / 5 one of 7 %.
    for of_models, said in ((0.04 / 5, True), (0.005 / 5, False)):
        one = at(0.3, 0.5, error=(0.0, 0.0, of_models))
        assert ("differ among themselves (20.0 %" in verdict(one, one).sentence) == said


def test_sentence_holds_the_figures() -> None:
    sentence = verdict(at(0.30, 0.50), at(0.25, 0.45)).sentence
    for figure in ("int8", "1.2 %", "0.9 %", "1.6 %", "0.40 (0.30 to 0.50)", "0.35 (0.25 to 0.45)", "0.1", "0.8", "5 "):
        assert figure in sentence


def test_answers_alone_decide_where_probabilities_are_not_known() -> None:
    for ends, outcome in (((0.0, 0.05), "same"), ((0.3, 0.5), "changed"), ((0.81, 1.1), "independent")):
        found = decide(Evidence("int8", Interval(0.012, 0.009, 0.016), (at(*ends),)))
        assert found.outcome == outcome
        assert "by answers alone, since not of all models probabilities are known" in found.sentence
        assert "by probabilities" not in found.sentence
        assert found.minimum_detectable_change == minimum_detectable_change(at(*ends), 0.1)


def unsure(changed: int, high: float, base_error: float) -> Evidence:
    """So many of 600 answers changed, without independents."""
    of_600 = NONE.model_copy(update={"examples": 600})
    return Evidence("int8", Interval(changed / 600, 0.0, high), (of_600, of_600), base_error=base_error)


def test_it_says_how_many_inputs_would_be_enough() -> None:
    # A tenth of an error of 1/30 is 1/300: (1 - 1/300)^n < .025 from n = 1105 on.
    found = decide(unsure(0, 0.00613, 1 / 30))
    assert found.outcome == "inconclusive"
    assert found.sentence.endswith(
        "About 1,200 inputs without a changed answer would be enough to say it is the same; these were 600."
    )
    # One change: the upper end is below .0033 from n = 1670 on (scipy.stats.binomtest).
    one = decide(unsure(1, 0.00925, 1 / 30)).sentence
    assert "About 1,700 inputs of which no more than 1 changed would be enough to say it is the same" in one
    assert "more inputs will not make it the same" in decide(unsure(3, 0.0145, 1 / 30)).sentence
    assert "The base has none of these inputs wrong" in decide(unsure(0, 0.00613, 0.0)).sentence
    assert decide(unsure(0, 0.00613, 0.2)).sentence.endswith("would probably have been shown.")  # it is the same


def test_with_strangers_it_says_how_many_inputs_would_be_enough() -> None:
    # None of 600: upper end .00613, which is .4 of the independent_distance's lower end .0153; a tenth of that needs
    # 2405.
    few = at(0.0, 0.4, 3, examples=600, method="few changes")
    evidence = Evidence("int8", Interval(0.0, 0.0, 0.0061294), (few, at(0.0, 0.05)))
    assert "About 2,500 inputs without a changed answer would be enough" in decide(evidence).sentence
    # Where probabilities do not settle it either, or many answers changed, answers alone are not enough.
    for scales in ((few, at(0.0, 0.2)), (at(-0.1, 0.2), at(0.0, 0.05))):
        assert "More inputs or more independently trained" in decide(replace(evidence, scales=scales)).sentence
