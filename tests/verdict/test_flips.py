"""Harm against positive_flips, classes, and Holm's rule."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import fisher_exact

from samefn.statistics.multiple_testing import holm
from samefn.verdict.flips import class_changes, mcnemar


def test_mcnemar_by_hand() -> None:
    # 8 harmed, 1 recovered of 9: two-sided p = 2 (C(9,0) + C(9,1)) / 2^9 = 20 / 512.
    assert mcnemar(8, 1) == pytest.approx(20 / 512)
    assert mcnemar(1, 8) == pytest.approx(20 / 512)
    assert mcnemar(0, 0) == 1.0


def test_classes_against_fisher() -> None:
    draws = np.random.default_rng(0)
    labels = draws.choice([2, 5, 7, 11], 300, p=[0.5, 0.3, 0.15, 0.05])
    changed = draws.random(300) < np.where(labels == 7, 0.4, 0.1)
    found = class_changes(Counter(labels.tolist()), Counter(labels[changed].tolist()))
    assert [one.label for one in found] == [2, 5, 7, 11]
    for one in found:
        mine = labels == one.label
        table = [
            [np.sum(mine & changed), np.sum(mine & ~changed)],
            [np.sum(~mine & changed), np.sum(~mine & ~changed)],
        ]
        assert one.p_value == pytest.approx(fisher_exact(table, "greater").pvalue)
        assert one.low <= one.share == one.changed / one.examples <= one.high
    assert [one.label for one in found if one.p_holm < 0.05] == [7]


def test_holm_by_hand() -> None:
    # Sorted .005 .01 .03 .04 times 4 3 2 1 = .02 .03 .06 .04; never falling: .02 .03 .06 .06.
    assert holm([0.04, 0.005, 0.03, 0.01]).tolist() == pytest.approx([0.06, 0.02, 0.06, 0.03])
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert holm([]).tolist() == []
