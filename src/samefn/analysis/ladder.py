"""The ladder of a comparison, from its rows: every candidate beside the candidates that are its rungs."""

from collections.abc import Mapping, Sequence

import polars as pl

from samefn.schema.base import Compared
from samefn.schema.ladder import LadderEntry
from samefn.schema.report import MeasureEntry
from samefn.statistics.shards import Shard
from samefn.verdict.ladder import ladder_entries
from samefn.verdict.relative_distance_of_rows import paired_sums


def ladder_of_rows(
    measures: Sequence[MeasureEntry],
    rows: Mapping[str, Sequence[Shard]],
    candidates: Sequence[Compared],
    rungs: Sequence[str],
    confidence: float,
    about: pl.DataFrame | None = None,
) -> tuple[LadderEntry, ...]:
    """Every candidate beside every rung but itself.

    Args:
        measures: of all candidates.
        rows: of all candidates.
        candidates: whom it is about.
        rungs: ids of the candidates that are rungs, from the finest to the roughest.
        confidence: of every interval.
        about: the table of groups and slices; None without any. With groups differences are over groups.
    """
    values = {(one.candidate, one.measure): one.value for one in measures}
    # Where one model has only predicted classes there is no total variation.
    known = all(values.get((one.candidate, "total_variation")) is not None for one in candidates)
    name = "total_variation" if known else "disagreement"
    return ladder_entries(
        candidates,
        rungs,
        name,
        {one.candidate: values[one.candidate, name] or 0.0 for one in candidates},
        lambda candidate, rung: paired_sums([name], rows[candidate], rows[rung], [], about)[name],
        confidence,
    )
