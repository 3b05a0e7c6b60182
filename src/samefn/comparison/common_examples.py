"""Rows about the same examples: an example that any model failed on is left out for all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from samefn.comparison.measured import MeasuredModel
from samefn.core.errors import InputError
from samefn.measures.stored_rows import scan_rows
from samefn.schema.report import Failure

# A failure names this many examples.
NAMED_EXAMPLES = 3


@dataclass(frozen=True, eq=False)
class CommonExamples:
    """All models on the examples on which none of them failed.

    Attributes:
        models: the base first.
        examples: how many.
        failures: one for each model that failed on an example.
        warnings: of the report.
    """

    models: tuple[MeasuredModel, ...]
    examples: int
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


def common_examples(models: Sequence[MeasuredModel], examples: int, folder: Path) -> CommonExamples:
    """Leave out, for all models, the examples that any model failed on.

    Args:
        models: the base first.
        examples: how many there are.
        folder: for copies of rows; it must stay while they are read.

    Raises:
        InputError: no example is left.
    """
    failed = sorted({name for measured in models for name in measured.record.failed})
    if not failed:
        return CommonExamples(tuple(models), examples, (), ())
    if len(failed) == examples:
        raise InputError("SF510", "on every example some model fails, so none is left to compare", where="compare")
    with_common_rows = tuple(
        replace(
            measured,
            rows=tuple(
                _without(path, failed, folder / f"{measured.model.id}-{number}")
                for number, path in enumerate(measured.rows)
            ),
        )
        for measured in models
    )
    left = examples - len(failed)
    failures = tuple(_failure(measured) for measured in models if measured.record.failed)
    return CommonExamples(with_common_rows, left, failures, (excluded_note(len(failed), examples),))


def excluded_note(failed: int, examples: int) -> str:
    """The warning that examples were left out.

    >>> excluded_note(4, 900)
    '4 of 900 examples are excluded for all models, because a model failed on them.'
    """
    return f"{failed} of {examples} examples are excluded for all models, because a model failed on them."


def _without(path: Path, failed: Sequence[str], copy: Path) -> Path:
    lazy = scan_rows(path)
    if lazy.filter(pl.col("id").is_in(failed)).select(pl.len()).collect().item():
        lazy.filter(~pl.col("id").is_in(failed)).sink_parquet(copy)
        return copy
    return path


def _failure(measured: MeasuredModel) -> Failure:
    names = list(measured.record.failed)
    shown = ", ".join(repr(name) for name in names[:NAMED_EXAMPLES])
    more = f" and {len(names) - NAMED_EXAMPLES} more" if len(names) > NAMED_EXAMPLES else ""
    error = f"failed on {shown}{more}: {measured.record.failed[names[0]]}"
    return Failure(model=measured.model.id, name=measured.model.name, error=error)
