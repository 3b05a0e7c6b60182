"""The verdict's rules: three answers, with the codes and figures behind them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from samefn.core.errors import InputError
from samefn.predictions.about import CLASS
from samefn.schema.base import Compared
from samefn.schema.verdicts import BoundaryFlips, RelativeDistance, VerdictEntry
from samefn.statistics.counts import Counts, PartCounts
from samefn.statistics.parts import PartKey
from samefn.statistics.proportions import Proportion
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.limits import GivenLimits

NO_PARTS: Mapping[PartKey, PartCounts] = {}


def counts(changed: int = 0, examples: int = 4000, **more: Any) -> Counts:
    """Without labels, unless more is given."""
    return Counts(
        examples, changed, **({"base_right": None, "right": None, "negative_flips": None, "parts": {}} | more)
    )


def labelled(lost: int, won: int, examples: int = 4000, base_right: int = 3600, extra: int = 0) -> Counts:
    """So many negative and positive flips, and further changes between wrong classes."""
    return counts(
        lost + won + extra, examples, base_right=base_right, right=base_right - lost + won, negative_flips=lost
    )


def verdict(of: Counts, given: GivenLimits = GivenLimits(), **more: Any) -> VerdictEntry:  # noqa: B008
    return decide(Evidence(of, **more), given)


def by_margins(high: float | None) -> BoundaryFlips:
    return BoundaryFlips(estimate=high, high=high, error=0.01, refused="" if high else "few")


def at(low: float | None, high: float | None, independents: int = 5, measure: str = "disagreement") -> RelativeDistance:
    return RelativeDistance(
        **Compared()._asdict(), measure=measure, value=low, low=low, high=high, noise_floor=0.0, noise_floor_model="",
        independent_distance=0.2, independents=independents, examples=1000, covers="examples and independents",
        method="fieller", refused="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        # Of 4,000, limit 1 % = 40. scipy.stats.beta.ppf(.975, k + 1, 4000 - k) is below .01 up to k = 27;
        # beta.ppf(.02, k, 4001 - k) is above it from k = 54 on.
        (0, "same"),
        (27, "same"),
        (28, "inconclusive"),
        (53, "inconclusive"),
        (54, "changed"),
        (4000, "changed"),
    ],
)
def test_the_share_of_changed_predictions_decides(changed: int, outcome: str) -> None:
    found = verdict(counts(changed))
    assert (found.outcome, found.reason) == (outcome, "share")
    assert (found.against[0].limit, found.against[0].origin) == (0.01, "no labels")
    assert found.quality == "no labels"
    assert found.distance is None


@pytest.mark.parametrize(
    ("base_right", "limit", "origin"),
    [(3600, 0.01, "base error"), (3800, 0.005, "base error"), (2000, 0.01, "most"), (3990, 0.001, "least")],
)
def test_the_limit_is_a_tenth_of_the_base_error(base_right: int, limit: float, origin: str) -> None:
    found = verdict(labelled(0, 0, base_right=base_right))
    assert found.against[0].limit == pytest.approx(limit)
    assert found.against[0].origin == origin
    assert (found.class_limit, found.loss_limit) == (pytest.approx(5 * limit), pytest.approx(limit / 2))


def test_given_limits_are_taken() -> None:
    found = verdict(labelled(0, 0), GivenLimits(0.02, 0.03, 0.04))
    assert (found.against[0].limit, found.against[0].origin) == (0.02, "given")
    assert (found.class_limit, found.loss_limit) == (0.03, 0.04)
    for wrong in (0.0, -0.1, 1.5):
        with pytest.raises(InputError, match="SF461"):
            GivenLimits(limit=wrong)


@pytest.mark.parametrize(
    ("lost", "won", "quality", "side"),
    [
        (223, 58, "worse", "over"),  # 4.1 points, of a limit of .5
        (58, 223, "better", "within"),
        (10, 12, "no difference shown", "within"),
        # 8 against 0: p = 2^-7, and a net loss of .2 points [.1, .4], within half a point.
        (8, 0, "worse", "within"),
        (60, 30, "worse", "open"),  # .75 points [.28, 1.2]
    ],
)
def test_better_or_worse(lost: int, won: int, quality: str, side: str) -> None:
    found = verdict(labelled(lost, won))
    assert (found.quality, found.loss_side) == (quality, side)
    assert found.net_loss == pytest.approx((lost - won) / 4000)
    assert found.net_loss_low is not None
    assert found.net_loss_high is not None
    assert found.net_loss_low < found.net_loss < found.net_loss_high


def test_the_second_answer_does_not_change_the_first() -> None:
    # Eight negative flips of 4,000 are worse, and within the limit.
    found = verdict(labelled(8, 0))
    assert (found.outcome, found.quality) == ("same", "worse")


@pytest.mark.parametrize(
    ("low", "high", "independents", "distance"),
    [
        (-0.02, 0.05, 5, "near"),
        (-0.02, 0.1, 5, "not shown"),  # the limit itself is not below it
        (0.05, 0.2, 5, "not shown"),
        (0.11, 0.5, 5, "between"),
        (0.3, 1.1, 5, "between"),
        (0.81, 1.1, 5, "independent"),
        (0.81, 1.1, 1, "between"),  # one independent says nothing about others
        (None, None, 5, "not shown"),
        (0.2, None, 5, "between"),  # certain, although the independents' distance is not settled
        (None, None, 0, None),
    ],
)
def test_how_far(low: float | None, high: float | None, independents: int, distance: str | None) -> None:
    found = verdict(counts(0), distances={"disagreement": at(low, high, independents)})
    assert found.distance == distance
    assert found.outcome == "same"  # independents never change the first answer


def test_all_probabilities_are_a_flag() -> None:
    near = at(0.0, 0.05)
    for low, moved in ((0.11, True), (0.1, False), (None, None)):
        distances = {"disagreement": near, "total_variation": at(low, 0.5, measure="total_variation")}
        found = verdict(counts(0), distances=distances)
        assert (found.outcome, found.distance, found.probabilities_moved) == ("same", "near", moved)
    assert verdict(counts(0), distances={"disagreement": near}).probabilities_moved is None


def test_broken_comes_before_all() -> None:
    # 10 % are of the largest class. The upper end of 400 of 4,000 right is 10.97 %: at most 11 %.
    of = {(CLASS, str(label)): PartCounts(400, 300, 200, 0) for label in range(10)}
    names = [str(label) for label in range(10)]
    found = verdict(counts(3200, base_right=3600, right=400, negative_flips=3200, parts=of), class_names=names)
    assert (found.outcome, found.reason, found.majority) == ("broken", "accuracy", 0.1)
    # Where the base is no better either, labels or inputs are wrong.
    base = counts(3200, base_right=400, right=400, negative_flips=100, parts=of)
    assert verdict(base, class_names=names).outcome == "changed"


def parts(rare: int) -> dict[PartKey, PartCounts]:
    return {(CLASS, "0"): PartCounts(3900, 0, 0, 0), (CLASS, "1"): PartCounts(100, rare, rare, 0)}


def test_a_class_over_its_limit_makes_it_changed() -> None:
    # The class limit is 5 %: of 100, the exact one-sided p-value of 14 is .00046, of 13 .0015; Holm doubles it, and a
    # fifth of 2.5 % is .005.
    found = verdict(counts(14, parts=parts(14)), class_names=["common", "rare"])
    assert (found.outcome, found.reason) == ("changed", "parts")
    assert [(one.by, one.name, one.changed) for one in found.over] == [(CLASS, "rare", 14)]
    assert found.worst is not None
    assert (found.worst.name, found.worst.share) == ("rare", 0.14)
    few = verdict(counts(11, parts=parts(11)), class_names=["common", "rare"])
    assert (few.outcome, few.over) == ("same", ())


def test_the_hardest_hit_class_is_named() -> None:
    of = counts(14, base_right=3600, right=3586, negative_flips=14, parts=parts(14))
    hardest = verdict(of, class_names=["common", "rare"]).hardest
    assert hardest is not None
    assert hardest.name == "rare"
    level = counts(0, base_right=3600, right=3600, negative_flips=0, parts=parts(0))
    assert verdict(level, class_names=["common", "rare"]).hardest is None


def test_margins_may_say_same_too() -> None:
    open_by_share = counts(30)
    assert verdict(open_by_share).outcome == "inconclusive"
    found = verdict(open_by_share, margins=by_margins(0.009))
    assert (found.outcome, found.reason) == ("same", "margins")
    assert verdict(open_by_share, margins=by_margins(0.01)).outcome == "inconclusive"
    # They have their part of the error, also where they give no bound: the share alone is shown a little later.
    # beta.ppf(.98, 10, 1391) is .0110, and beta.ppf(.975, 10, 1391) .0121.
    limits = GivenLimits(limit=0.0115)
    assert verdict(counts(9, 1400), limits).outcome == "inconclusive"
    assert verdict(counts(9, 1400), limits, margins=by_margins(None)).outcome == "inconclusive"
    assert verdict(counts(60), margins=by_margins(0.001)).outcome == "changed"


def test_inputs_without_labels_count_for_the_first_answer() -> None:
    few = labelled(0, 0, examples=200, base_right=180)
    assert verdict(few).outcome == "inconclusive"
    found = verdict(few, unlabelled=Proportion(2, 3800), unlabelled_examples=3800)
    assert (found.outcome, found.examples, found.against[0].value) == ("same", 4000, 2 / 4000)
    assert found.net_loss == 0


def test_groups_count_for_fewer_examples() -> None:
    alone = counts(10)
    assert verdict(alone).outcome == "same"
    found = verdict(replace(alone, design_effects={"changed": 8.0}))
    assert (found.outcome, found.effective_examples, found.examples) == ("inconclusive", 500, 4000)


def test_equal_up_to_rounding() -> None:
    for examples, outcome in ((4000, "same"), (300, "inconclusive")):
        found = verdict(counts(0, examples), equal_up_to_rounding=True)
        assert (found.outcome, found.reason, found.equal_up_to_rounding) == (outcome, "rounding", True)


@pytest.mark.parametrize(
    ("changed", "examples", "needed"),
    [
        # beta.ppf(.975, 1, n) is below .01 from n = 368 on (scipy.stats.beta).
        (0, 200, 368),
        # At the limit no number is known; of twice the limit, beta.ppf(.02, .02 n, ...) is above it from n = 596 on.
        (2, 200, None),
        (4, 200, 596),
    ],
)
def test_the_inputs_needed(changed: int, examples: int, needed: int | None) -> None:
    found = verdict(counts(changed, examples))
    assert found.outcome == "inconclusive"
    assert found.inputs_needed == (None if needed is None else pytest.approx(needed, abs=1))
    assert verdict(counts(0)).inputs_needed is None  # settled
