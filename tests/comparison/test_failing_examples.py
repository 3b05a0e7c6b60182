"""Examples that a model fails on, and whether the data or the model is at fault."""

import numpy as np
import pytest

import samefn
from samefn.core.errors import InputError
from samefn.runtimes.inference import NOT_FINITE

VALUES = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_an_example_that_no_model_can_take_is_a_fault_of_the_data(value, word):
    spoilt = VALUES.copy()
    spoilt[4, 1] = value
    with pytest.raises(InputError, match="SF512") as error:
        samefn.predict(lambda values: values, spoilt)
    assert "example '4'" in error.value.what
    assert f"{word} there, in input" in error.value.what


def test_nan_for_good_data_is_a_fault_of_the_model():
    with pytest.raises(InputError, match="SF512") as error:
        samefn.predict(lambda values: np.full((len(values), 3), np.nan, dtype=np.float32), VALUES)
    assert "example '0'" in error.value.what
    assert NOT_FINITE in error.value.what
