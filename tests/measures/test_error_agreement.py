"""Agreement of right and wrong, and of answers where the base is right or wrong, against scikit-learn and counts."""

import math

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from samefn.measures.agreement import agreement_base_right, agreement_base_wrong, error_agreement
from samefn.measures.rows import rows
from samefn.measures.table import MEASURES
from samefn.predictions.predictions import Predictions


def compared(seed: int) -> pl.DataFrame:
    draws = np.random.default_rng(seed)
    logits = draws.normal(size=(200, 4))
    ids = [str(i) for i in range(200)]
    labels = np.where(draws.random(200) < 0.5, logits.argmax(axis=1), draws.integers(4, size=200))
    base = Predictions.from_logits("base", logits, ids, labels)
    return rows(base, Predictions.from_logits("c", logits + draws.normal(size=logits.shape), ids, labels))


@pytest.mark.parametrize("seed", range(5))
def test_against_scikit_learn_and_counts(seed: int) -> None:
    frame = compared(seed)
    kappa = cohen_kappa_score(frame["base_right"].to_numpy(), frame["right"].to_numpy())
    assert MEASURES["error_agreement"].value(frame) == pytest.approx(kappa, rel=1e-12)
    same = frame["base_top"] == frame["top"]
    for name, where in (("agreement_base_right", frame["base_right"]), ("agreement_base_wrong", ~frame["base_right"])):
        share = int((same & where).sum()) / int(where.sum())
        assert 0 < share < 1
        assert MEASURES[name].value(frame) == pytest.approx(share, rel=1e-12)


def test_derived_values() -> None:
    # Of 10: both right 6, only the base 1, only the candidate 1, both wrong 2. c_obs = .8, c_exp = .7² + .3² = .58;
    # kappa = .22 / .42.
    assert float(error_agreement(0.7, 0.7, 0.1, 0.1)) == pytest.approx(11 / 21, rel=1e-14)
    # Right on 7, of which 1 is lost; wrong on 3, and of 3 differing answers the 2 that are not that loss lie there.
    assert float(agreement_base_right(0.7, 0.1)) == pytest.approx(6 / 7, rel=1e-14)
    assert float(agreement_base_wrong(0.7, 0.3, 0.1)) == pytest.approx(1 / 3, rel=1e-14)


def test_kappa_keeps_its_digits_near_one() -> None:
    # One harm and one recovery in 10^8, one half right: 1 - (2e-8) / .5, where c_obs - c_exp would keep 8 digits.
    assert 1 - float(error_agreement(0.5, 0.5, 1e-8, 1e-8)) == pytest.approx(4e-8, rel=1e-8)


def test_independent_errors_have_no_agreement() -> None:
    # Right on .8 and .6 independently: only one of them on .8 * .4 and .2 * .6.
    assert float(error_agreement(0.8, 0.6, 0.32, 0.12)) == pytest.approx(0, abs=1e-15)


def test_where_they_are_not_defined() -> None:
    assert math.isnan(error_agreement(1.0, 1.0, 0.0, 0.0))
    assert math.isnan(error_agreement(0.0, 0.0, 0.0, 0.0))
    assert float(error_agreement(1.0, 0.75, 0.25, 0.0)) == 0
    assert math.isnan(agreement_base_right(0.0, 0.0))
    assert math.isnan(agreement_base_wrong(1.0, 0.5, 0.5))
