"""The independents alone, without error of inputs: coverage for every shape of their distances."""

import numpy as np

from samefn.statistics.exact_means import Tally
from samefn.statistics.moments import Moments, skewness
from samefn.verdict.relative_distance import interval
from simulated.populations import Floats

LARGE = 100_000  # independents in the population of a shape
SEED = 0


def shapes() -> dict[str, Floats]:
    """Mean distances of all independents of a population, by the shape of their distribution."""
    draws = np.random.default_rng(SEED)
    normal = draws.normal(size=LARGE)
    tail = (draws.normal(size=LARGE) ** 2 - 1) / np.sqrt(2)
    bad = draws.random(LARGE) < 0.1
    return {
        "normal, spread 1 %": 1 + 0.01 * normal,
        "normal, spread 6 %": 1 + 0.06 * normal,
        "log-normal, spread 20 %": np.exp(0.2 * normal),
        "tail of distant ones (chi-squared), spread 15 %": 1 + 0.15 * tail,
        "one in ten half as far again": 1 + 0.05 * normal + 0.5 * bad,
        "one in ten twice as far": 1 + 0.05 * normal + 1.0 * bad,
        "tail of near ones (chi-squared), spread 15 %": 1 - 0.15 * tail,
        "one in ten half as far": 1 + 0.05 * normal - 0.5 * bad,
    }


def of_independents(independents: list[int], repetitions: int) -> list[dict[str, object]]:
    """For each shape and number of independents how often the interval of a candidate at 1 holds it.

    Args:
        independents: numbers of models drawn.
        repetitions: comparisons a shape and number.

    Returns:
        One row each: `shape`, `independents`, `covered`, and `covered_planned`, where skewness is not looked at.
    """
    draws = np.random.default_rng(SEED)
    rows: list[dict[str, object]] = []
    for name, all_of_them in shapes().items():
        for models in independents:
            drawn = all_of_them[draws.integers(LARGE, size=(repetitions, models))]
            skewed = skewness(drawn)
            truth = float(all_of_them.mean())
            shares = [
                np.mean([_holds(truth, one, float(of_one)) for one, of_one in zip(drawn, skews, strict=True)])
                for skews in (skewed, np.full(repetitions, -np.inf))
            ]
            row = {"covered": round(float(shares[0]), 5), "covered_planned": round(float(shares[1]), 5)}
            rows.append({"shape": name, "independents": models, **row})
    return rows


def _holds(truth: float, means: Floats, skewed: float) -> bool:
    """Whether the interval of a candidate as far as the mean independent holds 1."""
    many = 1e9  # changes: nothing is rare, and the examples have no error
    found = Moments(
        1_000_000,
        len(means),
        x=truth,
        y=float(means.mean()),
        xx=0.0,
        xy=0.0,
        yy=0.0,
        residual_variance=0.0,
        between=float(means.var(ddof=1)),
        skewness=skewed,
        interaction=0.0,
        second=1.0,
        gained=Tally(many, many, 1.0),
        lost=Tally(0.0, 0.0, 1.0),
        binary=True,
    )
    ends = interval(found, 0.95)
    return isinstance(ends, str) or ends[0] <= 1 <= ends[1]
