"""How near to a flip inputs came, summed up: the same to the bit however the rows are divided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from samefn.measures.pairs import Floats
from samefn.statistics.exact_sums import exact_sum, quotient
from samefn.statistics.order_statistics import order_statistics
from samefn.statistics.shards import Shard, batches

MAGNIFICATION = 10.0
CUT_ONE_OF = 10
MARGINS = ("base_margin", "margin")


@dataclass(frozen=True)
class BoundarySums:
    """Sums over inputs, each with the base's margin and how far it fell: its change.

    A near flip is an input that would flip if its change were ten times as large (`MAGNIFICATION`), or as large as the
    cut if that is less. It has a weight, the change over the magnified one, and a place, the margin over the magnified
    change: 0 at the boundary, 1 where it would just flip.

    Attributes:
        examples: how many inputs.
        cut: the margin of the base that one of ten inputs (`CUT_ONE_OF`) is below; larger changes are not small.
        below: inputs whose margin of the base is at most the cut.
        counted: flips by a larger change, or into or from a tie.
        small: all other flips.
        near: sum of the near flips' weights; those counted are none of them.
        near_squares: sum of the squares of their weights.
        near_places: sum of their weights times places.
    """

    examples: int
    cut: float
    below: int
    counted: int
    small: int
    near: float
    near_squares: float
    near_places: float


def boundary_sums(base_margin: Floats, margin: Floats, flipped: Floats, cut: float | None = None) -> BoundarySums:
    """Sums of inputs in memory.

    Args:
        base_margin: as the rows have it, [inputs], at least one; 0 and above.
        margin: likewise.
        flipped: 1 where the prediction changed, else 0.
        cut: None for that of these inputs.

    >>> found = boundary_sums(np.array([1.0, 2.0, 8.0]), np.array([-1.0, 1.5, 9.0]), np.array([1.0, 0.0, 0.0]), cut=4.0)
    >>> found.counted, found.small, found.near, found.near_places  # weights 1/2 and 1/8, places 1/4 and 1/2
    (0, 1, 0.625, 0.1875)
    """
    cut = float(np.sort(base_margin)[len(base_margin) // CUT_ONE_OF]) if cut is None else cut
    return _sums(iter([{"base_margin": base_margin, "margin": margin, "disagreement": flipped}]), cut)


def boundary_sums_of(shards: Sequence[Shard]) -> BoundarySums | None:
    """Sums of the rows of a candidate, which are read six times, batch by batch.

    Args:
        shards: the rows, as `samefn.rows` gives them.

    Returns:
        The sums; None without rows, or where some have no margins: they have no probabilities, or were stored before
        rows had margins.

    Raises:
        InputError: a file is no Parquet.
    """
    examples = 0
    for shard in shards:
        for batch in batches(shard, ("id", *MARGINS)):
            if not set(MARGINS) <= set(batch.columns) or any(batch[name].null_count() for name in MARGINS):
                return None
            examples += batch.height
    if not examples:
        return None
    rank = examples // CUT_ONE_OF
    cut = order_statistics(lambda: _columns(shards, ("base_margin",)), {"base_margin": (rank,)})["base_margin"][rank]
    return _sums(_columns(shards, (*MARGINS, "disagreement")), cut)


def _columns(shards: Sequence[Shard], names: Sequence[str]) -> Iterator[dict[str, Floats]]:
    for shard in shards:
        for batch in batches(shard, names):
            yield {name: batch[name].cast(pl.Float64).to_numpy() for name in names}


def _sums(columns: Iterator[dict[str, Floats]], cut: float) -> BoundarySums:
    examples = below = counted = small = near = squares = places = 0
    for of in columns:
        base_margin, margin, flipped = of["base_margin"], of["margin"], of["disagreement"] != 0
        with np.errstate(invalid="ignore"):  # where both margins are infinite the change is NaN, which is never near
            change = base_margin - margin
            magnified = np.minimum(MAGNIFICATION * change, cut)
        tied = (base_margin == 0) | (margin == 0)
        large = flipped & (tied | (change > cut))
        is_near = ~large & (change > 0) & (change <= cut) & (base_margin > 0) & (base_margin <= magnified)
        weights = change[is_near] / magnified[is_near]
        examples += len(margin)
        below += int(np.count_nonzero(base_margin <= cut))
        counted += int(np.count_nonzero(large))
        small += int(np.count_nonzero(flipped & ~large))
        near += exact_sum(weights)
        squares += exact_sum(weights * weights)
        places += exact_sum(weights * (base_margin[is_near] / magnified[is_near]))
    return BoundarySums(examples, cut, below, counted, small, quotient(near), quotient(squares), quotient(places))
