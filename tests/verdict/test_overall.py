"""The verdict over all candidates."""

from dataclasses import replace
from typing import Any

import pytest

from samefn.core.errors import InputError
from samefn.schema.base import Compared
from samefn.schema.verdicts import FROM_BEST, Interval, Outcome, VerdictEntry
from samefn.verdict.decide import Evidence
from samefn.verdict.overall import overall
from samefn.verdict.scale import scale

SCALE = scale([0, 1], [0, 0], [[1, 1], [1, 0]])
Judged = tuple[Evidence, VerdictEntry]


def judged(*outcomes: Outcome) -> list[Judged]:
    return [
        (
            Evidence(f"model {i}", Interval(0, 0, 0), (SCALE, SCALE)),
            VerdictEntry(
                **Compared(f"model {i}")._asdict(), outcome=outcome, sentence="", limit=0.1, independent=0.8,
                minimum_detectable_change=None,
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
    far = SCALE.model_copy(update={"value": 4.0})
    assert overall([two[0], with_evidence(two[1], scales=(SCALE, far)), two[2]]).candidate == "model 1"
    assert overall([with_evidence(two[0], scales=(far, SCALE)), two[1]]).candidate == "model 0"
    more = with_evidence(two[1], disagreement=Interval(0.4, 0.3, 0.5))
    assert overall([two[0], more]).candidate == "model 1"


def test_outcomes_are_counted() -> None:
    found = overall(judged("same", "changed", "changed"))
    assert found.candidate == "model 1"
    assert found.sentence == "Of 3 candidates 1 the same function as the base and 2 changed; the worst is model 1."


def test_sentences_without_counts() -> None:
    assert overall(judged("independent")).sentence == "The one candidate, model 0, is no nearer than an independent."
    assert overall(judged("same", "same")).sentence == "All 2 candidates are the same function as the base."


def test_nothing_to_judge_is_refused() -> None:
    with pytest.raises(InputError):
        overall([])
