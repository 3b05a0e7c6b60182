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

    def units(self, sums: "BlockSums") -> "BlockSums":
        """Sums over blocks as sums over the units of intervals, which are blocks or several of them."""


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

    @property
    def equal_blocks(self) -> float:
        """How many blocks of one size would weigh as these do: fewer where sizes differ; 2 where one outweighs them.

        >>> BlockSums(np.array([1, 1, 4]), {}, {}).equal_blocks
        2.0
        """
        return max(2.0, self.examples**2 / float(np.square(self.sizes, dtype=np.float64).sum()))

    def joined(self, first: Sequence[int]) -> "BlockSums":
        """Blocks that follow each other taken together, such as the windows of a document.

        Args:
            first: the numbers of the blocks at which the new ones begin, ascending from 0.

        >>> joined = BlockSums(np.array([2, 2, 2]), {"x": np.array([1.0, 2.0, 4.0])}, {"x": 3.0}).joined([0, 2])
        >>> joined.sizes.tolist(), joined.sums["x"].tolist()
        ([4, 2], [3.0, 4.0])
        """
        sums = {name: np.add.reduceat(values, first) for name, values in self.sums.items()}
        return BlockSums(np.add.reduceat(self.sizes, first), sums, self.largest)

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
