"""The noise_floor: every way in which the base was measured again, and which of them is the base's noise."""

from samefn.core.naming import join_words
from samefn.reports.tables.table import Cell, Column, Table, measure_cell, measure_column
from samefn.reports.view import Findings
from samefn.schema.report import ModelEntry, Report

_SPOKEN = {"disagreement": "answers", "total_variation": "probabilities"}


def floors_table(report: Report) -> Table:
    """One row a replicate of the base, in the report's order, with its distances to the base."""
    findings = Findings(report)
    columns = (
        Column("replicate", "the base again", numeric=False),
        measure_column("disagreement", "disagreement"),
        measure_column("total_variation", "total variation"),
        Column("floor_by", "is the noise_floor by", numeric=False, note="The distances whose noise_floor it is."),
    )
    models = _replicates(findings)
    rows = []
    for model in models:
        by = join_words([_SPOKEN[measure] for measure in _floors(findings, model.id)])
        cells = (measure_cell(findings.entry(model, measure)) for measure in _SPOKEN)
        rows.append((Cell(model.name, model.name), *cells, Cell(by or "not the noise_floor", by)))
    notes = ("Of the base's replicates the one furthest from it is the noise_floor, for each distance by itself.",)
    ids = tuple(model.id for model in models)
    return Table("floors", "The noise_floor: the base measured again", columns, tuple(rows), ids, notes if rows else ())


def floor_names(findings: Findings) -> str:
    """The noise_floor's name; where the two distances have floors of their own, both with their distance."""
    by = {measure: _names(findings, measure) for measure in _SPOKEN}
    by = {measure: name for measure, name in by.items() if name}
    if len(set(by.values())) == 1:
        return next(iter(by.values()))
    return ", ".join(f"by {_SPOKEN[measure]} {name}" for measure, name in by.items())


def _names(findings: Findings, measure: str) -> str:
    ids = dict.fromkeys(entry.noise_floor_model for entry in findings.scales if entry.measure == measure)
    return join_words([findings.name(model_id) if model_id else "taken for none" for model_id in ids])


def _floors(findings: Findings, model_id: str) -> list[str]:
    scales = findings.scales
    return [m for m in _SPOKEN if any(entry.measure == m and entry.noise_floor_model == model_id for entry in scales)]


def _replicates(findings: Findings) -> list[ModelEntry]:
    base = findings.base
    again = [model for model in findings.report.models if model.role == "replicate"]
    entries = {model.id: findings.entry(model, "disagreement") for model in again}
    return [model for model in again if base and (entry := entries[model.id]) and entry.base == base.id]
