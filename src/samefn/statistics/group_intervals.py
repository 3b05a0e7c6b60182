"""The intervals of measures over declared groups of examples."""

from collections.abc import Iterable

import numpy as np

from samefn.core.errors import InputError
from samefn.measures.floored import ALL_MEASURES
from samefn.schema.notes import Note
from samefn.schema.report import MeasureEntry
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.cluster_intervals import measure_estimate
from samefn.statistics.intervals import of_means
from samefn.statistics.unseen import largest_changes, unseen, widened


def over_groups(entries: Iterable[MeasureEntry], sums: BlockSums, moved: int) -> list[MeasureEntry]:
    """The measures with intervals over groups in place of those over examples; those without an interval as they are.

    The ends of measures that are no shares allow for a group of the largest change that was not drawn, as those over
    examples do for an example; there are as many groups as groups of one size would have the same variance.

    Args:
        entries: of one candidate.
        sums: of its rows' columns over their groups.
        moved: of how many examples more than half of the probability moved.

    Raises:
        InputError: fewer than two groups.
    """
    if sums.blocks < 2:
        raise InputError("SF477", "fewer than two groups are left", where="groups", fix="give more groups, or none")
    return [_over_groups(entry, sums, moved) if entry.interval != "none" else entry for entry in entries]


def _over_groups(entry: MeasureEntry, sums: BlockSums, moved: int) -> MeasureEntry:
    measure, value = ALL_MEASURES[entry.measure], entry.value
    found = measure_estimate(measure, sums, entry.confidence, declared=True)
    if value is None or found.low is None or found.high is None:
        return entry.model_copy(update={"low": None, "high": None, "interval": "none"})
    low, high, notes = found.low, found.high, [one for one in entry.notes if one.code != "unseen"]
    if not measure.binary and found.error is not None:
        groups = round(sums.examples**2 / float(np.square(sums.sizes).sum()))
        means = [sums.mean(name) for name in measure.columns]
        changes = largest_changes(measure, of_means(measure), means, groups, moved * groups // sums.examples)
        below, above = (unseen(one, found.error**2 * groups, 0.0, groups, entry.confidence) for one in changes)
        low, high, unseen_most = widened(low, high, value, below, above)
        notes += [Note(code="unseen")] if unseen_most else []
    low, high = min(max(low, measure.low), value), max(min(high, measure.high), value)
    return entry.model_copy(update={"low": low, "high": high, "interval": found.method, "notes": tuple(notes)})
