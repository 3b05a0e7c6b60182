"""The relative distance: its figures, its refusals, what it does not depend on, and that its interval covers."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from samefn.schema.verdicts import RelativeDistance
from samefn.statistics.moments import moment_sums
from samefn.statistics.proportions import clopper_pearson
from samefn.verdict.relative_distance import relative_distance_of

Floats = NDArray[np.float64]


def relative_distance(
    candidate: ArrayLike, noise_floor: ArrayLike, independents: ArrayLike, groups: NDArray[np.int64] | None = None
) -> RelativeDistance:
    """The relative distance of arrays: [examples], [examples] and [independents, examples]."""
    c, f, d = (np.asarray(values, dtype=np.float64) for values in (candidate, noise_floor, independents))
    return relative_distance_of(moment_sums(c, f, d, groups))


def simulated(examples: int = 400, independents: int = 4, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Candidate, noise floor and independents with distances between 0 and 1, hard examples being hard for all."""
    draws = np.random.default_rng(seed)
    hard = draws.beta(0.5, 2, examples)
    noise_floor = 0.01 * draws.random(examples)
    of_independents = np.clip(
        hard * (0.8 + 0.2 * draws.random((independents, 1))) + 0.1 * draws.random((independents, examples)), 0, 1
    )
    return np.clip(0.4 * hard + 0.05 * draws.random(examples), 0, 1), noise_floor, of_independents


def ends(one: RelativeDistance) -> tuple[float, float, float]:
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    return one.value, one.low, one.high


@pytest.mark.parametrize("tail", [False, True])
def test_ends_solve_the_inequality(tail: bool) -> None:
    candidate, noise_floor, independents = simulated(independents=6)
    # Six independents of which one is far (skewed upwards), or near (not).
    independents[0] = np.clip(independents[0] * (1.3 if tail else 0.7), 0, 1)
    found = relative_distance(candidate, noise_floor, independents)
    value, low, high = ends(found)
    examples, m = len(candidate), len(independents)
    x, y = (candidate - noise_floor).mean(), (independents - noise_floor).mean()
    assert value == pytest.approx(x / y, rel=1e-12)

    # The inequality in plain loops, the interaction taken out of the examples' part.
    grand = independents.mean()
    interaction = sum(
        (independents[j, i] - independents[:, i].mean() - independents[j].mean() + grand) ** 2
        for j in range(m)
        for i in range(examples)
    ) / ((m - 1) * (examples - 1))

    def gap(rho: float, stretch: float = 1.0) -> float:
        errors = [
            candidate[i] - noise_floor[i] - rho * (independents[:, i].mean() - noise_floor[i]) for i in range(examples)
        ]
        of_examples = (np.var(errors, ddof=1) - rho**2 * interaction / m) / examples
        of_independents = np.var([row.mean() for row in independents], ddof=1) / m
        error = max(stretch * t.ppf(0.975, m - 1) * sqrt(of_independents), (stretch > 1) * y / 3 / sqrt(m))
        allowed = norm.ppf(0.975) ** 2 * of_examples + rho**2 * error**2
        return float((x - rho * y) ** 2 - allowed)

    stretch = 1.5 if tail else 1.0
    assert gap(high) == pytest.approx(0, abs=1e-12)
    assert gap(low, stretch) == pytest.approx(0, abs=1e-12)
    assert gap(value) < 0 < min(gap(low - 0.01, stretch), gap(high + 0.01))
    assert found.method == "fieller"
    assert found.covers == "examples and independents"
    assert (found.noise_floor, found.independent_distance) == (
        pytest.approx(noise_floor.mean()),
        pytest.approx(independents.mean()),
    )


def test_equal_independents_leave_the_error_of_a_proportion() -> None:
    # Each independent differs on the same 50 of 100 examples, the candidate on 25 of those. Then X = .25, Y = .5, b is
    # 0 or 1 on halves, Vm = 0, no interaction, and var a = 100/99 * 3/16, var b = 100/99 / 4, cov = 100/99 / 8.
    # A = .25 - q/4, B = .125 - q/8, C = .0625 - 3q/16, with q = z^2 / 99 = .0388025: A = .2402994, B = .1201497,
    # C = .0552245,
    # so the ends are (B -+ sqrt(B^2 - A C)) / A = .5 -+ sqrt(.25 - .2298154) = .5 -+ .142073.
    # Equal independents, of which there are five or more, show no tail.
    independents = np.zeros((5, 100))
    independents[:, :50] = 1
    candidate = np.zeros(100)
    candidate[:25] = 1
    assert ends(relative_distance(candidate, np.zeros(100), independents)) == pytest.approx(
        (0.5, 0.357927, 0.642073), abs=1e-5
    )


def test_a_candidate_like_the_floor_is_at_0_with_room_above() -> None:
    _, noise_floor, independents = simulated()
    value, low, high = ends(relative_distance(noise_floor, noise_floor, independents))
    assert value == 0
    assert low < 0 < high


def test_few_changes_are_exact_and_divided_by_the_ceilings_ends() -> None:
    independents = np.zeros((2, 1000))
    independents[0, :100] = independents[1, 20:120] = 1
    candidate = np.zeros(1000)
    candidate[:4] = 1
    found = relative_distance(candidate, np.zeros(1000), independents)
    # Both independents' means are .1: Vm = 0. b is 1 on 80 examples and 1/2 on 40: sum of squares 80 + 10 - 10 = 80.
    # Interaction: residuals of -+ 1/2 on 40 examples of both: 80 / 4 = 20, of which 1 / m = 10 is taken off.
    width = norm.ppf(0.975) * sqrt((80 - 10) / 999 / 1000)
    # Two independents never show their tail: a larger independent distance is possible, here by one standard error of a
    # third of it.
    far = 0.1 + sqrt(norm.ppf(0.975) ** 2 * (80 - 10) / 999 / 1000 + (0.1 / 3) ** 2 / 2)
    of_four, of_none = clopper_pearson(4, 1000, 0.95), clopper_pearson(0, 1000, 0.95)
    assert found.method == "few changes"
    # The noise floor is 0 on all 1000, which it might not be on the next: that is taken off the lower end, here below
    # 0.
    assert of_four[0] < of_none[1]
    expected = (0.04, (of_four[0] - of_none[1]) / (0.1 - width), of_four[1] / (0.1 - width))
    assert ends(found) == pytest.approx(expected, rel=1e-9)
    # With so many more changes that the lower end is above 0, it is divided by the far end of the independent distance.
    candidate[:9] = 1
    of_nine = clopper_pearson(9, 1000, 0.95)
    low = (of_nine[0] - of_none[1]) / far
    assert ends(relative_distance(candidate, np.zeros(1000), independents))[1] == pytest.approx(low, rel=1e-9)


def test_independents_skewed_upwards_leave_a_larger_ceiling_possible() -> None:
    # Ten independents whose means are 1 (nine times) and 2: mean 1.1, and turned round 2 (nine times) and 1.
    # Skewness of one in ten is (1 - 2 / 10) / sqrt(.09) = 2.67, above 1 - 5 / 10; turned round -2.67.
    examples = 1000
    up, down = np.ones((10, examples)), np.full((10, examples), 2.0)
    up[0], down[0] = 2, 1
    assert moment_sums(up[0], np.zeros(examples), up).moments().skewness == pytest.approx(0.8 / 0.3)
    critical = t.ppf(0.975, 9) * 0.1  # the standard deviation of one in ten is sqrt(.1), over sqrt(10)
    value, low, high = ends(relative_distance(np.full(examples, 0.55), np.zeros(examples), up))
    assert (value, low, high) == pytest.approx((0.5, 0.55 / (1.1 + 1.5 * critical), 0.55 / (1.1 - critical)), rel=1e-9)
    _, low, high = ends(relative_distance(np.full(examples, 0.95), np.zeros(examples), down))
    assert (low, high) == pytest.approx((0.95 / (1.9 + critical), 0.95 / (1.9 - critical)), rel=1e-9)


def test_below_the_floor_the_larger_ceiling_is_at_the_upper_end() -> None:
    independents = np.stack([np.full(1000, 0.5), np.full(1000, 0.5), np.full(1000, 0.55)])
    noise_floor = np.full(1000, 0.2)
    negative = ends(relative_distance(np.full(1000, 0.1), noise_floor, independents))
    positive = ends(relative_distance(np.full(1000, 0.3), noise_floor, independents))
    assert (negative[0], negative[2], negative[1]) == pytest.approx(tuple(-one for one in positive), rel=1e-9)


def test_one_independent_covers_examples_only() -> None:
    candidate, noise_floor, independents = simulated()
    one, all_of_them = (
        relative_distance(candidate, noise_floor, independents[:1]),
        relative_distance(candidate, noise_floor, independents),
    )
    assert one.covers == "examples only"
    assert ends(one)[2] - ends(one)[1] < ends(all_of_them)[2] - ends(all_of_them)[1]


@pytest.mark.parametrize(
    ("candidate", "noise_floor", "independents", "why"),
    [
        ([1, 0, 0, 1], [0, 0, 0, 0], np.empty((0, 4)), "no independents"),
        ([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], [[0, 0, 1, 1], [1, 0, 0, 0]], "independents like noise"),
        ([1, 0, 0, 1], [0, 0, 0, 0], [[0, 0, 1, 1], [1, 0, 0, 0]], "uncertain"),
        ([np.inf, 0, 0, 1], [0, 0, 0, 0], [[0, 0, 1, 1], [1, 0, 0, 0]], "infinite"),
        ([1], [0], [[1], [1]], "one example"),
    ],
)
def test_refused_with_the_reason(
    candidate: ArrayLike, noise_floor: ArrayLike, independents: ArrayLike, why: str
) -> None:
    found = relative_distance(candidate, noise_floor, independents)
    assert found.refused == why
    assert (found.value, found.low, found.high) == (None, None, None)


def test_two_independents_far_apart_are_refused_by_their_variance_alone() -> None:
    # Y = .5 is far from 0 by the examples; but Vm = .02 / 2 = .01 and t(1)^2 = 161.4 allow 1.6 > Y^2.
    draws = np.random.default_rng(0)
    independents = np.stack([draws.random(5000) < 0.4, draws.random(5000) < 0.6]).astype(float)
    found = relative_distance(independents[0] * (draws.random(5000) < 0.5), np.zeros(5000), independents)
    assert found.refused == "uncertain"


@settings(max_examples=25, deadline=None)
@given(
    factor=st.floats(1e-3, 1e3), seed=st.integers(0, 50), binary=st.booleans(), share=st.sampled_from([0.004, 0.2, 1.0])
)
def test_units_and_orders_do_not_matter(factor: float, seed: int, binary: bool, share: float) -> None:
    candidate, noise_floor, independents = simulated(seed=seed)
    draws = np.random.default_rng(seed)
    candidate *= draws.random(len(candidate)) < share
    if binary:
        candidate, noise_floor, independents = (
            np.ceil(candidate - 0.2),
            np.zeros(len(noise_floor)),
            np.ceil(independents - 0.2),
        )
    whole = ends(relative_distance(candidate, noise_floor, independents))
    order, models = draws.permutation(len(candidate)), draws.permutation(len(independents))
    assert ends(
        relative_distance(candidate[order], noise_floor[order], independents[models][:, order])
    ) == pytest.approx(whole, rel=1e-9)
    assert ends(relative_distance(factor * candidate, factor * noise_floor, factor * independents)) == pytest.approx(
        whole, rel=1e-9
    )


def test_groups_of_one_are_no_groups() -> None:
    candidate, noise_floor, independents = simulated()
    alone = relative_distance(
        candidate, noise_floor, independents, groups=np.random.default_rng(0).permutation(len(candidate))
    )
    assert ends(alone) == pytest.approx(ends(relative_distance(candidate, noise_floor, independents)), rel=1e-9)


def test_copies_of_examples_in_a_group_add_nothing() -> None:
    # Each example seven times over knows as much as once, if the copies are one group; else it seems to know more.
    candidate, noise_floor, independents = simulated()
    groups = np.repeat(np.arange(len(candidate)), 7)
    copied = np.repeat(candidate, 7), np.repeat(noise_floor, 7), np.repeat(independents, 7, axis=1)
    whole = relative_distance(candidate, noise_floor, independents)
    assert ends(relative_distance(*copied, groups=groups)) == pytest.approx(ends(whole), rel=1e-9)
    _, low, high = ends(relative_distance(*copied))
    assert high - low < ends(whole)[2] - ends(whole)[1]


def test_interaction_is_the_textbooks() -> None:
    # Two independents, two examples: [[0, 1], [1, 0]] is all interaction: four residuals of -+ 1/2, one degree of
    # freedom.
    found = moment_sums(np.zeros(2), np.zeros(2), np.array([[0.0, 1.0], [1.0, 0.0]])).moments()
    assert found.interaction == pytest.approx(1.0)
    assert (found.between, found.y) == (0.0, 0.5)


def coverage(
    rho: float, examples: int, independents: int, binary: bool, group: int = 1, repetitions: int = 400
) -> tuple[float, float]:
    """How often the interval holds the truth, and the mean value, of a candidate that is an independent on some inputs.

    An independent's distance on an input has mean h (1 + u), h of the input (mean .2), u of the independent (mean 0),
    so the independent distance is .2, the noise floor 0, and a candidate that has a fresh independent's distances on a
    share rho of the inputs, and none elsewhere, is at rho exactly.
    """
    draws = np.random.default_rng(0)
    held, values = 0, []
    for _ in range(repetitions):
        groups = np.repeat(np.arange(examples // group), group)
        hard = np.repeat(draws.beta(0.5, 2, examples // group), group)
        skill = 1 + 0.1 * draws.uniform(-1, 1, (independents, 1))

        def distances(chance: Floats) -> Floats:
            return draws.binomial(1 if binary else 4, np.clip(chance, 0, 1)) / (1 if binary else 4)

        candidate = distances(hard) * (draws.random(examples) < rho)
        found = relative_distance(
            candidate, np.zeros(examples), distances(hard * skill), groups=groups if group > 1 else None
        )
        if found.refused:
            held += 1
            continue
        value, low, high = ends(found)
        values.append(value)
        held += low <= rho <= high
    return held / repetitions, float(np.mean(values))


@pytest.mark.parametrize(
    ("rho", "examples", "independents", "binary", "group"),
    [
        (0.02, 400, 5, True, 1),  # about 1.6 changes
        (0.02, 400, 5, False, 1),
        (0.1, 400, 3, True, 1),
        (0.1, 2000, 10, True, 1),
        (0.5, 2000, 5, False, 1),
        (1.0, 1000, 5, True, 1),
        (1.0, 1000, 2, True, 1),
        (0.5, 2000, 5, True, 10),
    ],
)
def test_coverage(rho: float, examples: int, independents: int, binary: bool, group: int) -> None:
    covered, mean = coverage(rho, examples, independents, binary, group)
    # The bar is 93 %; 400 repetitions know it to sqrt(.93 * .07 / 400) = 1.3 %, of which three are allowed.
    assert covered >= 0.93 - 0.038
    # A ratio's bias is of order 1 / N and 1 / m (the independents' variance is 1 / 300 of the independent distance's
    # square).
    assert mean == pytest.approx(rho, rel=0.05, abs=0.004)


def test_ignoring_groups_would_not_cover() -> None:
    # So that the grouped case above can fail: groups of 50 that share hardness and change.
    draws = np.random.default_rng(0)
    held = {True: 0, False: 0}
    for _ in range(150):
        groups = np.repeat(np.arange(60), 50)
        hard = np.repeat(draws.beta(0.5, 2, 60), 50)
        changed = np.repeat(draws.random(60) < 0.5, 50)
        candidate = draws.binomial(1, hard) * changed.astype(float)
        independents = draws.binomial(1, np.broadcast_to(hard, (5, 3000))).astype(float)
        for grouped in held:
            _, low, high = ends(
                relative_distance(candidate, np.zeros(3000), independents, groups=groups if grouped else None)
            )
            held[grouped] += low <= 0.5 <= high
    assert held[True] >= 150 * 0.88  # 95 % less 4 standard errors of 1.8 %
    assert held[False] < 150 * 0.6
