"""Kendall's tau where it is hard: ties, zeros, many classes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax
from scipy.stats import kendalltau

from samefn.measures import kendall
from samefn.measures.kendall import kendall_tau
from samefn.measures.pairs import Floats


def by_pairs(p: list[float], q: list[float]) -> float:
    """Tau-b from its definition, with its limits by hand."""
    pairs = [(i, j) for i in range(len(p)) for j in range(i)]
    signs = [(int(np.sign(p[i] - p[j])), int(np.sign(q[i] - q[j]))) for i, j in pairs]
    in_p, in_q = sum(a != 0 for a, _ in signs), sum(b != 0 for _, b in signs)
    if not in_p or not in_q:
        return float(in_p == in_q)
    return sum(a * b for a, b in signs) / math.sqrt(in_p * in_q)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_pair_counts_ties_and_zeros_included(data: st.DataObject) -> None:
    # Few heights, so that most rows hold ties; weight 0 is a class without any probability.
    classes = data.draw(st.integers(1, 9))
    heights = st.lists(st.integers(0, 3), min_size=classes, max_size=classes).filter(any)
    p, q = (np.array(data.draw(heights), dtype=np.float64) for _ in range(2))
    with np.errstate(divide="ignore"):
        got = kendall_tau(np.log(p / p.sum())[None], np.log(q / q.sum())[None])
    assert float(got[0]) == pytest.approx(by_pairs(p.tolist(), q.tolist()), rel=1e-13, abs=1e-15)


def table(examples: int, classes: int, seed: int) -> tuple[Floats, Floats]:
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(examples, classes)).round(2)
    return log_softmax(logits, axis=1), log_softmax(logits + draws.normal(size=logits.shape).round(1), axis=1)


@pytest.mark.parametrize("classes", [31, 32, 33, 1000])
def test_many_classes_against_scipy(classes: int) -> None:
    log_p, log_q = table(20, classes, classes)
    expected = [kendalltau(p, q).statistic for p, q in zip(log_p, log_q, strict=True)]
    np.testing.assert_allclose(kendall_tau(log_p, log_q), expected, rtol=1e-11, atol=1e-13)


def test_50000_classes_overflow_nothing() -> None:
    # 50,000 squared is above 2^31. Opposite orders without ties are -1, equal ones exactly 1.
    rising = log_softmax(np.linspace(0, 1, 50_000))[None]
    assert kendall_tau(rising, rising[:, ::-1]).tolist() == [-1]
    assert kendall_tau(rising, rising).tolist() == [1]


def test_chunks_do_not_change_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    log_p, log_q = table(23, 7, 0)
    whole = kendall_tau(log_p, log_q)
    for cells in (1, 7, 70):
        monkeypatch.setattr(kendall, "RANKED_CELLS", cells)
        assert np.array_equal(kendall_tau(log_p, log_q), whole)


def test_rows_without_any_order() -> None:
    even, uneven = np.log([[0.25] * 4]), np.log([[0.4, 0.3, 0.2, 0.1]])
    assert kendall_tau(even, even).tolist() == [1]
    assert kendall_tau(even, uneven).tolist() == [0]
    assert kendall_tau(uneven, even).tolist() == [0]
