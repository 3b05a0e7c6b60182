"""The report of a comparison: filled in this one place, whatever was compared and however."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import polars as pl

from samefn.analysis.analyse import analyse
from samefn.analysis.rows import all_rows
from samefn.comparison.collect import Measured, common_examples, model_entry
from samefn.comparison.models import Models
from samefn.comparison.spec_summary import spec_summary
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.datasets.thumbnails import thumbnails
from samefn.runtimes.host import host
from samefn.schema.language import LanguageEntry
from samefn.schema.report import Analysis, DataEntry, Failure, Header, Report

EVALUATION = "test"


def comparison_report(
    spec: ComparisonSpec, data: Dataset, found: Models, folder: Path, emit: Emit
) -> tuple[Report, pl.LazyFrame]:
    """The report of models that were run, but for its times, costs, layers and requirements.

    Args:
        spec: what was asked for.
        data: what all models ran on.
        found: the models.
        folder: for copies of rows; it must stay while they are read.
        emit: told of every step.

    Returns:
        The report, and the rows that it is made from.

    Raises:
        InputError: no example is left on which no model failed.
    """
    common = common_examples(found.found, len(data.examples), folder)
    names, unnamed = class_names(data, common.models)
    base, *others = common.models
    entries = [model_entry(base, found.noise.notes), *(model_entry(one) for one in others)]
    rows = {EVALUATION: {one.model.id: one.rows for one in others}}
    measured = found.noise.none_because == ""
    confidence = spec.intervals.confidence
    analysis = analyse(entries, rows, names, confidence, thumbnails(data.examples), emit, noiseless=not measured)
    entry = data_entry(data, common.examples, names)
    failures = (*found.failures, *common.failures)
    warnings = (*common.warnings, *unnamed, *found.warnings, *found.noise.warnings)
    return filled(analysis, spec, entry, failures, warnings), all_rows(entries, rows)


def filled(
    found: Analysis,
    spec: ComparisonSpec,
    data: DataEntry,
    failures: Sequence[Failure],
    warnings: Sequence[str],
    language: Sequence[LanguageEntry] = (),
) -> Report:
    """The report of an analysis, with what a comparison knows of itself."""
    header = Header(
        samefn=version("samefn"),
        name=spec.name,
        confidence=spec.intervals.confidence,
        study=spec_summary(spec),
        environment=host(),
        data=data,
    )
    return Report.of(header, found.model_copy(update={"warnings": (*warnings, *found.warnings)}), failures, language)


def data_entry(data: Dataset, count: int, names: Sequence[str]) -> DataEntry:
    """The data as the report has it.

    Args:
        data: all examples.
        count: how many all models ran on.
        names: of the classes.
    """
    first = next(iter(data.examples.arrays.values()), None)
    return DataEntry(
        name=data.name,
        source=data.source,
        official=False,
        fingerprint=data.fingerprint,
        train_examples=0,
        test_examples=count,
        class_names=tuple(names),
        shape=() if first is None else tuple(first.shape[1:]),
    )


def class_names(data: Dataset, models: Sequence[Measured]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes' names, and a warning where those of the data cannot be used."""
    # Of a model that gives labels only no more classes are known than it gave.
    classes = max(one.classes for one in models)
    numbers = tuple(map(str, range(classes)))
    names = data.class_names or numbers
    if len(names) == classes:
        return names, ()
    return numbers, (f"The data names {len(names)} classes, the models give {classes}: shown by number.",)
