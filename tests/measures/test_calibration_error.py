"""ECE and Brier against definitions in plain loops and scikit-learn."""

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import brier_score_loss

from samefn.core.errors import InputError
from samefn.measures.calibration import brier, calibration_change, calibration_error
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions


def ece_by_loops(right: list[bool], confidence: list[float]) -> float:
    total = 0.0
    for number in range(15):
        low, high = number / 15, (number + 1) / 15
        inside = [i for i, c in enumerate(confidence) if low < c <= high]
        if inside:
            accuracy = sum(right[i] for i in inside) / len(inside)
            mean = sum(confidence[i] for i in inside) / len(inside)
            total += len(inside) / len(right) * abs(accuracy - mean)
    return total


def test_calibration_error_against_loops() -> None:
    draws = np.random.default_rng(2)
    # Edges among them: a bin holds its upper one.
    confidence = np.append(draws.uniform(0.1, 1, size=300), np.arange(1, 16) / 15)
    right = draws.random(315) < confidence**2
    expected = ece_by_loops(right.tolist(), confidence.tolist())
    assert expected > 0.1
    assert calibration_error(right, confidence) == pytest.approx(expected, rel=1e-12)


def test_derived_calibration_error() -> None:
    # .91 and .93 lie in (13/15, 14/15] = (.867, .933], .95 in the last bin, .5 in (7/15, 8/15]: gaps |1/2 - .92| of
    # two, |1 - .95| and |0 - .5| of one each: (2 * .42 + .05 + .5) / 4.
    got = calibration_error([True, False, True, False], [0.91, 0.93, 0.95, 0.5])
    assert got == pytest.approx(1.39 / 4, rel=1e-14)
    # One bin apart, gaps no longer cancel: 14/15 belongs to the lower bin, the next number to the last.
    edge = 14 / 15
    assert calibration_error([True, False], [edge, edge]) == pytest.approx(edge - 0.5, rel=1e-14)
    assert calibration_error([True, False], [edge, np.nextafter(edge, 1)]) == pytest.approx(0.5, rel=1e-14)


def test_brier_against_scikit_learn() -> None:
    draws = np.random.default_rng(4)
    log_p, labels = log_softmax(2 * draws.normal(size=(100, 5)), axis=1), draws.integers(5, size=100)
    expected = brier_score_loss(np.eye(5)[labels], np.exp(log_p), scale_by_half=False)
    assert brier(log_p, labels).mean() == pytest.approx(expected, rel=1e-12)


def test_derived_brier() -> None:
    # (.7, .2, .1) with label 1: .49 + .64 + .01. Certain: 0 when right, 1 + 1 when wrong.
    with np.errstate(divide="ignore"):
        got = brier(np.log([[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), [1, 1, 1])
    np.testing.assert_allclose(got, [1.14, 0, 2], rtol=1e-14, atol=0)


def test_changes_are_candidate_minus_base() -> None:
    # The base answers .75 and .75, one right: calibration error |.5 - .75|, Brier 2 * (.0625 + .5625) / 2. The
    # candidate .5 and .5 (of ties class 0), one right: 0, and 2 * (.25 + .25) / 2.
    base = Predictions.from_probabilities("base", [[0.75, 0.25]] * 2, ["a", "b"], [0, 1])
    candidate = Predictions.from_probabilities("c", [[0.5, 0.5]] * 2, ["a", "b"], [0, 1])
    frame = rows(base, candidate)
    assert MEASURES["calibration_change"].value(frame) == pytest.approx(-0.25, rel=1e-6)
    assert MEASURES["brier_change"].value(frame) == pytest.approx(0.5 - 0.625, rel=1e-6)
    assert calibration_change([True], [False], [0.9], [0.9]) == pytest.approx(0.8, rel=1e-14)


@pytest.mark.parametrize("labels", [[2, 0], [-1, 0]])
def test_labels_beyond_the_classes_are_refused(labels: list[int]) -> None:
    with pytest.raises(InputError, match="SF404"):
        brier(np.log([[0.5, 0.5]] * 2), labels)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="SF404"):
        brier(np.log([[0.5, 0.5]] * 2), [0])
    with pytest.raises(InputError, match="SF440"):
        brier(np.log([0.5, 0.5]), [0, 1])
    with pytest.raises(InputError, match="SF441"):
        calibration_error([True, False], [0.5])
    with pytest.raises(InputError, match="SF441"):
        calibration_error([], [])
