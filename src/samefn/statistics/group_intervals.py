"""The intervals of measures over declared groups of examples."""

from collections.abc import Iterable

import numpy as np

from samefn.core.errors import InputError
from samefn.measures.floored import ALL_MEASURES
from samefn.schema.notes import Note
from samefn.schema.report import MeasureEntry
from samefn.statistics.block_sums import BlockSums
from samefn.statistics.cluster_intervals import measure_estimate
from samefn.statistics.unseen_in_blocks import allow_unseen


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
    groups = round(sums.examples**2 / float(np.square(sums.sizes).sum()))
    means = [sums.mean(name) for name in measure.columns]
    allowed = allow_unseen(measure, found, means, groups, moved * groups // sums.examples, entry.confidence)
    if value is None or allowed.low is None or allowed.high is None:
        return entry.model_copy(update={"low": None, "high": None, "interval": "none"})
    low = min(max(allowed.low, measure.low), value)
    high = max(min(allowed.high, measure.high), value)
    notes = [one for one in entry.notes if one.code != "unseen"] + ([Note(code="unseen")] if allowed.most else [])
    return entry.model_copy(update={"low": low, "high": high, "interval": found.method, "notes": tuple(notes)})
