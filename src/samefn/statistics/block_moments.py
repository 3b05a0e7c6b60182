"""The sums that a relative distance needs, from the sums of blocks of examples."""

from collections.abc import Sequence

import numpy as np

from samefn.statistics.block_sums import BlockSums
from samefn.statistics.exact_sums import exact_sum
from samefn.statistics.moments import CANDIDATE, SIZE, MomentSums, sums_above, with_products


def block_moment_sums(
    name: str, candidate: BlockSums, independents: Sequence[BlockSums], noise_floor: BlockSums | None = None
) -> MomentSums:
    """The sums of a distance over blocks; the block is the unit.

    Args:
        name: of the distance.
        candidate: its sums.
        independents: those of independently trained models over the same blocks.
        noise_floor: those of the base's replicate; None to take the noise for 0.
    """
    models = candidate, *independents, *([noise_floor] if noise_floor else [])
    largest = max(one.largest[name] for one in models)
    finite = bool(np.isfinite(largest))
    sums = [np.where(np.isfinite(one.sums[name]), one.sums[name], 0.0) for one in models]
    floor = sums.pop() if noise_floor else np.zeros(candidate.blocks)
    columns = {at: one - floor for at, one in enumerate(sums, start=CANDIDATE)}
    columns[SIZE] = candidate.sizes.astype(np.float64)
    return MomentSums(
        examples=candidate.examples,
        units=candidate.blocks,
        independents=len(independents),
        grouped=True,
        noise_floor=exact_sum(floor),
        apart=tuple(exact_sum(one) for one in sums[1:]),
        sums=with_products(columns),
        gained=sums_above(columns[CANDIDATE]),
        lost=sums_above(-columns[CANDIDATE]),
        smallest=0.0,
        largest=largest if finite else 0.0,
        most=int(candidate.sizes.max(initial=0)),
        finite=finite,
    )
