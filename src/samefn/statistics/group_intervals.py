"""The intervals of measures over declared groups of examples."""

from collections.abc import Iterable

from samefn.core.errors import InputError
from samefn.measures.table import MEASURES
from samefn.schema.report import MeasureEntry
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.cluster_intervals import measure_estimate


def over_groups(entries: Iterable[MeasureEntry], sums: BlockSums) -> list[MeasureEntry]:
    """The measures with intervals over groups in place of those over examples; those without an interval as they are.

    Args:
        entries: of one candidate.
        sums: of its rows' columns over their groups.

    Raises:
        InputError: fewer than two groups.
    """
    if sums.blocks < 2:
        raise InputError("SF477", "fewer than two groups are left", where="groups", fix="give more groups, or none")
    return [_over_groups(entry, sums) if entry.interval != "none" else entry for entry in entries]


def _over_groups(entry: MeasureEntry, sums: BlockSums) -> MeasureEntry:
    measure, value = MEASURES[entry.measure], entry.value
    found = measure_estimate(measure, sums, entry.confidence, declared=True)
    if value is None or found.low is None or found.high is None:
        return entry.model_copy(update={"low": None, "high": None, "interval": "none"})
    low, high = min(max(found.low, measure.low), value), max(min(found.high, measure.high), value)
    return entry.model_copy(update={"low": low, "high": high, "interval": found.method})
