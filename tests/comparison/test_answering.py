"""What a model cannot answer, and whose fault it is."""

import numpy as np
import pytest

import samefn
from samefn.core.errors import InputError

VALUES = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "the data hold NaN there"), (np.inf, "the data hold infinity there")]
)
def test_an_example_that_no_model_can_answer_is_the_datas_fault(value, words):
    spoilt = VALUES.copy()
    spoilt[4, 1] = value
    with pytest.raises(InputError, match=f"fails on example '4': {words}, in input"):
        samefn.predict(lambda values: values, spoilt)


def test_a_model_that_gives_nan_for_good_data_is_its_own():
    with pytest.raises(InputError, match="fails on example '0': a NaN or infinite score"):
        samefn.predict(lambda values: np.full((len(values), 3), np.nan, dtype=np.float32), VALUES)
