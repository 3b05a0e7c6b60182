"""Sums over blocks of examples (the tokens of a window of text), from examples that are read batch by batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from samefn.measures.pairs import Floats, Ints


@dataclass(frozen=True, eq=False)
class BlockBatch:
    """Some whole blocks.

    Attributes:
        codes: the block of each example, counted from 0 in this batch, [examples].
        columns: by name, [examples] each.
    """

    codes: Ints
    columns: Mapping[str, Floats]

    def sums_of(self, values: Floats) -> Floats:
        """The sum of some values, [examples], over each block: one after the other, as they come."""
        return np.asarray(np.bincount(self.codes, values), dtype=np.float64)


class Blocked(Protocol):
    """Examples in blocks, more than memory holds."""

    def batches(self, names: Sequence[str]) -> Iterator[BlockBatch]:
        """Some columns of all examples, always in the same order; no block is in two batches."""


@dataclass(frozen=True, eq=False)
class BlockSums:
    """What means and their errors are made of; memory is that of the blocks, however many examples they hold.

    Attributes:
        sizes: examples in each block, [blocks].
        sums: of each column, by name, [blocks].
        largest: the largest value of each column, by name.
    """

    sizes: Ints
    sums: Mapping[str, Floats]
    largest: Mapping[str, float]

    @property
    def blocks(self) -> int:
        """How many."""
        return len(self.sizes)

    @property
    def examples(self) -> int:
        """How many."""
        return int(self.sizes.sum())

    def total(self, name: str) -> float:
        """The sum of a column over all examples."""
        return float(self.sums[name].sum())

    def mean(self, name: str) -> float:
        """The mean of a column over all examples."""
        return self.total(name) / self.examples


def block_sums(batches: Iterable[BlockBatch]) -> BlockSums:
    """Sums of all columns over each block: the same to the bit however blocks come in batches.

    Args:
        batches: one or more, each with the same columns.

    >>> batch = BlockBatch(np.array([0, 0, 1]), {"x": np.array([1.0, 2.0, 4.0])})
    >>> block_sums([batch, batch]).sums["x"].tolist()
    [3.0, 4.0, 3.0, 4.0]
    """
    sizes: list[Ints] = []
    sums: dict[str, list[Floats]] = {}
    largest: dict[str, float] = {}
    for batch in batches:
        sizes.append(np.bincount(batch.codes))
        for name, column in batch.columns.items():
            sums.setdefault(name, []).append(batch.sums_of(column))
            largest[name] = max(largest.get(name, -np.inf), float(column.max()))
    return BlockSums(np.concatenate(sizes), {name: np.concatenate(parts) for name, parts in sums.items()}, largest)
