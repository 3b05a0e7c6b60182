"""What the scale needs to know of the per-example distances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samefn.statistics.exact_means import Tally

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Means and variances over examples, a the candidate less the floor, b the mean stranger less the floor.

    Where examples are grouped, a unit is a group and its figure the sum over its examples, divided by the mean size of
    groups; otherwise it is an example.

    Attributes:
        units: how many.
        strangers: how many, at least 1.
        x: mean of a.
        y: mean of b.
        xx: variance of a over units.
        xy: covariance of a and b.
        yy: variance of b.
        ceiling: variance of b less what a group of its size would have; that of b where nothing is grouped.
        between: variance over strangers of their mean distance; 0 of one stranger.
        skewness: of the strangers' mean distances, third central moment over the second to 3/2; 0 of equal ones.
        interaction: variance over units and strangers of what neither the unit nor the stranger explains; 0 of one.
        second: mean over units and strangers of the squared distance less the floor.
        gained: of the units where a is above 0.
        lost: of those where a is below 0, the sign turned.
        binary: whether every distance is 0 or one positive number, and nothing is grouped.
    """

    units: int
    strangers: int
    x: float
    y: float
    xx: float
    xy: float
    yy: float
    ceiling: float
    between: float
    skewness: float
    interaction: float
    second: float
    gained: Tally
    lost: Tally
    binary: bool


def moments(candidate: Floats, floor: Floats, strangers: Floats, groups: NDArray[np.int64] | None) -> Moments:
    """The moments of finite distances.

    Args:
        candidate: [examples] distances of the candidate to the base.
        floor: [examples] of the base measured again.
        strangers: [strangers, examples], at least one.
        groups: [examples] the group of each, or None.

    Returns:
        The moments.
    """
    largest = float(max(candidate.max(), floor.max(), strangers.max()))
    a, d = candidate - floor, strangers - floor
    values = (candidate, floor, strangers)
    binary = groups is None and all(bool(((one == 0) | (one == largest)).all()) for one in values)
    sizes = np.ones(len(a))
    if groups is not None:
        _, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
        a = np.bincount(codes, a) / counts.mean()
        d = np.stack([np.bincount(codes, row) for row in d]) / counts.mean()
        sizes = counts / counts.mean()
        largest *= float(sizes.max())
    units, models = len(a), len(d)
    b = d.mean(axis=0)
    means = d.mean(axis=1)
    x, y = float(a.mean()), float(b.mean())
    between = skewed = interaction = 0.0
    if models > 1 and units > 1:
        between = float(means.var(ddof=1))
        skewed = float(skewness(means))
        apart = d - sizes * means[:, None]
        apart -= apart.mean(axis=0)
        interaction = float(np.square(apart).sum() / ((units - 1) * (models - 1)))
    free = max(1, units - 1)
    return Moments(
        units,
        models,
        x,
        y,
        xx=float(np.square(a - x).sum() / free),
        xy=float(((a - x) * (b - y)).sum() / free),
        yy=float(np.square(b - y).sum() / free),
        ceiling=float(np.square(b - y * sizes).sum() / free),
        between=between,
        skewness=skewed,
        interaction=interaction,
        second=float(np.square(d).mean()),
        gained=_tally(np.maximum(a, 0), largest),
        lost=_tally(np.maximum(-a, 0), largest),
        binary=binary,
    )


def skewness(means: Floats) -> Floats:
    """Third central moment over the second to 3/2, along the last axis; 0 where all are equal but for rounding.

    >>> float(skewness(np.array([0.0, 0.0, 3.0])))  # -1, -1 and 2 about the mean: 2 / 2^1.5
    0.7071067811865475
    """
    middle = means.mean(axis=-1, keepdims=True)
    apart = means - middle
    second = np.square(apart).mean(axis=-1)
    equal = second <= (1e-12 * middle[..., 0]) ** 2
    third = (apart**3).mean(axis=-1)
    return np.asarray(np.where(equal, 0.0, third / np.where(equal, 1.0, second) ** 1.5))


def _tally(values: Floats, largest: float) -> Tally:
    return Tally(float(values.sum()), float(np.square(values).sum()), largest)
