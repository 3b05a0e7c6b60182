"""The relative distance from rows in parts, tables in memory or Parquet files, read batch by batch."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from samefn.core.errors import InputError
from samefn.predictions.about import GROUP, ID
from samefn.schema.verdicts import RelativeDistance
from samefn.statistics.block_moments import block_moment_sums
from samefn.statistics.group_sums import GroupAdder, group_count
from samefn.statistics.moments import MomentSums, merged_sums, moment_sums
from samefn.statistics.shards import Shard, batches, height, shards_of, with_about
from samefn.verdict.relative_distance import relative_distance_of


def relative_distance_rows(
    measure: str,
    candidate: pl.DataFrame | Sequence[pl.DataFrame | str | Path],
    independents: Sequence[pl.DataFrame | Sequence[pl.DataFrame | str | Path]],
    replicate: pl.DataFrame | Sequence[pl.DataFrame | str | Path] = (),
    confidence: float = 0.95,
) -> RelativeDistance:
    """The relative distance of a candidate by one distance, from its rows and those of the models at its ends.

    Args:
        measure: name of the distance: a column of the rows.
        candidate: the candidate's rows against the base: a table, or tables and Parquet files that hold some each.
        independents: those of each independently trained model.
        replicate: those of the base's replicate; none where the noise is taken for 0.
        confidence: of the interval, above 0 and below 1.

    Returns:
        The relative distance, or why there is none: the same to the bit in any order and grouping of the parts.

    Raises:
        InputError: parts that do not hold the same examples in the same order for every model, or lack the distance; no
            examples; a confidence out of range.
    """
    if not 0 < confidence < 1:
        raise InputError("SF460", f"confidence {confidence}", where="relative_distance", fix="give one between 0 and 1")
    models = [shards_of(one, "relative_distance") for one in (candidate, replicate, *independents)]
    sums = paired_sums([measure], models[0], models[1], models[2:])[measure]
    return relative_distance_of(sums, measure=measure, confidence=confidence)


def paired_sums(
    measures: Sequence[str],
    candidate: Sequence[Shard],
    replicate: Sequence[Shard],
    independents: Sequence[Sequence[Shard]],
    about: pl.DataFrame | None = None,
) -> dict[str, MomentSums]:
    """The sums that a candidate's relative distances are made of, by distance.

    Args:
        measures: names of the distances.
        candidate: the candidate's rows.
        replicate: those of the base's replicate; none where the noise is taken for 0.
        independents: those of each independently trained model.
        about: the table of groups; with it the group is the unit. None where each example stands for itself.

    Raises:
        InputError: as `relative_distance_rows`.
    """
    models = [candidate, *([replicate] if replicate else []), *independents]
    found: dict[str, list[MomentSums]] = {name: [] for name in measures}
    groups = group_count(about)
    adders = [GroupAdder(groups) for _ in models]
    for parts in side_by_side(models, ["id", *measures]):
        if groups and about is not None:
            codes = with_about(parts[0], about.select(ID, GROUP), "relative_distance")[GROUP].to_numpy()
            for adder, one in zip(adders, parts, strict=True):
                adder.add(codes, {name: one[name].cast(pl.Float64).to_numpy() for name in measures})
            continue
        for name in measures:
            c, *others = [part[name].cast(pl.Float64).to_numpy() for part in parts]
            f = others.pop(0) if replicate else np.zeros(len(c))
            d = np.stack(others) if others else np.zeros((0, len(c)))
            found[name].append(moment_sums(c, f, d))
    sums = [adder.sums() for adder in adders]
    if groups and sums[0].blocks:
        of_candidate, *of_others = sums
        floor = of_others.pop(0) if replicate else None
        return {name: block_moment_sums(name, of_candidate, of_others, floor) for name in measures}
    if not all(found.values()):
        raise InputError("SF464", "the rows are about no examples", where="relative_distance")
    return {name: merged_sums(parts) for name, parts in found.items()}


def side_by_side(models: Sequence[Sequence[Shard]], wanted: Sequence[str]) -> Iterator[list[pl.DataFrame]]:
    """The rows of several models about the same examples, batch by batch.

    Args:
        models: of each its rows, in the same parts.
        wanted: columns, `id` first.

    Raises:
        InputError: parts that do not hold the same examples in the same order for every model, or lack a column.
    """
    if len({len(shards) for shards in models}) > 1:
        raise InputError(
            "SF469",
            f"shards in numbers {[len(shards) for shards in models]}",
            where="relative_distance",
            fix="give the same shards in the same order for every model",
        )
    for shards in zip(*models, strict=True):
        if len({height(shard) for shard in shards}) > 1:
            raise _unlike(shards)
        for parts in zip(*(batches(shard, wanted) for shard in shards), strict=True):
            first = parts[0]
            if any(not one["id"].equals(first["id"]) or len(one.columns) < len(wanted) for one in parts):
                raise _unlike(shards)
            yield list(parts)


def _unlike(shards: Sequence[Shard]) -> InputError:
    return InputError(
        "SF466",
        "the models' rows are about other examples, in another order, or without the distance",
        where=", ".join(str(one) for one in shards if isinstance(one, Path)) or "relative_distance",
        fix="give the rows of all models with the same examples in the same order",
    )
