"""The transferred share."""

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import t, ttest_rel

from samefn.core.errors import InputError
from samefn.schema.verdicts import TransferEntry
from samefn.statistics.crossed_sums import crossed_sums
from samefn.verdict.transfer import Question, transfers

# Mean distances by seed. With as many inputs of one distance each, the inputs add nothing: the seeds decide alone.
CONTROL = np.array([0.20, 0.22, 0.19, 0.21, 0.18, 0.23])
INPUTS = 50
QUESTION = Question("test", "base", "base", "control", "all", "disagreement", INPUTS)


def everywhere(by_seed: ArrayLike) -> np.ndarray:
    """[seeds, inputs]: one distance on every input."""
    return np.repeat(np.asarray(by_seed, dtype=float)[:, None], INPUTS, axis=1)


def against(control: ArrayLike, students: dict[float, ArrayLike]) -> tuple[TransferEntry, ...]:
    pairs = {alpha: crossed_sums(everywhere(control), everywhere(of)) for alpha, of in students.items()}
    return transfers(pairs, QUESTION)


def test_with_equal_inputs_share_interval_and_test_are_those_over_seeds() -> None:
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
    assert (found.outcome, found.reason, found.covers) == ("transferred", None, "seeds and inputs")


def test_with_equal_seeds_they_are_those_over_inputs() -> None:
    draws = np.random.default_rng(1)
    control = draws.random(INPUTS)
    student = control * draws.random(INPUTS)
    (found,) = transfers({0.5: crossed_sums([control] * 5, [student] * 5)}, QUESTION)
    nearer = control - student

    def gap(share: float) -> float:
        rest = nearer - share * control
        return float(abs(rest.mean()) - t.ppf(0.975, INPUTS - 1) * rest.std(ddof=1) / np.sqrt(INPUTS))

    assert found.low == pytest.approx(brentq(gap, found.share - 0.5, found.share), rel=1e-6)
    assert found.high == pytest.approx(brentq(gap, found.share, found.share + 0.5), rel=1e-6)
    assert found.p_value == pytest.approx(ttest_rel(control, student).pvalue, rel=1e-6)


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
    assert (one[0].share, one[0].low) == (pytest.approx(0.5), None)


def test_one_input_has_no_interval() -> None:
    (found,) = transfers({0.5: crossed_sums(CONTROL[:, None], CONTROL[:, None] / 2)}, QUESTION)
    assert (found.outcome, found.reason, found.low, found.p_value) == ("inconclusive", "one input", None, None)


def test_holm_over_alphas() -> None:
    # Alone p is .0256: t = 3.16 with 5 degrees of freedom. Of ten, each is ten times that.
    noise = np.array([0.02, 0.06, 0.01, 0.02, 0.06, 0.01])
    student = CONTROL - noise
    (alone,) = against(CONTROL, {0.5: student})
    assert alone.p_value == pytest.approx(ttest_rel(CONTROL, student).pvalue)
    assert 0.005 < alone.p_value < 0.05
    assert alone.outcome == "transferred"
    many = against(CONTROL, {0.5 + k / 100: student for k in range(10)})
    assert {(one.outcome, one.reason) for one in many} == {("inconclusive", "above 0")}
    farther = against(CONTROL, {0.5 + k / 100: CONTROL + noise for k in range(10)})
    assert {(one.outcome, one.reason) for one in farther} == {("inconclusive", "below 0")}
    assert many[0].p_holm == pytest.approx(10 * alone.p_value)


@pytest.mark.parametrize("seed", range(20))
def test_the_p_value_is_the_level_at_which_the_interval_reaches_zero(seed: int) -> None:
    draws = np.random.default_rng(seed)
    control = draws.random((4, 30))
    sums = crossed_sums(control, control * (1 - 0.1 * draws.random((4, 30)) - 0.1 * draws.normal(size=(4, 1)).clip(-1)))
    (found,) = transfers({0.5: sums}, QUESTION)
    assert found.p_value is not None
    assert 1e-6 < found.p_value < 1
    for confidence, reaches in ((1 - found.p_value * 1.001, False), (1 - found.p_value * 0.999, True)):
        (again,) = transfers({0.5: sums}, QUESTION, confidence)
        assert again.low is not None
        assert again.high is not None
        assert (again.low <= 0 <= again.high) == reaches


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


def test_no_inputs() -> None:
    with pytest.raises(InputError):
        transfers({0.5: crossed_sums(np.zeros((5, 0)), np.zeros((5, 0)))}, QUESTION)


@pytest.mark.parametrize(
    ("seeds", "inputs", "missed"), [(2, 100, 6), (3, 100, 10), (5, 100, 16), (5, 1000, 8), (10, 100, 16)]
)
def test_coverage_over_seeds_and_inputs(seeds: int, inputs: int, missed: int) -> None:
    """Of 300 audits 5 % are 15. With 10 seeds and 100 inputs an interval over seeds alone misses in about 190."""
    draws = np.random.default_rng(7)
    found = []
    for _ in range(300):
        chance = 0.8 * draws.beta(0.2, 0.4, size=inputs)
        spared = draws.random(inputs) >= 0.2  # a fifth of the inputs is taken over from the teacher: the share is .2
        of_references, of_students = 1 + 0.03 * draws.normal(size=(2, seeds, 1))
        noise = np.abs(1 + 0.1 * draws.normal(size=(2, seeds, inputs)))
        (one,) = transfers(
            {0.5: crossed_sums(chance * of_references * noise[0], chance * spared * of_students * noise[1])}, QUESTION
        )
        assert one.low is not None
        assert one.high is not None
        found.append(not one.low <= 0.2 <= one.high)
    assert sum(found) == missed


def test_alphas_may_have_seeds_of_their_own() -> None:
    given = {0.1: (CONTROL[:5], CONTROL[:5] / 2), 0.5: (CONTROL[1:3], CONTROL[1:3]), 0.9: (CONTROL[:1], [0.1])}
    pairs = {alpha: crossed_sums(everywhere(control), everywhere(of)) for alpha, (control, of) in given.items()}
    five, two, one = transfers(pairs, QUESTION._replace(reference="random"))
    assert (five.seeds, two.seeds, one.seeds) == (5, 2, 1)
    assert five.outcome == "transferred"
    assert two.share == 0
    assert one.p_holm is None
    assert {five.reference, two.reference, one.reference} == {"random"}
