"""Independents among themselves, from the figures of a report."""

import numpy as np
import pytest
from scipy.stats import t

from samefn.schema.report import MeasureEntry
from samefn.schema.verdicts import RelativeDistance
from samefn.verdict.independents_again import independents_apart_again

ABOUT = {"evaluation": "test", "base": "base", "measure": "disagreement"}


def measured(candidate: str, value: float, low: float, high: float) -> MeasureEntry:
    ends = {"value": value, "low": low, "high": high, "interval": "clopper-pearson"}
    return MeasureEntry(candidate=candidate, examples=100, **ends, **ABOUT)


def placed(noise_floor: float) -> RelativeDistance:
    """The relative distance of some candidate, which has the noise floor."""
    ends = {"value": 0.5, "low": 0.4, "high": 0.6, "independent_distance": 0.3, "independents": 3, "examples": 100}
    how = {"covers": "examples and independents", "method": "fieller", "refused": "", "noise_floor_model": "again"}
    return RelativeDistance(candidate="int8", noise_floor=noise_floor, **ends, **how, **ABOUT)


def test_two_independents_are_measured_against_each_other() -> None:
    measures = [measured("a", 0.3, 0.28, 0.32), measured("b", 0.4, 0.38, 0.42)]
    a, b = independents_apart_again(["a", "b"], measures, [placed(0.1)])
    assert (a.candidate, a.independents, a.covers) == ("a", 1, "examples only")
    # The noise floor of .1 is taken off: .2 of .3, from .18 of .32 to .22 of .28.
    assert (a.value, a.low, a.high) == (pytest.approx(2 / 3), pytest.approx(18 / 32), pytest.approx(22 / 28))
    assert (b.value, b.low, b.high) == (pytest.approx(3 / 2), pytest.approx(28 / 22), pytest.approx(32 / 18))


def test_of_three_the_spread_of_the_other_two_counts() -> None:
    measures = [measured(name, at, at, at) for name, at in (("a", 0.3), ("b", 0.2), ("c", 0.21))]
    a, *_ = independents_apart_again(["a", "b", "c"], measures, [placed(0.0)])
    error = t.ppf(0.975, 1) * np.std([0.2, 0.21], ddof=1) / np.sqrt(2)
    assert (a.independents, a.covers) == (2, "examples and independents")
    assert (a.low, a.high) == (pytest.approx(0.3 / (0.205 + error)), pytest.approx(0.3 / (0.205 - error)))


def test_one_independent_is_not_measured_against_itself() -> None:
    assert not list(independents_apart_again(["a"], [measured("a", 0.3, 0.28, 0.32)], [placed(0.0)]))


def test_others_like_noise_give_no_relative_distance() -> None:
    measures = [measured("a", 0.3, 0.28, 0.32), measured("b", 0.1, 0.05, 0.15)]
    assert [one.candidate for one in independents_apart_again(["a", "b"], measures, [placed(0.05)])] == ["b"]
