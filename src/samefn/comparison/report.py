"""The report of a comparison, made in this one place for all types of models."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import JsonValue

from samefn.analysis.analyse import analyse
from samefn.analysis.ladder import ladder_of_rows
from samefn.analysis.rows import all_rows
from samefn.comparison.common_examples import common_examples
from samefn.comparison.ladder import ladder_ids
from samefn.comparison.measured import MeasuredModel, MeasuredModels
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.datasets.thumbnails import thumbnails
from samefn.runtimes.host import host
from samefn.schema.base import Compared
from samefn.schema.language import LanguageEntry
from samefn.schema.methods import Given
from samefn.schema.report import Analysis, DataEntry, Failure, Header, ModelEntry, Report

# The name of the examples in the report.
EVALUATION_SET = "test"


def comparison_report(
    spec: ComparisonSpec, data: Dataset, models: MeasuredModels, folder: Path, emit: Emit
) -> tuple[Report, pl.LazyFrame]:
    """The report, without its times, costs, layers and requirements.

    Args:
        spec: of the comparison.
        data: the examples that all models ran on.
        models: the models, run.
        folder: for copies of rows; it must stay while they are read.
        emit: receives an event for each step.

    Returns:
        The report, and the rows that it is made from.

    Raises:
        InputError: no example is left on which no model failed.
    """
    common = common_examples(models.usable, len(data.examples), folder)
    names, unnamed = class_names(data, common.models)
    base, *others = common.models
    entries = [model_entry(base, models.noise.notes), *(model_entry(measured) for measured in others)]
    rows = {EVALUATION_SET: {measured.model.id: measured.rows for measured in others}}
    confidence = spec.intervals.confidence
    picture = thumbnails(data.examples)
    analysis = analyse(entries, rows, names, confidence, picture, emit, noiseless=models.noise.is_zero)
    compared = [Compared(one.id, base.model.id, EVALUATION_SET) for one in entries if one.role == "candidate"]
    ladder = ladder_of_rows(analysis.measures, rows[EVALUATION_SET], compared, ladder_ids(spec), confidence)
    analysis = analysis.model_copy(update={"ladder": ladder})
    entry = data_entry(data, common.examples, names)
    failures = (*models.failures, *common.failures)
    warnings = (*common.warnings, *unnamed, *models.warnings, *models.noise.warnings)
    return complete_report(analysis, spec, entry, failures, warnings), all_rows(entries, rows)


def complete_report(
    analysis: Analysis,
    spec: ComparisonSpec,
    data: DataEntry,
    failures: Sequence[Failure],
    warnings: Sequence[str],
    language: Sequence[LanguageEntry] = (),
) -> Report:
    """The report of an analysis, with its header, failures and warnings."""
    header = Header(
        samefn=version("samefn"),
        name=spec.name,
        confidence=spec.intervals.confidence,
        study=spec_summary(spec),
        environment=host(),
        data=data,
    )
    warned = analysis.model_copy(update={"warnings": (*warnings, *analysis.warnings)})
    return Report.of(header, warned, failures, language)


def spec_summary(spec: ComparisonSpec) -> dict[str, JsonValue]:
    """The spec as the report has it: files by name, because a report goes to others and paths do not.

    The number of shards is left out, because it changes nothing.
    """
    summary = spec.model_dump(mode="json", exclude_defaults=True, exclude={"shards"})

    def by_file_name(model: dict[str, Any]) -> dict[str, Any]:
        return {**model, **{key: Path(model[key]).name for key in ("path", "weights") if model.get(key)}}

    summary["base"] = by_file_name(summary["base"])
    for group in ("candidates", "independents"):
        summary[group] = [by_file_name(model) for model in summary.get(group, [])]
    if summary.get("class_names"):
        summary["class_names"] = Path(summary["class_names"]).name
    if summary.get("data", {}).get("path"):
        summary["data"] = {**summary["data"], "path": Path(summary["data"]["path"]).name}
    return {"name": spec.name, **summary}


def model_entry(measured: MeasuredModel, notes: Sequence[str] = ()) -> ModelEntry:
    """A model in the report, without its accuracy and costs."""
    model, record, facts = measured.model, measured.record, measured.record.facts
    return ModelEntry(
        id=model.id,
        name=model.name,
        role=model.role,
        method=Given(
            adapter=model.adapter.name,
            fed=record.fed,
            returns=record.returns,
            batch_size=record.batch,
            facts={key: value for key, value in facts.items() if key != "runtime"},
        ),
        parent="base" if model.role == "replicate" else None,
        runtime=str(facts.get("runtime", model.adapter.name)),
        bytes=record.bytes,
        notes=tuple(dict.fromkeys((*record.all_notes, *notes))),
    )


def data_entry(data: Dataset, count: int, names: Sequence[str]) -> DataEntry:
    """The data in the report.

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


def class_names(data: Dataset, models: Sequence[MeasuredModel]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the classes, and a warning where those of the data cannot be used."""
    # A model that gives only labels is known by the classes that it gave.
    classes = max(measured.classes for measured in models)
    numbers = tuple(map(str, range(classes)))
    names = data.class_names or numbers
    if len(names) == classes:
        return names, ()
    warning = f"The data names {len(names)} classes, but the models have {classes}. Classes are shown by number."
    return numbers, (warning,)
