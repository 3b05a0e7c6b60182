"""The verdict over all candidates."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from samefn.core.errors import InputError
from samefn.schema.base import Compared
from samefn.schema.verdicts import FROM_BEST, Interval, Outcome, VerdictEntry
from samefn.statistics.moments import moment_sums
from samefn.verdict.decide import Evidence
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance_of

DISTANCE = relative_distance_of(moment_sums(np.array([0.0, 1]), np.zeros(2), np.array([[1.0, 1], [1, 0]])))
Judged = tuple[Evidence, VerdictEntry]


def judged(*outcomes: Outcome) -> list[Judged]:
    return [
        (
            Evidence(Interval(0, 0, 0), (DISTANCE, DISTANCE)),
            VerdictEntry(
                **Compared(f"model {i}")._asdict(), outcome=outcome, reason="relative distance", limit=0.1,
                independent=0.8, minimum_detectable_change=None,
            ),
        )
        for i, outcome in enumerate(outcomes)
    ]  # fmt: skip


def with_evidence(one: Judged, **changes: Any) -> Judged:
    return replace(one[0], **changes), one[1]


def test_the_worst_counts() -> None:
    for i, better in enumerate(FROM_BEST):
        for worse in FROM_BEST[i + 1 :]:
            assert overall(judged(better, worse)).outcome == overall(judged(worse, better)).outcome == worse


def test_of_equals_the_furthest_is_named() -> None:
    two = judged("independent", "independent", "changed")
    far = DISTANCE.model_copy(update={"value": 4.0})
    assert overall([two[0], with_evidence(two[1], distances=(DISTANCE, far)), two[2]]).candidate == "model 1"
    assert overall([with_evidence(two[0], distances=(far, DISTANCE)), two[1]]).candidate == "model 0"
    more = with_evidence(two[1], disagreement=Interval(0.4, 0.3, 0.5))
    assert overall([two[0], more]).candidate == "model 1"


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(InputError, match="SF463"):
        overall([])
