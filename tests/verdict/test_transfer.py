"""The transferred share."""

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import t, ttest_rel

from samefn.core.errors import InputError
from samefn.schema.claims import TransferEntry
from samefn.statistics.crossed import CrossedSums, crossed_sums, merged_crossed
from samefn.verdict.transfer import Question, transfers

CONTROL = np.array([0.20, 0.22, 0.19, 0.21, 0.18, 0.23])


QUESTION = Question("test", "base", "base", "control", "all", "disagreement", 100)


def alike(control: ArrayLike, student: ArrayLike) -> CrossedSums:
    """Two inputs, on which every seed has the same distances: other inputs change nothing."""
    return crossed_sums(*(np.repeat(np.atleast_2d(one).T, 2, axis=1) for one in (control, student)))


def against(control: ArrayLike, students: dict[float, ArrayLike]) -> tuple[TransferEntry, ...]:
    return transfers({alpha: alike(control, distances) for alpha, distances in students.items()}, QUESTION)


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
        {
            0.1: alike(CONTROL[:5], CONTROL[:5] / 2),
            0.5: alike(CONTROL[1:3], CONTROL[1:3]),
            0.9: alike(CONTROL[:1], [0.1]),
        },
        QUESTION._replace(reference="random"),
    )
    assert (five.seeds, two.seeds, one.seeds) == (5, 2, 1)
    assert five.outcome == "transferred"
    assert two.share == 0
    assert one.p_holm is None
    assert {five.reference, two.reference, one.reference} == {"random"}


def crossed(seeds: int, inputs: int, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Disagreements of references and students: inputs are hard, and copied, alike for all seeds. True share: .3.

    A reference disagrees on input i with probability q_i (1 + .1 e_s), q from Beta(.5, 2) and e_s normal, cut at 2. Of
    these disagreements a student lacks those on the 30 % of inputs that it copied, which every seed does alike.
    """
    hard, copied = draws.beta(0.5, 2, size=inputs), draws.random(inputs) < 0.3
    seed = np.clip(draws.normal(size=(seeds, 1)), -2, 2)
    reference = draws.random((seeds, inputs)) < hard * (1 + 0.1 * seed)
    return reference, reference & ~copied


def test_the_crossed_errors_are_those_of_plain_loops() -> None:
    draws = np.random.default_rng(3)
    # Inputs differ in both figures, so that what they change is above 0 after the interaction is taken off.
    reference, student = draws.random((2, 4, 30)) + 3 * draws.random((2, 1, 30))
    x, y = reference - student, reference
    found = crossed_sums(reference, student).moments()
    for a, b, at in ((x, x, (0, 0)), (x, y, (0, 1)), (y, y, (1, 1))):
        seeds = units = together = 0.0
        for s in range(4):
            seeds += (a[s].mean() - a.mean()) * (b[s].mean() - b.mean()) / 3
            for i in range(30):
                rest = [one[s, i] - one[s].mean() - one[:, i].mean() + one.mean() for one in (a, b)]
                together += rest[0] * rest[1] / (3 * 29)
        for i in range(30):
            units += (a[:, i].mean() - a.mean()) * (b[:, i].mean() - b.mean()) / 29
        assert found.of_seeds[at] == pytest.approx(seeds / 4)
        assert found.of_units[at] == pytest.approx(units / 30 - together / 120)
    whole = crossed_sums(reference, student)
    parts = [crossed_sums(reference[:, part], student[:, part]) for part in (slice(0, 7), slice(7, 30))]
    assert merged_crossed(parts[::-1]) == whole


def test_groups_count_as_one_input() -> None:
    """Ten copies of every input, declared as groups, show what one of each shows."""
    reference, student = crossed(5, 100, np.random.default_rng(4))
    alone = transfers({0.1: crossed_sums(reference, student)}, QUESTION)
    grouped = transfers({0.1: crossed_sums(reference * 10, student * 10, 1000)}, QUESTION)
    assert grouped[0].share == pytest.approx(alone[0].share)
    assert (grouped[0].low, grouped[0].high) == pytest.approx((alone[0].low, alone[0].high))


def test_the_p_value_says_what_the_interval_says() -> None:
    """At a confidence of 1 - p the interval ends at the share that was tested."""
    reference, student = crossed(4, 200, np.random.default_rng(5))
    (found,) = transfers({0.1: crossed_sums(reference, student)}, QUESTION)
    assert found.p_value is not None
    (at_0,) = transfers({0.1: crossed_sums(reference, student)}, QUESTION, 1 - found.p_value)
    assert at_0.low == pytest.approx(0, abs=1e-6)
    assert found.p_nearer is not None
    (at_limit,) = transfers(
        {0.1: crossed_sums(reference, student)}, QUESTION, 1 - 2 * min(found.p_nearer, 1 - found.p_nearer)
    )
    assert min(abs(at_limit.low - 0.2), abs(at_limit.high - 0.2)) < 1e-6


@pytest.mark.parametrize(("seeds", "inputs"), [(3, 100), (3, 1000), (5, 100), (5, 1000)])
def test_coverage_over_seeds_and_inputs(seeds: int, inputs: int) -> None:
    """Of 300 audits 5 % miss the truth in 15 +- 3.8; 26 are 3 standard errors more. Over seeds alone more do."""
    draws = np.random.default_rng((seeds, inputs))
    missed = alone = 0
    for _ in range(300):
        reference, student = crossed(seeds, inputs, draws)
        (found,) = transfers({0.1: crossed_sums(reference, student)}, QUESTION)
        (narrow,) = against(reference.mean(axis=1), {0.1: student.mean(axis=1)})
        missed += found.low is not None and found.high is not None and not found.low <= 0.3 <= found.high
        alone += narrow.low is not None and narrow.high is not None and not narrow.low <= 0.3 <= narrow.high
    assert missed <= 26 < alone
