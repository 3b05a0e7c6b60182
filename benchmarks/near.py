"""How often is a candidate at the limit of *near* called near, where the margins mislead most?

    python benchmarks/near.py

Candidates of `benchmarks/boundary.py` whose noise is larger near the boundary, and some others, stand at a tenth of the
independents' distance. Independents are exchangeable: their distances vary by 10 %, and each differs on half of the
inputs that are hard for all. The bound from the margins stands beside the exact interval at several shares of its
error; `BY_MARGINS` is the largest at which no family is wrong in more than 2.5 % by more than chance. Minutes on one
core; what comes out stands in docs/evidence/calibration.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import log1p, sqrt

import numpy as np
from boundary import FAMILIES, SHARES, Draws, Population, population
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from samefn.statistics.boundary_sums import CUT_ONE_OF, BoundarySums, boundary_sums
from samefn.statistics.exact_means import Tally
from samefn.statistics.moments import Moments
from samefn.verdict.boundary_flips import boundary_flips
from samefn.verdict.how_far import NEAR
from samefn.verdict.relative_distance import interval

AUDITS = 1_000
EXPECTED = (12, 24)  # changes at the limit
INDEPENDENTS = (2, 3, 5, 10)
SPREAD = 0.1
ERROR = 0.025
PARTS = (0.0, 0.4, 0.6, 0.8, 1.0)  # of the error, the margins' own; 0: the exact interval alone
CHANCE = 0.001
MISLEADING = "noise larger near the boundary"
OTHERS = (("10 classes", "noise"), ("10 classes", "rare confident failures"), ("classes 1 to 100", "bias by class"))


def main() -> None:
    """Simulate, and print a table."""
    rows = []
    with threadpool_limits(1):
        for kind, change in FAMILIES:
            if change == MISLEADING or (kind, change) in OTHERS:
                at = FAMILIES.index((kind, change))
                rows += [(f"{kind}, {change}", *one) for one in _family(at)]
    head = " | ".join("counts" if not part else f"margins {ERROR * part:.1%}" for part in PARTS)
    print(f"| changes expected at the limit | independents | of {len(rows) // len(EXPECTED)} populations | {head} |")
    print("|---|---|---|" + "---|" * len(PARTS))
    for expected in EXPECTED:
        found = np.array([near for _, one, near in rows if one == expected])  # [populations, numbers, parts]
        for at, number in enumerate(INDEPENDENTS):
            for name, over in (("mean", np.mean), ("worst", np.max)):
                shares = " | ".join(f"{100 * one:.1f} %" for one in over(found[:, at], axis=0) / AUDITS)
                print(f"| {expected} | {number} | {name} | {shares} |")
            beyond = (binom.sf(found[:, at] - 1, AUDITS, ERROR) < CHANCE).sum(axis=0)
            print(f"| {expected} | {number} | beyond 2.5 % | " + " | ".join(map(str, beyond.tolist())) + " |")


def _family(at: int) -> Iterator[tuple[int, np.ndarray]]:
    """Expected changes, and how often near was said, [numbers of independents, parts of the error]."""
    kind, change = FAMILIES[at]
    draws = np.random.default_rng(at)
    for share, inputs in SHARES.items():
        if share > ERROR / 2 or (kind == "1000 classes" and share < 0.005):
            continue  # a tenth of the distance can be no larger
        of = population(kind, change, share, inputs // 2, 10 * at)
        for expected in EXPECTED:
            audits = [_audit(of, round(expected / of.truth), draws) for _ in range(AUDITS)]
            yield expected, np.sum(audits, axis=0)


def _audit(of: Population, examples: int, draws: Draws) -> np.ndarray:
    sums = _drawn(of, examples, draws)
    highs = [boundary_flips(sums, ERROR * part).high if part else None for part in PARTS]
    said = np.zeros((len(INDEPENDENTS), len(PARTS)), dtype=int)
    changes = _independents(draws, examples, of.truth / NEAR)
    for at, number in enumerate(INDEPENDENTS):
        moments = _moments(examples, sums.counted + sums.small, *changes, number)
        for to, high in enumerate(highs):
            ends = interval(moments, 1 - 2 * ERROR, high)
            said[at, to] = not isinstance(ends, str) and ends[1] < NEAR
    return said


def _drawn(of: Population, examples: int, draws: Draws) -> BoundarySums:
    rank = examples // CUT_ONE_OF
    cut = float(np.quantile(of.sorted_margins, draws.beta(rank + 1, examples - rank)))
    drawn = draws.integers(len(of.margin), size=draws.binomial(examples, len(of.margin) / of.inputs))
    sums = boundary_sums(of.base_margin[drawn], of.margin[drawn], of.flipped[drawn], cut)
    return replace(sums, examples=examples, below=rank + 1)


def _independents(draws: Draws, examples: int, distance: float) -> tuple[int, np.ndarray]:
    """How many inputs are hard, and on how many of them each independent differs."""
    sigma = sqrt(log1p(SPREAD**2))
    factors = np.exp(sigma * draws.normal(size=max(INDEPENDENTS)) - sigma**2 / 2)
    hard = draws.binomial(examples, min(1.0, 2 * distance))
    return hard, draws.binomial(hard, np.minimum(1.0, factors / 2))


def _moments(examples: int, flips: int, hard: int, changes: np.ndarray, number: int) -> Moments:
    means = changes[:number] / examples
    x, y, share = flips / examples, float(means.mean()), max(1, hard) / examples
    part = min(1.0, y / share)
    variance = share * (part**2 + part * (1 - part) / number) - y**2
    return Moments(
        examples,
        number,
        x,
        y,
        xx=x * (1 - x),
        xy=0.0,
        yy=variance,
        residual_variance=variance,
        between=float(means.var(ddof=1)),
        interaction=share * part * (1 - part),
        gained=Tally(flips, flips, 1.0),
        lost=Tally(0.0, 0.0, 1.0),
        binary=True,
    )


if __name__ == "__main__":
    main()
