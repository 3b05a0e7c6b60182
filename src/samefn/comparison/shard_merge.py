"""From what the shards left to files of rows about the same examples, and what is said of every model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from samefn.comparison.collect import Collected
from samefn.comparison.shard_tasks import rows_file
from samefn.core.errors import InputError
from samefn.predictions.rounding import Rounding
from samefn.schema.records import RECORD
from samefn.store.artefact import Artefact


@dataclass(frozen=True, eq=False)
class Merged:
    """All shards together.

    Attributes:
        found: the models that no shard could not use, each with what it failed on.
        errors: why the others cannot be used, by id.
        files: by id, the rows of every model of `found` but the base: the same examples in the same order.
        examples: how many are in them.
        failed: how many were set aside, because a model failed on them.
        warnings: what a reader must know.
    """

    found: tuple[Collected, ...]
    errors: Mapping[str, str]
    files: Mapping[str, tuple[Path, ...]]
    examples: int
    failed: int
    warnings: tuple[str, ...]


def merged(looked: Sequence[Collected], shards: Sequence[Artefact], folder: Path) -> Merged:
    """Merge the shards.

    An example that any model failed on is set aside for all. A shard without one is used as it lies in the store, of
    any other the rest is copied.

    Args:
        looked: the models as they answered a sample, the base first.
        shards: the results of the shards' tasks, in the order of the examples.
        folder: for the copies; it must stay while the files are read.

    Raises:
        InputError: no example is left that every model answers.
    """
    records = [json.loads(one.path(RECORD).read_text()) for one in shards]
    errors: dict[str, str] = {}
    for record in records:
        for name, said in record["models"].items():
            if "error" in said:
                errors.setdefault(name, said["error"])
    kept = [one for one in looked if one.model.id not in errors]
    files: dict[str, list[Path]] = {one.model.id: [] for one in kept[1:]}
    left = gone = 0
    for number, (artefact, record) in enumerate(zip(shards, records, strict=True)):
        failed = sorted({name for one in kept for name in record["models"][one.model.id]["failed"]})
        gone += len(failed)
        left += record["examples"] - len(failed)
        if len(failed) == record["examples"]:
            continue
        for name, paths in files.items():
            path = artefact.path(rows_file(name))
            paths.append(_without(path, failed, folder / f"{number}-{rows_file(name)}") if failed else path)
    if not left:
        raise InputError("no example is left that every model answers", where="compare")
    return Merged(
        found=tuple(_said(one, [record["models"][one.model.id] for record in records]) for one in kept),
        errors=errors,
        files={name: tuple(paths) for name, paths in files.items()},
        examples=left,
        failed=gone,
        warnings=tuple(warning for one in kept for warning in _unlike(one, records)),
    )


def _without(path: Path, failed: Sequence[str], copy: Path) -> Path:
    pl.scan_parquet(path, glob=False).filter(~pl.col("id").is_in(failed)).sink_parquet(copy)
    return copy


def _said(one: Collected, records: Sequence[Mapping[str, Any]]) -> Collected:
    """The model with what all shards say of it, in place of what the sample said."""
    rounding = Rounding()
    for record in records:
        rounding = rounding.with_other(Rounding(**record["rounding"]))
    notes = dict.fromkeys(note for record in records for note in record["notes"])
    failed = {name: why for record in records for name, why in record["failed"].items()}
    return replace(
        one,
        predictions=replace(one.predictions, notes=()),
        record=one.record.model_copy(update={"notes": (*notes, *rounding.notes())}),
        failed=failed,
    )


def _unlike(one: Collected, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """A warning for each fact of how a model was run that is another on some shard: workers may differ."""
    known = one.record.facts
    found = [record["models"][one.model.id]["facts"] for record in records]
    keys = dict.fromkeys(key for facts in (known, *found) for key in facts)
    unlike = [key for key in keys if any(facts.get(key) != known.get(key) for facts in found)]
    return [f"{one.model.name} was not run in one way on all shards: they differ in {key}." for key in unlike]
