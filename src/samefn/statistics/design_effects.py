"""How much less examples in groups say than as many examples drawn one by one, for every share that is counted."""

import polars as pl

from samefn.measures.language import itself
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.effective_numbers import effective_difference, effective_share
from samefn.statistics.group_sums import GroupedRows
from samefn.statistics.jackknife import OfMeans
from samefn.statistics.parts import COUNTED, PartKey

# All examples, as a part of them.
WHOLE: PartKey = ("", "")
# The difference of negative and positive flips.
NET = "net"


def design_effects(grouped: GroupedRows, confidence: float) -> dict[PartKey, dict[str, float]]:
    """Examples over effective examples: 1 where groups take nothing, their size where all of a group change together.

    Args:
        grouped: the rows of a candidate.
        confidence: above 0 and below 1.

    Returns:
        By part, and by what is counted: the names of `COUNTED`. Of the whole, which is the part `WHOLE`, also
        `base_right`, `right` and `NET`. Without labels only `changed`.
    """
    sums = grouped.sums
    columns = COUNTED | {"base_right": "base_right", "right": "right"}
    present = {name: column for name, column in columns.items() if column in sums.sums}
    whole = {name: _effect(column, sums, confidence) for name, column in present.items()}
    if "negative_flips" in present:
        difference = effective_difference("negative_flips", "positive_flips", sums, confidence, declared=True)
        whole[NET] = sums.examples / difference
    found = {WHOLE: whole}
    for (by, value), part in grouped.parts.partition_by("by", "value", as_dict=True, include_key=False).items():
        of_part = _sums_of(part, [name for name in COUNTED if name in present])
        found[by, value] = {name: _effect(name, of_part, confidence) for name in of_part.sums}
    return found


def _effect(column: str, sums: BlockSums, confidence: float) -> float:
    figure = OfMeans((column,), itself, itself)
    return sums.examples / effective_share(figure, sums.examples, sums, confidence, declared=True).examples


def _sums_of(part: pl.DataFrame, names: list[str]) -> BlockSums:
    """A part's counts by group, in the order of the groups."""
    ordered = part.sort("group")
    sums = {name: ordered[name].cast(pl.Float64).to_numpy() for name in names}
    return BlockSums(ordered["examples"].to_numpy(), sums, {})
