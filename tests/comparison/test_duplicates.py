"""A copy among the independents is refused."""

import numpy as np
import pytest

import samefn
from samefn.core.errors import InputError
from samefn.predictions.predictions import Predictions

LOGITS = np.random.default_rng(0).normal(size=(4, 200, 3))


def model(name, number):
    return Predictions.from_logits(name, LOGITS[number], range(200))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 2), "s1: is a copy of the base m"),
        ((1, 2), "of the candidate int8"),
        ((2, 2), "of the independent model s1"),
    ],
)
def test_predictions_that_are_anothers_are_no_stranger(numbers, words):
    independents = [model(f"s{place}", number) for place, number in enumerate(numbers, start=1)]
    with pytest.raises(InputError, match=words):
        samefn.compare(model("m", 0), [model("int8", 1)], independents=independents)


def test_what_is_no_copy_is_taken():
    independents = [model("s", 2), model("s", 3)]
    assert (
        samefn.compare(model("m", 0), [model("int8", 0)], independents=independents)
        .report.relative_distances[0]
        .independents
        == 2
    )
    # Two good models may give the same answers.
    answers = [
        Predictions.from_hard_predictions(name, LOGITS[0].argmax(1), np.arange(200).astype(str), None) for name in "ab"
    ]
    assert (
        samefn.compare(answers[0], [model("int8", 1)], independents=[answers[1]])
        .report.relative_distances[0]
        .independents
        == 1
    )
