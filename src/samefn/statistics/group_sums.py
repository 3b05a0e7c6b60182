"""Sums over declared groups of examples (frames of one video), from rows in any number of parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from samefn.measures.pairs import Floats, Ints
from samefn.predictions.about import GROUP
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.parts import added_parts, count_parts
from samefn.statistics.shards import READ, Shard, batches
from samefn.statistics.summaries import COLUMNS, OPTIONAL


class GroupAdder:
    """Adds up examples that come batch by batch; a group may be in many batches.

    Examples are added one after the other, so that the sums are the same to the bit wherever batches are cut.
    """

    def __init__(self, groups: int) -> None:
        """Start with nothing.

        Args:
            groups: how many there are; their codes are counted from 0.
        """
        self._sizes: Ints = np.zeros(groups, dtype=np.int64)
        self._sums: dict[str, Floats] = {}
        self._largest: dict[str, float] = {}

    def add(self, codes: Ints, columns: Mapping[str, Floats]) -> None:
        """Add examples.

        Args:
            codes: the group of each, [examples].
            columns: by name, [examples] each; the same in every batch.
        """
        self._sizes += np.bincount(codes, minlength=len(self._sizes))
        for name, column in columns.items():
            np.add.at(self._sums.setdefault(name, np.zeros(len(self._sizes))), codes, column)
            self._largest[name] = max(self._largest.get(name, -np.inf), float(column.max(initial=-np.inf)))

    def sums(self) -> BlockSums:
        """The sums over the groups that have examples."""
        there = self._sizes > 0
        sums = {name: values[there] for name, values in self._sums.items()}
        return BlockSums(self._sizes[there], sums, self._largest)


def group_count(about: pl.DataFrame | None) -> int:
    """How many groups a table of groups and slices names; 0 where it has none."""
    return 0 if about is None or GROUP not in about.columns else int(about[GROUP].max()) + 1  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class GroupedRows:
    """The rows of one candidate, summed up by group.

    Attributes:
        sums: of every column of the measures that the rows have.
        parts: `count_parts` of each group.
    """

    sums: BlockSums
    parts: pl.DataFrame


def grouped_rows(shards: Sequence[Shard], about: pl.DataFrame) -> GroupedRows:
    """Sum up rows by group.

    Args:
        shards: the rows of one candidate, at least one.
        about: the table of groups and slices, with groups.

    Raises:
        InputError: a row has no group.
    """
    adder, parts = GroupAdder(group_count(about)), list[pl.DataFrame]()
    for shard in shards:
        for batch in batches(shard, READ, about):
            there = (name for name in (*COLUMNS, *OPTIONAL) if name in batch.columns)
            present = [name for name in there if batch[name].null_count() < batch.height]
            columns = {name: batch[name].cast(pl.Float64).to_numpy() for name in present}
            adder.add(batch[GROUP].to_numpy(), columns)
            parts = [added_parts(pl.concat([*parts, count_parts(batch, GROUP)]), GROUP)]
    return GroupedRows(adder.sums(), parts[0])
