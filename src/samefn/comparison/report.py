"""The report of a comparison, made in this one place for all types of models."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import JsonValue

from samefn.analysis.analyse import analyse
from samefn.analysis.changed_examples import ExampleDetails
from samefn.analysis.ladder import ladder_of_rows
from samefn.analysis.rows import UNLABELLED, all_rows
from samefn.comparison.common_examples import common_examples
from samefn.comparison.input_text import input_text
from samefn.comparison.ladder import ladder_ids
from samefn.comparison.measured import MeasuredModel, MeasuredModels
from samefn.comparison.unlabelled import UnlabelledRuns
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit
from samefn.datasets.dataset import Dataset
from samefn.runtimes.host import host
from samefn.schema.base import Compared
from samefn.schema.language import LanguageEntry
from samefn.schema.methods import Given
from samefn.schema.report import Analysis, DataEntry, Failure, Header, ModelEntry, Report
from samefn.verdict.limits import GivenLimits

# The name of the examples in the report.
EVALUATION_SET = "test"


def comparison_report(
    spec: ComparisonSpec,
    data: Dataset,
    models: MeasuredModels,
    folder: Path,
    emit: Emit,
    unlabelled: UnlabelledRuns | None = None,
) -> tuple[Report, pl.LazyFrame]:
    """The report, without its times, costs, layers and requirements.

    Args:
        spec: of the comparison.
        data: the examples that all models ran on.
        models: the models, run.
        folder: for copies of rows; it must stay while they are read.
        emit: receives an event for each step.
        unlabelled: further inputs, and the models run on them.

    Returns:
        The report, and the rows that it is made from.

    Raises:
        InputError: no example is left on which no model failed.
    """
    common = common_examples(models.usable, len(data.examples), folder)
    text_of, no_text = input_text(spec.base.path, data.examples)
    names, unnamed = class_names(data, common.models)
    base, *others = common.models
    entries = [model_entry(base, models.noise.notes), *(model_entry(measured) for measured in others)]
    rows = {EVALUATION_SET: {measured.model.id: measured.rows for measured in others}}
    failures = [*models.failures, *common.failures]
    warnings = [*common.warnings, *unnamed, *models.warnings, *models.noise.warnings, *no_text]
    further = None
    if unlabelled is not None:
        more = common_examples(unlabelled.models.usable, len(unlabelled.data.examples), folder / UNLABELLED)
        rows[UNLABELLED] = {measured.model.id: measured.rows for measured in more.models[1:]}
        failures += [_on_unlabelled(one) for one in (*unlabelled.models.failures, *more.failures)]
        warnings += unlabelled.warnings
        warnings += [f"Unlabelled inputs: {one}" for one in (*unlabelled.models.warnings, *more.warnings)]
        further = data_entry(unlabelled.data, more.examples, ())
    scores = {measured.model.id: measured.scores_of for measured in common.models}
    analysis = analyse(
        entries,
        rows,
        names,
        spec.intervals.confidence,
        ExampleDetails(data.examples, scores, text_of),
        emit,
        GivenLimits(spec.limit, spec.class_limit, spec.loss_limit),
        noiseless=models.noise.is_zero,
        about=data.about,
        simultaneous=spec.simultaneous,
    )
    compared = [Compared(one.id, base.model.id, EVALUATION_SET) for one in entries if one.role == "candidate"]
    ladder = ladder_of_rows(
        analysis.measures, rows[EVALUATION_SET], compared, ladder_ids(spec), spec.intervals.confidence, data.about
    )
    analysis = analysis.model_copy(update={"ladder": ladder})
    entry = data_entry(data, common.examples, names)
    return complete_report(analysis, spec, entry, failures, warnings, unlabelled=further), all_rows(entries, rows)


def _on_unlabelled(failure: Failure) -> Failure:
    return failure.model_copy(update={"error": f"on the unlabelled inputs: {failure.error}"})


def complete_report(
    analysis: Analysis,
    spec: ComparisonSpec,
    data: DataEntry,
    failures: Sequence[Failure],
    warnings: Sequence[str],
    language: Sequence[LanguageEntry] = (),
    unlabelled: DataEntry | None = None,
) -> Report:
    """The report of an analysis, with its header, failures and warnings."""
    header = Header(
        samefn=version("samefn"),
        name=spec.name,
        confidence=spec.intervals.confidence,
        study=spec_summary(spec),
        environment=host(),
        data=data,
        unlabelled=unlabelled,
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
    for key in ("data", "unlabelled"):
        if summary.get(key, {}).get("path"):
            summary[key] = {**summary[key], "path": Path(summary[key]["path"]).name}
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
        parent=model.parent.id if model.parent else None,
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
