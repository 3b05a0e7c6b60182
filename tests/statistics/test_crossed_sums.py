"""Sums over seeds and inputs, crossed."""

from itertools import pairwise

import numpy as np
import pytest

from samefn.statistics.crossed_sums import crossed_sums, merged_crossed


def drawn(seeds: int, inputs: int) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seeds * inputs)
    of_inputs, of_seeds = draws.random(inputs), draws.random((seeds, 1))
    references = of_inputs + of_seeds + draws.random((seeds, inputs))
    return references, references * draws.random((seeds, inputs))


@pytest.mark.parametrize(("seeds", "inputs"), [(2, 3), (3, 40), (10, 7)])
def test_the_variances_are_those_of_plain_loops(seeds: int, inputs: int) -> None:
    references, students = drawn(seeds, inputs)
    columns = references - students, references
    found = crossed_sums(references, students).moments()
    assert (found.nearer, found.reference) == (pytest.approx(columns[0].mean()), pytest.approx(columns[1].mean()))
    of_inputs = np.zeros((2, 2))
    for one in (0, 1):
        for other in (0, 1):
            x, y = columns[one], columns[other]
            mean_x, mean_y = x.mean(), y.mean()
            by_seed = by_input = rest = 0.0
            for s in range(seeds):
                by_seed += (x[s].mean() - mean_x) * (y[s].mean() - mean_y) / (seeds - 1)
            for i in range(inputs):
                by_input += (x[:, i].mean() - mean_x) * (y[:, i].mean() - mean_y) / (inputs - 1)
            for s in range(seeds):
                for i in range(inputs):
                    left_x = x[s, i] - x[s].mean() - x[:, i].mean() + mean_x
                    left_y = y[s, i] - y[s].mean() - y[:, i].mean() + mean_y
                    rest += left_x * left_y / ((seeds - 1) * (inputs - 1))
            assert found.of_seeds[one, other] == pytest.approx(by_seed / seeds)
            of_inputs[one, other] = by_input / inputs - rest / (seeds * inputs)
    values, vectors = np.linalg.eigh(of_inputs)
    assert found.of_inputs == pytest.approx((vectors * values.clip(0)) @ vectors.T)


def test_the_variance_of_the_mean_is_right_on_average() -> None:
    """Normal effects of seeds (sd 2), inputs (3) and both (4): the mean of 4 x 10 has variance 4/4 + 9/10 + 16/40."""
    draws = np.random.default_rng(3)
    total = []
    for _ in range(2000):
        both = 2 * draws.normal(size=(4, 1)) + 3 * draws.normal(size=10) + 4 * draws.normal(size=(4, 10)) + 100
        found = crossed_sums(both, np.zeros((4, 10))).moments()
        total.append(found.of_seeds[1, 1] + found.of_inputs[1, 1])
    # An inputs' variance below 0 is taken for 0, so the average is a little above 2.3.
    assert np.mean(total) == pytest.approx(2.3, abs=0.1)


@pytest.mark.parametrize("seeds", [1, 3, 17])
def test_borders_and_order_of_parts_do_not_change_a_bit(seeds: int) -> None:
    references, students = drawn(seeds, 50)
    whole = crossed_sums(references, students)
    borders = [0, 1, 2, 20, 49, 50]
    parts = [crossed_sums(references[:, a:b], students[:, a:b]) for a, b in pairwise(borders)]
    assert merged_crossed(parts) == whole
    assert merged_crossed(reversed(parts)) == whole
