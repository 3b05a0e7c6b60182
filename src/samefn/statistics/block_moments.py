"""What the scale needs to know of distances whose examples come in blocks, from the blocks' sums."""

from collections.abc import Sequence

import numpy as np

from samefn.statistics.block_sums import BlockSums, Floats
from samefn.statistics.exact_means import Tally
from samefn.statistics.moments import Moments, skewness


def block_moments(name: str, candidate: BlockSums, independents: Sequence[BlockSums]) -> Moments:
    """The moments of a distance, with a base that is taken for noiseless; the block is the unit.

    Args:
        name: of the distance.
        candidate: its sums, over two blocks or more.
        independents: those of independently trained models over the same blocks, one or more.
    """
    sizes = candidate.sizes / candidate.sizes.mean()
    a = candidate.sums[name] / candidate.sizes.mean()
    d = np.stack([one.sums[name] for one in independents]) / candidate.sizes.mean()
    largest = max(one.largest[name] for one in (candidate, *independents)) * float(sizes.max())
    units, models = len(a), len(d)
    b, means = d.mean(axis=0), d.mean(axis=1)
    x, y = float(a.mean()), float(b.mean())
    between = skewed = interaction = 0.0
    if models > 1:
        between, skewed = float(means.var(ddof=1)), float(skewness(means))
        apart = d - sizes * means[:, None]
        apart -= apart.mean(axis=0)
        interaction = float(np.square(apart).sum() / ((units - 1) * (models - 1)))
    return Moments(
        units,
        models,
        x,
        y,
        xx=_covariance(a - x, a - x),
        xy=_covariance(a - x, b - y),
        yy=_covariance(b - y, b - y),
        ceiling=_covariance(b - y * sizes, b - y * sizes),
        between=between,
        skewness=skewed,
        interaction=interaction,
        second=float(np.square(d).mean()),
        gained=Tally(float(a.sum()), float(np.square(a).sum()), largest),
        lost=Tally(0.0, 0.0, largest),
        binary=False,
    )


def _covariance(one: Floats, other: Floats) -> float:
    return float((one * other).sum() / (len(one) - 1))
