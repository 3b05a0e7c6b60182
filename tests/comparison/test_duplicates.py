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
    ("numbers", "copy", "original"),
    [((0, 2), "s1", "the base m"), ((1, 2), "s1", "the candidate int8"), ((2, 2), "s2", "the independent s1")],
)
def test_a_copy_is_no_independent(numbers, copy, original):
    independents = [model(f"s{place}", number) for place, number in enumerate(numbers, start=1)]
    with pytest.raises(InputError, match="SF507") as error:
        samefn.compare(model("m", 0), [model("int8", 1)], independents=independents)
    assert error.value.where == copy
    assert original in error.value.what


def test_a_model_that_is_no_copy_is_accepted():
    independents = [model("s", 2), model("s", 3)]
    assert (
        samefn.compare(model("m", 0), [model("int8", 0)], independents=independents)
        .report.relative_distances[0]
        .independents
        == 2
    )
    # Two good models may predict the same labels.
    answers = [
        Predictions.from_hard_predictions(name, LOGITS[0].argmax(1), np.arange(200).astype(str), None) for name in "ab"
    ]
    assert (
        samefn.compare(answers[0], [model("int8", 1)], independents=[answers[1]])
        .report.relative_distances[0]
        .independents
        == 1
    )
