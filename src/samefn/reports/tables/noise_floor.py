"""The noise floor: the base's distance to its replicates, and which replicate is the noise floor."""

from samefn.core.naming import join_words
from samefn.reports.tables.table import Cell, Column, Table, measure_cell, measure_column
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import DISTANCE_SOURCES
from samefn.schema.report import ModelEntry, Report


def noise_floor_table(report: Report) -> Table:
    """One row a replicate of the base, in the report's order, with its distances to the base."""
    view = ReportView(report)
    columns = (
        Column("replicate", "replicate", numeric=False),
        measure_column("disagreement", "disagreement"),
        measure_column("total_variation", "total variation"),
        Column("noise_floor_by", "noise floor by", numeric=False, note="The distances whose noise floor it is."),
    )
    models = _replicates(view)
    rows = []
    for model in models:
        sources = join_words(
            [source for measure, source in DISTANCE_SOURCES.items() if _is_floor(view, model.id, measure)]
        )
        cells = (measure_cell(view.entry(model, measure)) for measure in DISTANCE_SOURCES)
        rows.append((Cell(model.name, model.name), *cells, Cell(sources or "not the noise floor", sources)))
    notes = ("For each distance, the replicate that is furthest from the base is the noise floor.",)
    ids = tuple(model.id for model in models)
    return Table("noise-floor", "Noise floor: the base run again", columns, tuple(rows), ids, notes if rows else ())


def noise_floor_names(view: ReportView) -> str:
    """The replicate that is the noise floor; where the two distances have one of their own, both."""
    by_measure = {measure: _names(view, measure) for measure in DISTANCE_SOURCES}
    by_measure = {measure: name for measure, name in by_measure.items() if name}
    if len(set(by_measure.values())) == 1:
        return next(iter(by_measure.values()))
    return ", ".join(f"by {DISTANCE_SOURCES[measure]} {name}" for measure, name in by_measure.items())


def _names(view: ReportView, measure: str) -> str:
    ids = dict.fromkeys(entry.noise_floor_model for entry in view.relative_distances if entry.measure == measure)
    return join_words([view.name(model_id) if model_id else "assumed zero" for model_id in ids])


def _is_floor(view: ReportView, model_id: str, measure: str) -> bool:
    entries = (entry for entry in view.relative_distances if entry.measure == measure)
    return any(entry.noise_floor_model == model_id for entry in entries)


def _replicates(view: ReportView) -> list[ModelEntry]:
    base = view.base
    replicates = [model for model in view.report.models if model.role == "replicate"]
    entries = {model.id: view.entry(model, "disagreement") for model in replicates}
    return [model for model in replicates if base and (entry := entries[model.id]) and entry.base == base.id]
