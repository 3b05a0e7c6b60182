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
from samefn.verdict.relative_distance import PRIOR_CV, PRIOR_FREE, models_error, relative_distance_of

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


def allowed(candidate: Floats, noise_floor: Floats, independents: Floats) -> tuple[float, float, float, Floats]:
    """Means of both distances, the squared error allowed of the independents' alone, and [2, 2] that of the examples.

    In plain loops, the interaction taken out of the examples' part.
    """
    m, examples = independents.shape
    x, y = (candidate - noise_floor).mean(), (independents - noise_floor).mean()
    grand = independents.mean()
    interaction = sum(
        (independents[j, i] - independents[:, i].mean() - independents[j].mean() + grand) ** 2
        for j in range(m)
        for i in range(examples)
    ) / (max(1, m - 1) * (examples - 1))
    # The prior, worth PRIOR_FREE models more than the m - 1 that the spread of these is known from.
    prior = (PRIOR_CV * y) ** 2 + interaction / examples
    squares = sum((row.mean() - grand) ** 2 for row in independents)
    free = PRIOR_FREE + m - 1
    of_models = t.ppf(0.975, free) ** 2 * (PRIOR_FREE * prior + squares) / free / m
    both = np.cov(candidate - noise_floor, independents.mean(axis=0) - noise_floor)
    both[1, 1] -= interaction / m
    return float(x), float(y), float(of_models), norm.ppf(0.975) ** 2 * both / examples


@pytest.mark.parametrize("models", [1, 2, 6])
def test_ends_solve_the_inequality(models: int) -> None:
    candidate, noise_floor, independents = simulated(independents=models)
    independents[0] = np.clip(independents[0] * 1.3, 0, 1)  # one is far
    found = relative_distance(candidate, noise_floor, independents)
    value, low, high = ends(found)
    x, y, of_models, of_examples = allowed(candidate, noise_floor, independents)
    assert value == pytest.approx(x / y, rel=1e-12)

    def gap(rho: float) -> float:
        ratio = np.array([1, -rho])
        return float((x - rho * y) ** 2 - ratio @ of_examples @ ratio - rho**2 * of_models)

    assert (gap(low), gap(high)) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))
    assert gap(value) < 0 < min(gap(low - 0.01), gap(high + 0.01))
    assert found.method == "fieller"
    assert found.covers == "examples and independents"
    assert (found.noise_floor, found.independent_distance) == (
        pytest.approx(noise_floor.mean()),
        pytest.approx(independents.mean()),
    )


@pytest.mark.parametrize(
    ("changed", "method"),
    [(0, "few changes"), (4, "few changes"), (9, "few changes"), (10, "fieller"), (40, "fieller")],
)
def test_a_share_of_changes_has_its_exact_interval(changed: int, method: str) -> None:
    draws = np.random.default_rng(changed)
    independents = (draws.random((3, 1000)) < np.linspace(0.4, 0, 1000)).astype(float)
    candidate = np.zeros(1000)
    candidate[draws.permutation(100)[:changed]] = 1  # where independents differ often
    found = relative_distance(candidate, np.zeros(1000), independents)
    value, low, high = ends(found)
    x, y, of_models, of_examples = allowed(candidate, np.zeros(1000), independents)
    of_changed, of_none = clopper_pearson(changed, 1000, 0.95), clopper_pearson(0, 1000, 0.95)
    # The noise floor is 0 on all 1000, which it might not be on the next: the lower end allows for it.
    below, above = sqrt((x - of_changed[0]) ** 2 + of_none[1] ** 2), of_changed[1] - x
    # Ten or more say how they go together with the independents'; fewer do not.
    slope = of_examples[0, 1] / sqrt(of_examples[0, 0]) if changed >= 10 else 0.0

    def gap(rho: float, error: float) -> float:
        return (x - rho * y) ** 2 - error**2 + 2 * rho * error * slope - rho**2 * (of_examples[1, 1] + of_models)

    assert found.method == method
    assert (gap(low, below), gap(high, above)) == (pytest.approx(0, abs=1e-12), pytest.approx(0, abs=1e-12))
    assert low <= value <= high
    # Where the independent distance had no error, the upper end would be Clopper-Pearson's over it.
    assert high > of_changed[1] / y


def test_known_independents_leave_clopper_pearson() -> None:
    # 400 independents, all apart on the same 500 of 1000 examples. The candidate changes nothing.
    independents = np.zeros((400, 1000))
    independents[:, ::2] = 1
    high = ends(relative_distance(np.zeros(1000), np.zeros(1000), independents))[2]
    # y = .5; b is 0 or 1 on halves: variance 1000/999 / 4. Equal models: their variance is 3 (.12 y)^2 / 402.
    over = norm.ppf(0.975) ** 2 / 4 / 999 + t.ppf(0.975, 402) ** 2 * 3 * 0.06**2 / 402 / 400
    # x = 0 has no error below, so r^2 (y^2 - over) = upper^2.
    upper = clopper_pearson(0, 1000, 0.95)[1]
    assert high == pytest.approx(upper / sqrt(0.25 - over), rel=1e-9)
    assert high == pytest.approx(upper / 0.5, rel=0.01)


def test_a_candidate_like_the_floor_is_at_0_with_room_above() -> None:
    _, noise_floor, independents = simulated()
    value, low, high = ends(relative_distance(noise_floor, noise_floor, independents))
    assert value == 0
    assert low < 0 < high


def test_below_the_floor_the_interval_is_turned_round() -> None:
    independents = np.stack([np.full(1000, 0.5), np.full(1000, 0.5), np.full(1000, 0.55)])
    noise_floor = np.full(1000, 0.2)
    negative = ends(relative_distance(np.full(1000, 0.1), noise_floor, independents))
    positive = ends(relative_distance(np.full(1000, 0.3), noise_floor, independents))
    assert (negative[0], negative[2], negative[1]) == pytest.approx(tuple(-one for one in positive), rel=1e-9)


def test_one_independent_has_the_priors_spread() -> None:
    # Distances of 1 on all examples have no error but that of the models: y (1 -+ t sqrt(cv^2)) with t of the prior.
    found = relative_distance(np.full(100, 0.5), np.zeros(100), np.ones((1, 100)))
    room = t.ppf(0.975, PRIOR_FREE) * PRIOR_CV
    assert ends(found) == pytest.approx((0.5, 0.5 / (1 + room), 0.5 / (1 - room)), rel=1e-9)
    assert found.covers == "examples and independents"
    # More of them, as far, know it better.
    widths = [
        high - low
        for m in (1, 2, 3, 5, 10)
        for _, low, high in [ends(relative_distance(np.full(100, 0.5), np.zeros(100), np.ones((m, 100))))]
    ]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("candidate", "noise_floor", "independents", "why"),
    [
        ([1, 0, 0, 1], [0, 0, 0, 0], np.empty((0, 4)), "no independents"),
        ([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], [[0, 0, 1, 1], [1, 0, 0, 0]], "independents like noise"),
        ([1, 0, 0, 1], [0, 0, 0, 0], [[0, 0, 0, 1], [1, 0, 0, 0]], "uncertain"),
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


def test_two_independents_far_apart_widen_the_interval() -> None:
    # Means of .4 and .6 vary by .02: with the prior's 3 (.06)^2, over 4, that is .0077 in place of .0027 of equal ones.
    # Half of it, times t(4)^2 = 7.7, is .0297 and .0104; y^2 = .25.
    draws = np.random.default_rng(0)
    apart, alike = (
        np.stack([draws.random(5000) < one for one in some]).astype(float) for some in ((0.4, 0.6), (0.5, 0.5))
    )
    errors = [models_error(moment_sums(one[0], np.zeros(5000), one).moments(), 0.95) ** 2 for one in (apart, alike)]
    assert errors == pytest.approx([0.0297, 0.0104], rel=0.06)


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
