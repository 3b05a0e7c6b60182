"""Margins to the rival, the class nearest to overtaking, by a plain loop over steps of the change."""

from math import inf

import numpy as np
import pytest

import samefn
from samefn.measures.compiled.margins import margins
from samefn.predictions.predictions import Predictions


def found(log_p: list[list[float]], log_q: list[list[float]]) -> list[tuple[float, float]]:
    p, q = np.array(log_p, dtype=np.float32), np.array(log_q, dtype=np.float32)
    into = np.full((2, len(p)), np.nan)
    margins(p, q, p.argmax(1), into)
    return [(before, after) for before, after in into.T.tolist()]


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        ([-1.0, -2.0, -4.0], [-1.0, -1.5, -4.0], (1.0, 0.5)),  # the second class comes nearer
        (
            [-1.0, -2.0, -4.0],
            [-1.0, -1.75, -1.5],
            (3.0, 0.5),
        ),  # the third after 3/2.5 of the change, the second after 4
        (
            [-1.0, -2.0, -4.0],
            [-3.0, -2.5, -0.5],
            (3.0, -2.5),
        ),  # the third after 3/5.5 of the change, the second after 1/1.5
        ([-1.0, -2.0, -4.0], [-1.0, -3.0, -5.0], (1.0, 2.0)),  # none comes nearer: the second class
        ([-1.0, -1.0, -4.0], [-1.0, -1.0, -4.0], (0.0, 0.0)),
        ([-1.0, -1.0, -4.0], [-1.5, -1.0, -4.0], (0.0, -0.5)),
        ([0.0, -inf, -inf], [0.0, -inf, -inf], (inf, inf)),
        ([0.0, -inf, -inf], [-inf, -inf, 0.0], (inf, -inf)),
        ([0.0, -inf, -30.0], [-2.0, -1.0, -3.0], (inf, -1.0)),  # the one that is chosen now
        ([-1.0], [-2.0], (inf, inf)),
    ],
)
def test_margins_of_a_few(p: list[float], q: list[float], expected: tuple[float, float]) -> None:
    assert found([p], [q]) == [expected]


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_the_rival_is_the_first_to_overtake(classes: int) -> None:
    draws = np.random.default_rng(classes)
    logits = draws.normal(scale=2, size=(200, classes))
    changed = logits + draws.normal(scale=0.5, size=logits.shape)
    for p, q, (before, after) in zip(logits, changed, found(logits.tolist(), changed.tolist()), strict=True):
        top = p.argmax()
        gaps, moved = p[top] - p, (q[top] - q) - (p[top] - p)
        times = {j: gaps[j] / -moved[j] for j in range(classes) if j != top and moved[j] < 0}
        others = (j for j in range(classes) if j != top)
        rival = min(times, key=times.__getitem__) if times else min(others, key=gaps.__getitem__)
        assert (before, after) == pytest.approx((gaps[rival], gaps[rival] + moved[rival]), abs=1e-5)


def test_a_margin_below_0_is_a_changed_prediction() -> None:
    draws = np.random.default_rng(0)
    logits = draws.normal(size=(2000, 6))
    ids = [str(at) for at in range(len(logits))]
    both = (
        Predictions.from_logits("m", of, ids) for of in (logits, logits + draws.normal(scale=0.3, size=logits.shape))
    )
    frame = samefn.rows(*both)
    assert ((frame["margin"] < 0) == (frame["disagreement"] == 1)).all()
    assert 100 < frame["disagreement"].sum() < 1900
    assert frame["base_margin"].min() >= 0
