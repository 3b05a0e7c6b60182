"""Audits with a known relative distance of disagreement: how often is it said to be near, rightly or wrongly?

Two classes: a model predicts by the sign of an input's margin, the same for all models, plus its own noise. Margins are
spread evenly about 0, so two models disagree on a share of the inputs that goes with how far their noises are apart.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from samefn.statistics.exact_means import Tally
from samefn.statistics.moments import Moments
from samefn.verdict.independents import pair_problems, unequal_distances
from samefn.verdict.independents_of_rows import pair_differences
from samefn.verdict.relative_distance import interval

Bools = NDArray[np.bool_]
Kind = Literal["equal", "spread 10 %", "unequal", "start of the base", "one start"]
KINDS: tuple[Kind, ...] = ("equal", "spread 10 %", "unequal", "start of the base", "one start")
SPREADS = {"equal": 0.0, "spread 10 %": 0.1, "unequal": 0.27}  # coefficient of variation of distances to the base
HALF = 0.75  # correlation of the noises of two models that are half as far apart as others
NEAR = 0.1


@dataclass(frozen=True)
class Audit:
    """One audit.

    Attributes:
        changed: [examples] whether the candidate predicts otherwise than the base.
        predicted: [models, examples] predicted classes, those of the base first.
    """

    changed: Bools
    predicted: Bools

    def of(self, independents: int) -> "Audit":
        """The same audit with the first so many independents."""
        return Audit(self.changed, self.predicted[: independents + 1])


def audit(
    draws: np.random.Generator,
    kind: Kind,
    examples: int,
    independents: int,
    distance: float,
    share: float,
    boundary: bool = True,
) -> Audit:
    """Draw inputs, independents and a candidate.

    Args:
        draws: where they come from.
        kind: `equal`: independents are exchangeable; `spread 10 %` and `unequal` (27 %): some have more noise and so
            are farther from the base, with this coefficient of variation; `start of the base`: a third of all is half
            as far from the base; `one start`: a third of all is half as far from one another.
        examples: how many inputs.
        independents: how many.
        distance: mean over all independents.
        share: of changes of the candidate.
        boundary: whether it changes inputs near the base's boundary; else any.
    """
    spread = SPREADS.get(kind, 0.0)
    sigma = sqrt(np.log1p(spread**2))
    factors = np.exp(sigma * draws.normal(size=independents) - sigma**2 / 2)
    third = draws.random(independents) < 1 / 3
    # Two noises of variance 1 are apart by 2 / sqrt(pi) on average, half of which is over the width of the margins.
    width = 1 / sqrt(pi) / distance * (5 / 6 if kind == "start of the base" else 1.0)
    of_base = draws.normal(size=examples)
    noise = draws.normal(size=(independents, examples)) * np.sqrt(np.maximum(2 * factors**2 - 1, 0.0))[:, None]
    if kind in ("start of the base", "one start"):
        shared = of_base if kind == "start of the base" else draws.normal(size=examples)
        # Of two that share a part p of their noise with a third, p^2 is common.
        part = HALF if kind == "start of the base" else sqrt(HALF)
        noise[third] = part * shared + sqrt(1 - part**2) * noise[third]
    margin = draws.uniform(-width, width, size=examples)
    base = margin + of_base > 0
    if boundary:
        moved = draws.normal(size=examples) * share * width * sqrt(2 * pi)
        changed = (margin + of_base + moved > 0) != base
    else:
        changed = draws.random(examples) < share
    return Audit(changed, np.concatenate([base[None], margin + noise > 0]))


def moments(of: Audit) -> Moments:
    """Those of distances of 0 and 1 to a base without noise, as `samefn.statistics.moments` has them."""
    d = (of.predicted[1:] != of.predicted[0]).astype(np.float64)
    m, n = d.shape
    a, b, means = of.changed.astype(np.float64), d.mean(axis=0), d.mean(axis=1)
    (xx, xy), (_, yy) = np.cov(a, b)
    between, interaction = 0.0, 0.0
    if m > 1:
        between = float(means.var(ddof=1))
        within = d.sum() - m * np.square(b).sum()  # squares about the inputs' means
        interaction = max(0.0, float((within - n * (m - 1) * between) / ((n - 1) * (m - 1))))
    changes = float(a.sum())
    return Moments(
        n,
        m,
        x=float(a.mean()),
        y=float(b.mean()),
        xx=float(xx),
        xy=float(xy),
        yy=float(yy),
        residual_variance=float(yy),
        between=between,
        interaction=interaction,
        gained=Tally(changes, changes, 1.0),
        lost=Tally(0.0, 0.0, 1.0),
        binary=True,
    )


def near_shares(
    kind: Kind,
    examples: int,
    distance: float,
    share: float,
    audits: int,
    independents: tuple[int, ...] = (1, 2, 3, 5),
    boundary: bool = True,
    seed: int = 0,
) -> list[float]:
    """The share of audits that say near, by the number of independents; each audit with fewer is the start of one.

    Args:
        kind: of the independents.
        examples: of one audit.
        distance: mean of all independents.
        share: of changes of the candidate.
        audits: how many.
        independents: their numbers, the largest last.
        boundary: as `audit`.
        seed: of the draws.
    """
    draws = np.random.default_rng(seed)
    near = np.zeros(len(independents))
    for _ in range(audits):
        whole = audit(draws, kind, examples, independents[-1], distance, share, boundary)
        for at, m in enumerate(independents):
            ends = interval(moments(whole.of(m)), 0.95)
            near[at] += not isinstance(ends, str) and ends[1] < NEAR
    return list((near / audits).tolist())


def flagged_shares(
    kind: Kind, examples: int, distance: float, audits: int, independents: tuple[int, ...] = (3, 5, 10), seed: int = 0
) -> list[float]:
    """The share of audits in which the independents are named: near twins, near the base, or unequal.

    Args:
        kind: of the independents.
        examples: of one audit.
        distance: mean of all independents.
        audits: how many.
        independents: their numbers.
        seed: of the draws.
    """
    found = []
    for m in independents:
        draws, named = np.random.default_rng(seed), 0
        for _ in range(audits):
            one = audit(draws, kind, examples, m, distance, 0.0)
            differ = pair_differences(one.predicted.astype(np.int64))
            named += bool(pair_problems(differ, examples)) or unequal_distances(moments(one)) is not None
        found.append(named / audits)
    return found
