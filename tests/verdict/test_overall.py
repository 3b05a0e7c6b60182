"""The verdict over all candidates."""

from typing import Any

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.schema.base import Compared
from samefn.schema.verdicts import FROM_BEST, Outcome, RelativeDistance, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.statistics.moments import moment_sums
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance_of

VERDICT = decide(Evidence(Counts(100, 0, None, None, None, {})))


def judged(*outcomes: Outcome, **more: Any) -> list[VerdictEntry]:
    return [
        VERDICT.model_copy(update={"candidate": f"model {i}", "outcome": outcome, **more})
        for i, outcome in enumerate(outcomes)
    ]


def at(value: float, candidate: str) -> RelativeDistance:
    sums = moment_sums(np.array([0.0, 1.0]), np.zeros(2), np.array([[1.0, 1.0], [1.0, 0.0]]))
    return relative_distance_of(sums, Compared(candidate), "disagreement").model_copy(update={"value": value})


def test_the_worst_counts() -> None:
    for i, better in enumerate(FROM_BEST):
        for worse in FROM_BEST[i + 1 :]:
            assert overall(judged(better, worse)).outcome == overall(judged(worse, better)).outcome == worse


def test_of_equals_the_worse_and_then_the_furthest_is_named() -> None:
    two = judged("changed", "changed", "same")
    assert overall(two, [at(1.0, "model 0"), at(4.0, "model 1"), at(9.0, "model 2")]).candidate == "model 1"
    assert overall(two, [at(4.0, "model 0"), at(1.0, "model 1")]).candidate == "model 0"
    more = two[1].model_copy(update={"against": (two[1].against[0].model_copy(update={"value": 0.4}),)})
    assert overall([two[0], more]).candidate == "model 1"
    worse = two[0].model_copy(update={"quality": "worse"})
    found = overall([worse, two[1]], [at(4.0, "model 1")])
    assert (found.candidate, found.quality) == ("model 0", "worse")


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(InputError, match="SF463"):
        overall([])
