"""Floored Kullback-Leibler divergences against plain loops, by hand, and as columns of the rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import samefn
from samefn.core.errors import InputError
from samefn.measures.divergences import kl_divergence, kl_divergence_reverse
from samefn.measures.floored import FLOORED, floored_columns, kl_divergence_floored, kl_divergence_reverse_floored
from samefn.predictions.predictions import Predictions

counts = arrays.arrays(np.int64, (2, 5), elements=st.integers(0, 9))
pairs = counts.filter(lambda table: table.sum(axis=1).all()).map(lambda table: table / table.sum(axis=1, keepdims=True))
steps = st.floats(1e-6, 0.5)


def in_loops(p: list[float], q: list[float], step: float) -> float:
    raised = [[max(one, step / 2) for one in row] for row in (p, q)]
    of_p, of_q = ([one / math.fsum(row) for one in row] for row in raised)
    return math.fsum(a * math.log(a / b) for a, b in zip(of_p, of_q, strict=True))


def logs(row: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(row[None])


@given(pairs, steps)
def test_it_is_what_plain_loops_give(pair: np.ndarray, step: float) -> None:
    p, q = pair
    forward, back = (made(logs(p), logs(q), step)[0] for made in (kl_divergence_floored, kl_divergence_reverse_floored))
    assert forward == pytest.approx(in_loops(p.tolist(), q.tolist(), step), abs=1e-12)
    assert back == pytest.approx(in_loops(q.tolist(), p.tolist(), step), abs=1e-12)
    assert 0 <= forward < math.inf
    assert kl_divergence_floored(logs(p), logs(p), step).tolist() == [0.0]


def test_by_hand() -> None:
    # Step 0.5, so the floor is 1/4. p = (1/2, 1/2) stays; q = (1, 0) becomes (1, 1/4) / 1.25 = (4/5, 1/5).
    # Forward: 1/2 ln(5/8) + 1/2 ln(5/2) = 1/2 ln(25/16) = ln(5/4). Back: 4/5 ln(8/5) + 1/5 ln(2/5).
    p, q = np.log([[0.5, 0.5]]), np.array([[0.0, -np.inf]])
    assert kl_divergence_floored(p, q, 0.5)[0] == pytest.approx(math.log(1.25))
    assert kl_divergence_reverse_floored(p, q, 0.5)[0] == pytest.approx(0.8 * math.log(1.6) + 0.2 * math.log(0.4))
    assert kl_divergence(p, q).tolist() == [math.inf]


@given(pairs)
def test_a_floor_below_every_probability_changes_nothing(pair: np.ndarray) -> None:
    p, q = (logs((row + 0.1) / 1.5) for row in pair)
    assert kl_divergence_floored(p, q, 0.01) == pytest.approx(kl_divergence(p, q), abs=1e-12)
    assert kl_divergence_reverse_floored(p, q, 0.01) == pytest.approx(kl_divergence_reverse(p, q), abs=1e-12)


@pytest.mark.parametrize("step", [0.0, -0.1, 1.0, math.nan])
def test_a_step_is_between_0_and_1(step: float) -> None:
    with pytest.raises(InputError, match="SF440"):
        kl_divergence_floored([[0.0]], [[0.0]], step)


def rounded(step: float | None) -> Predictions:
    return Predictions.from_probabilities("q", [[1.0, 0.0], [0.25, 0.75]], ["a", "b"], [0, 1], resolution=step)


@pytest.mark.parametrize(
    ("of_base", "of_other", "step"), [(None, 0.25, 0.25), (0.125, None, 0.125), (0.125, 0.25, 0.25)]
)
def test_the_larger_known_step_counts(of_base: float | None, of_other: float | None, step: float) -> None:
    base = Predictions.from_probabilities("p", [[0.5, 0.5], [0.5, 0.5]], ["a", "b"], [0, 1], resolution=of_base)
    alone = Predictions("p", base.log_probs, base.ids, base.labels)
    frame, plain = samefn.rows(base, rounded(of_other)), samefn.rows(alone, rounded(None))
    names = [one.name for one in FLOORED.values()]
    assert frame["kl_divergence_floored"].to_list() == pytest.approx(
        [in_loops([0.5, 0.5], row, step) for row in ([1.0, 0.0], [0.25, 0.75])], rel=1e-6
    )
    assert frame.drop(names).equals(plain)


def test_without_a_step_there_are_no_columns() -> None:
    assert not {one.name for one in FLOORED.values()} & set(samefn.rows(rounded(None), rounded(None)).columns)
    assert floored_columns([[0.0]], [[0.0]], (None, None)) == {}


def test_parts_keep_the_step() -> None:
    assert rounded(0.25).part(slice(1)).resolution == 0.25
