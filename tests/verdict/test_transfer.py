"""The transferred share."""

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import t, ttest_rel

from samefn.core.errors import InputError
from samefn.schema.verdicts import TransferEntry
from samefn.verdict.transfer import Question, transfers

CONTROL = np.array([0.20, 0.22, 0.19, 0.21, 0.18, 0.23])


QUESTION = Question("test", "base", "base", "control", "all", "disagreement", 100)


def against(control: ArrayLike, students: dict[float, ArrayLike]) -> tuple[TransferEntry, ...]:
    return transfers({alpha: (control, distances) for alpha, distances in students.items()}, QUESTION)


def test_share_interval_and_test_are_the_references() -> None:
    student = np.array([0.15, 0.18, 0.12, 0.16, 0.15, 0.16])
    (found,) = against(CONTROL, {0.5: student})
    nearer = CONTROL - student
    assert found.share == pytest.approx(nearer.mean() / CONTROL.mean())

    def gap(share: float) -> float:
        rest = nearer - share * CONTROL
        return float(abs(rest.mean()) - t.ppf(0.975, 5) * rest.std(ddof=1) / np.sqrt(6))

    assert found.low == pytest.approx(brentq(gap, found.share - 0.5, found.share), rel=1e-9)
    assert found.high == pytest.approx(brentq(gap, found.share, found.share + 0.5), rel=1e-9)
    assert found.p_value == pytest.approx(ttest_rel(CONTROL, student).pvalue)
    assert (found.outcome, found.reason) == ("transferred", None)


def test_nothing_transferred_farther_and_inconclusive() -> None:
    close = CONTROL + np.array([1, -1, 1, -1, 1, -1]) * 0.001
    far = CONTROL + np.array([1, -1, 1, -1, 1, -1]) * 0.08
    nothing, unknown, farther = against(CONTROL, {0.1: close, 0.5: far, 0.9: CONTROL * 1.5})
    assert (nothing.alpha, nothing.outcome) == (0.1, "nothing transferred")
    assert (unknown.outcome, unknown.reason) == ("inconclusive", "undecided")
    # Exactly half as far again: share -.5, shown to be below 0.
    assert farther.share == pytest.approx(-0.5)
    assert (farther.outcome, farther.reason) == ("farther", None)


def test_fewer_than_five_seeds_are_inconclusive() -> None:
    four, one = against(CONTROL[:4], {0.5: CONTROL[:4] / 2}), against(CONTROL[:1], {0.5: CONTROL[:1] / 2})
    assert four[0].outcome == one[0].outcome == "inconclusive"
    assert (four[0].reason, one[0].reason) == ("few seeds", "one seed")
    assert (one[0].share, one[0].low) == (0.5, None)


def test_holm_over_alphas() -> None:
    noise = np.array([-0.02, 0.06, 0.01, 0.0, 0.04, 0.03])
    alone = against(CONTROL, {0.5: CONTROL - noise})[0]
    assert alone.p_value is not None
    # On the edge alone; among ten it is not shown.
    assert 0.005 < alone.p_value < 0.2
    shift = (0.0, 0.012)[alone.p_value > 0.05]
    alone = against(CONTROL, {0.5: CONTROL - noise - shift})[0]
    assert alone.outcome == "transferred"
    many = against(CONTROL, {0.5 + k / 100: CONTROL - noise - shift for k in range(10)})
    assert {(one.outcome, one.reason) for one in many} == {("inconclusive", "above 0")}
    farther = against(CONTROL, {0.5 + k / 100: CONTROL + noise + shift for k in range(10)})
    assert {(one.outcome, one.reason) for one in farther} == {("inconclusive", "below 0")}
    assert many[0].p_holm == pytest.approx(10 * alone.p_value if alone.p_value else None, rel=1)


def test_a_control_that_may_be_the_teacher_is_unbounded() -> None:
    control = np.array([0.0, 0.0, 0.3, 0.0, 0.0])
    (found,) = against(control, {0.5: np.zeros(5)})
    assert (found.outcome, found.reason) == ("inconclusive", "no interval")
    assert found.low is None
    (teacher,) = against(np.zeros(5), {0.5: np.zeros(5)})
    assert teacher.share is None


@pytest.mark.parametrize("students", [[0.1], [0.1] * 5 + [np.nan], [-0.1] * 6])
def test_bad_input(students: list[float]) -> None:
    with pytest.raises(InputError):
        against(CONTROL, {0.5: students})


def test_coverage_over_seeds() -> None:
    # Control .2 +- .02, the student 30 % nearer with noise of .02: Fieller with normal seeds is exact, 95 %.
    draws = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        control = 0.2 + 0.02 * draws.normal(size=5)
        (found,) = against(control, {0.5: np.abs(0.7 * control + 0.02 * draws.normal(size=5))})
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.3 <= found.high
    assert held / 1000 == pytest.approx(0.95, abs=3 * 0.0069)


def test_alphas_may_have_seeds_of_their_own() -> None:
    five, two, one = transfers(
        {0.1: (CONTROL[:5], CONTROL[:5] / 2), 0.5: (CONTROL[1:3], CONTROL[1:3]), 0.9: (CONTROL[:1], [0.1])},
        QUESTION._replace(reference="random"),
    )
    assert (five.seeds, two.seeds, one.seeds) == (5, 2, 1)
    assert five.outcome == "transferred"
    assert two.share == 0
    assert one.p_holm is None
    assert {five.reference, two.reference, one.reference} == {"random"}
