"""Our logarithm of the softmax beside SciPy's: the same bits."""

import numpy as np
from scipy.special import log_softmax as reference

from samefn.predictions.softmax import log_softmax


def test_it_gives_the_bits_of_scipy() -> None:
    draws = np.random.default_rng(0)
    for classes in (1, 2, 10, 1000):
        for spread in (1e-3, 1.0, 1e3):
            scores = spread * draws.normal(size=(50, classes))
            assert log_softmax(scores).tobytes() == reference(scores, axis=1).tobytes()
