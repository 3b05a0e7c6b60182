"""The report of a comparison: filled in this one place, whatever was compared and however."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from samefn.analysis.analyse import analyse
from samefn.analysis.rows import all_rows
from samefn.comparison.collect import Measured, common_examples, model_entry
from samefn.comparison.models import Models
from samefn.comparison.spec_summary import spec_summary
from samefn.core.events import Emit
from samefn.datasets.example_set import IMAGE, ExampleSet
from samefn.datasets.picture import data_uri
from samefn.runtimes.host import host
from samefn.schema.report import Analysis, DataEntry, Failure, Report
from samefn.spec.comparison import ComparisonSpec

EVALUATION = "test"


def comparison_report(
    spec: ComparisonSpec, examples: ExampleSet, found: Models, folder: Path, emit: Emit
) -> tuple[Report, pl.LazyFrame]:
    """The report of models that were run, but for its times, costs, layers and requirements.

    Args:
        spec: what was asked for.
        examples: what all models ran on.
        found: the models.
        folder: for copies of rows; it must stay while they are read.
        emit: told of every step.

    Returns:
        The report, and the rows that it is made from.

    Raises:
        InputError: no example is left on which no model failed.
    """
    common = common_examples(found.found, len(examples.ids), folder)
    names, unnamed = class_names(examples, common.models)
    base, *others = common.models
    entries = [model_entry(base, found.noise.notes), *(model_entry(one) for one in others)]
    rows = {EVALUATION: {one.model.id: one.rows for one in others}}
    measured = found.noise.none_because == ""
    confidence = spec.intervals.confidence
    analysis = analyse(entries, rows, names, confidence, pictures(examples), emit, noiseless=not measured)
    data = data_entry(examples, common.examples, names)
    failures = (*found.failures, *common.failures)
    warnings = (*common.warnings, *unnamed, *found.warnings, *found.noise.warnings)
    return filled(analysis, spec, data, failures, warnings), all_rows(entries, rows)


def filled(
    found: Analysis,
    spec: ComparisonSpec,
    data: DataEntry,
    failures: Sequence[Failure],
    warnings: Sequence[str],
) -> Report:
    """The report of an analysis: the one place where a comparison's is filled."""
    return Report(
        samefn=version("samefn"),
        name=spec.name,
        confidence=spec.intervals.confidence,
        study=spec_summary(spec),
        environment=host(),
        data=data,
        failures=tuple(failures),
        **dict(found.model_copy(update={"warnings": (*warnings, *found.warnings)})),
    )


def data_entry(examples: ExampleSet, count: int, names: Sequence[str]) -> DataEntry:
    """The data as the report has it.

    Args:
        examples: all of them.
        count: how many all models ran on.
        names: of the classes.
    """
    first = next(iter(examples.arrays.values()), None)
    return DataEntry(
        name=examples.name,
        source=examples.source,
        official=False,
        fingerprint=examples.fingerprint,
        train_examples=0,
        test_examples=count,
        class_names=tuple(names),
        shape=() if first is None else tuple(first.shape[1:]),
    )


def class_names(examples: ExampleSet, models: Sequence[Measured]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes' names, and a warning where those of the data cannot be used."""
    # Of a model that gives labels only no more classes are known than it gave.
    classes = max(one.classes for one in models)
    numbers = tuple(map(str, range(classes)))
    names = examples.class_names or numbers
    if len(names) == classes:
        return names, ()
    return numbers, (f"The data names {len(names)} classes, the models give {classes}: shown by number.",)


def pictures(examples: ExampleSet) -> Callable[[str], str | None]:
    """From an example's id to a picture of it; None where the examples are no images."""
    if not examples.images:
        return lambda _: None
    place = {str(name): number for number, name in enumerate(examples.ids)}
    pixels = examples.arrays[IMAGE]
    return lambda name: data_uri(np.asarray(pixels[place[name]]))
