"""The scale from rows in Parquet shards, read batch by batch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from samefn.core.errors import InputError
from samefn.statistics.moment_sums import merged_pairs, paired
from samefn.statistics.shards import batches, height
from samefn.verdict.scale import Scale, scale_of


def scale_shards(
    measure: str,
    candidate: Sequence[Path],
    replicate: Sequence[Path],
    strangers: Sequence[Sequence[Path]],
    confidence: float = 0.95,
) -> Scale:
    """The scale of a candidate by one distance, from shards, read batch by batch.

    Args:
        measure: name of the distance: a column of the rows.
        candidate: shards of the candidate's rows.
        replicate: of those of the base measured again; none to take its noise for 0.
        strangers: of those of each independently trained model, at least one.
        confidence: of the interval, above 0 and below 1.

    Returns:
        The scale, the same to the bit in any order and grouping of the shards.

    Raises:
        InputError: as `summarise`; shards that do not hold the same examples in the same order for every model; no
            strangers.
    """
    models = [candidate, *([replicate] if replicate else []), *strangers]
    if not strangers or len({len(paths) for paths in models}) > 1 or not candidate:
        raise InputError(
            f"{len(strangers)} strangers, and shards in numbers {[len(paths) for paths in models]}",
            where="scale",
            fix="give one stranger or more, and for every model the same shards in the same order",
        )
    parts = None
    for paths in zip(*models, strict=True):
        if len({height(path) for path in paths}) > 1:
            raise _unlike(paths)
        for side_by_side in zip(*(batches(path, ("id", measure)) for path in paths), strict=True):
            first = side_by_side[0]
            if any(measure not in one.columns or not one["id"].equals(first["id"]) for one in side_by_side):
                raise _unlike(paths)
            columns = [one[measure].cast(pl.Float64).to_numpy() for one in side_by_side]
            c, f, *d = columns if replicate else [columns[0], np.zeros(first.height), *columns[1:]]
            part = paired(c, f, np.stack(d))
            parts = part if parts is None else merged_pairs([parts, part])
    if parts is None:
        raise InputError("the shards hold no rows", where="scale")
    return scale_of(parts.moments(), parts.examples, parts.mean_floor, confidence)


def _unlike(paths: Sequence[Path]) -> InputError:
    return InputError(
        "the models' rows are about other examples, in another order, or without the distance",
        where=", ".join(map(str, paths)),
        fix="write the shards of all models with the same examples in the same order",
    )
