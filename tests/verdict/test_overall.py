"""The verdict over all candidates."""

from dataclasses import replace
from typing import Any

import pytest

from samefn.core.errors import InputError
from samefn.schema.verdicts import FROM_BEST, Outcome, VerdictEntry
from samefn.statistics.counts import Counts
from samefn.verdict.decide import Evidence, decide
from samefn.verdict.overall import overall
from samefn.verdict.relative_distance import relative_distance

DISTANCE = relative_distance([0, 1], [0, 0], [[1, 1], [1, 0]])
COUNTS = Counts(100, 0, None, None, None, {})
Judged = tuple[Evidence, VerdictEntry]


def judged(*outcomes: Outcome) -> list[Judged]:
    evidence = Evidence(COUNTS, {"disagreement": DISTANCE})
    verdict = decide(evidence)
    return [
        (evidence, verdict.model_copy(update={"candidate": f"model {i}", "outcome": outcome}))
        for i, outcome in enumerate(outcomes)
    ]


def with_evidence(one: Judged, **changes: Any) -> Judged:
    return replace(one[0], **changes), one[1]


def test_the_worst_counts() -> None:
    for i, better in enumerate(FROM_BEST):
        for worse in FROM_BEST[i + 1 :]:
            assert overall(judged(better, worse)).outcome == overall(judged(worse, better)).outcome == worse


def test_of_equals_the_worse_and_then_the_furthest_is_named() -> None:
    two = judged("changed", "changed", "same")
    far = DISTANCE.model_copy(update={"value": 4.0})
    assert overall([two[0], with_evidence(two[1], distances={"disagreement": far}), two[2]]).candidate == "model 1"
    assert overall([with_evidence(two[0], distances={"disagreement": far}), two[1]]).candidate == "model 0"
    assert overall([two[0], with_evidence(two[1], counts=replace(COUNTS, changed=40))]).candidate == "model 1"
    worse = two[0][0], two[0][1].model_copy(update={"quality": "worse"})
    found = overall([worse, with_evidence(two[1], distances={"disagreement": far})])
    assert (found.candidate, found.quality) == ("model 0", "worse")


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(InputError, match="SF463"):
        overall([])
