"""The ladder: candidates among others that are known to be finer and rougher."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from samefn.schema.base import Compared
from samefn.statistics.block_moments import block_moment_sums
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.moments import moment_sums
from samefn.verdict.ladder import ladder_entries, out_of_order

N = 400
RUNGS = ("q8", "q6", "q5")


def entries(distances, rungs=RUNGS):
    """By candidate; distances by its name, [examples]."""

    def beside(candidate, rung):
        return moment_sums(distances[candidate], distances[rung], np.zeros((0, N)))

    values = {name: float(column.mean()) for name, column in distances.items()}
    compared = [Compared(name) for name in distances]
    return {one.candidate: one for one in ladder_entries(compared, rungs, "total_variation", values, beside)}


@pytest.fixture
def distances():
    """Alike for each example, so that paired differences show what the means alone would not."""
    random = np.random.default_rng(5)
    hard = random.gamma(0.3, 1.0, N)

    def apart(by):
        return by * hard * random.gamma(20, 1 / 20, N)

    sizes = {"q8": 0.01, "q6": 0.02, "q5": 0.04, "between": 0.03, "finer": 0.005, "rougher": 0.08, "as q6": 0.02}
    return {name: apart(by) for name, by in sizes.items()}


def test_candidates_are_placed(distances):
    found = entries(distances)
    sides = {name: [one.side for one in entry.rungs] for name, entry in found.items() if entry.position is None}
    assert sides == {
        "between": ["rougher", "rougher", "finer"],
        "finer": ["finer"] * 3,
        "rougher": ["rougher"] * 3,
        "as q6": ["rougher", "open", "finer"],
    }
    assert {name: entry.position for name, entry in found.items() if entry.position} == {"q8": 1, "q6": 2, "q5": 3}
    assert [one.rung for one in found["q6"].rungs] == ["q8", "q5"]
    assert not out_of_order(list(found.values()))


def test_intervals_are_those_of_the_paired_t_test(distances):
    [_, beside, _] = entries(distances)["between"].rungs
    expected = ttest_rel(distances["between"], distances["q6"]).confidence_interval(0.95)
    assert beside.difference == pytest.approx(distances["between"].mean() - distances["q6"].mean())
    assert (beside.low, beside.high) == pytest.approx((expected.low, expected.high))


def test_rungs_out_of_order_are_found(distances):
    found = entries(distances, ("q6", "q8", "q5"))
    assert out_of_order(list(found.values())) == [("q6", "q8")]


def test_failed_rungs_are_passed_over(distances):
    del distances["q6"]
    assert [one.rung for one in entries(distances)["between"].rungs] == ["q8", "q5"]
    assert entries({"q8": distances["q8"]}) == {}


def test_blocks_of_unequal_size_are_the_ratio_of_their_sums():
    """Against the error of a ratio estimator in plain sums."""
    random = np.random.default_rng(6)
    sizes = random.integers(1, 20, 30)
    one, other = (random.gamma(2.0, by, 30) * sizes for by in (0.02, 0.01))
    sums = {name: BlockSums(sizes, {"kl": column}, {"kl": 9.0}) for name, column in (("x", one), ("a", other))}
    found = ladder_entries(
        [Compared("x"), Compared("a")],
        ["a", "b"],
        "kl",
        {"x": 0.04, "a": 0.02},
        lambda candidate, rung: block_moment_sums("kl", sums[candidate], [], sums[rung]),
    )
    [beside] = found[0].rungs
    mean = (one - other).sum() / sizes.sum()
    error = np.sqrt(((one - other - mean * sizes) ** 2).sum() * 30 / 29) / sizes.sum()
    assert beside.difference == pytest.approx(mean)
    assert beside.high - mean == pytest.approx(2.045 * error, rel=1e-3)  # Student's t of 29
