"""Signs that inputs depend on each other although no groups are declared: intervals are then too narrow."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from numpy.typing import NDArray

from samefn.schema.dependence import DependenceCode, DependenceEntry
from samefn.statistics.group_sums import group_count
from samefn.statistics.repeats import FIGURES, Repeats, repeated_inputs, repeated_predictions
from samefn.statistics.serial_correlation import SerialCorrelation, correlated_figures, correlated_flags
from samefn.statistics.shards import Shard, batches

# The chance of a false alarm in one report, shared among its tests.
FALSE_ALARM = 0.005
# Less does not matter.
REPEATS, IN_A_ROW = 1.1, 1.2
_READ = ("label", "base_top", "top", "disagreement", *FIGURES)


def find_dependence(
    candidates: Sequence[str],
    rows: Mapping[str, Sequence[Shard]],
    inputs: Mapping[str, NDArray[Any]],
    about: pl.DataFrame | None,
) -> tuple[DependenceEntry, ...]:
    """What to warn of.

    Args:
        candidates: ids of those that get a verdict.
        rows: of these on one evaluation set, in the order of the inputs.
        inputs: by name, [examples, ...]; empty where only predictions are known.
        about: the table of groups and slices. With groups nothing is looked for: the user has said what belongs
            together.

    Returns:
        One entry for repeated inputs, and one for each candidate and sign.
    """
    if group_count(about):
        return ()
    found = [_repeated("repeated inputs", "", repeated_inputs(inputs))] if inputs else []
    for candidate in candidates:
        table = pl.concat([batch for shard in rows[candidate] for batch in batches(shard, _READ)])
        if table.height < 2:
            continue
        classes = table["base_top" if table["label"].null_count() else "label"].to_numpy()
        allowed = FALSE_ALARM / (2 * len(candidates))
        flags = correlated_flags(table["disagreement"].cast(pl.Boolean).to_numpy(), classes)
        found.append(_in_a_row("changes in a row", candidate, flags, allowed))
        if not table["total_variation"].null_count():
            figures = correlated_figures(table["total_variation"].to_numpy(), classes)
            found.append(_in_a_row("distances in a row", candidate, figures, allowed))
        if not inputs:
            found.append(_repeated("repeated predictions", candidate, repeated_predictions(table)))
    return tuple(entry for entry in found if entry is not None)


def _repeated(code: DependenceCode, candidate: str, found: Repeats) -> DependenceEntry | None:
    if found.factor < REPEATS:
        return None
    return DependenceEntry(code=code, candidate=candidate, examples=found.examples, factor=found.factor)


def _in_a_row(code: DependenceCode, candidate: str, found: SerialCorrelation, allowed: float) -> DependenceEntry | None:
    if found.p_value > allowed or found.factor < IN_A_ROW:
        return None
    return DependenceEntry(code=code, candidate=candidate, factor=found.factor)
