"""Selection by bits: every order statistic and quantile is NumPy's, to the bit."""

import numpy as np
import pytest

from samefn.statistics.order_statistics import order_statistics, quantiles

RANDOM = np.random.default_rng(0)
DRAWN = {
    "spread": np.concatenate([RANDOM.normal(size=500) * 10.0 ** RANDOM.integers(-300, 300, size=500), [0.0, -0.0]]),
    "ties": RANDOM.integers(-2, 3, size=400).astype(float),
    "near": 1 + RANDOM.integers(0, 5, size=300) * 2.0**-52,  # only the last bits differ
    "single": np.array([-7.25]),
    "ends": np.array([-np.inf, 5e-324, np.inf, -5e-324]),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("pieces", [1, 3])
def test_order_statistics_are_those_of_a_sort(name, pieces):
    values = DRAWN[name]
    found = order_statistics(
        lambda: ({"x": part} for part in np.array_split(values, pieces) if len(part)), {"x": range(len(values))}
    )
    assert list(found["x"].values()) == np.sort(values).tolist()


@pytest.mark.parametrize("name", ["spread", "ties", "near", "single"])
def test_quantiles_are_numpys(name):
    values = DRAWN[name]
    shares = [0.0, 0.001, 0.1, 0.25, 1 / 3, 0.5, 0.95, 0.999, 1.0]
    found = quantiles(lambda: [{"x": values}], {"x": shares}, len(values))
    assert found == {"x": [float(np.quantile(values, share)) for share in shares]}
