"""The verdicts as a table: where each candidate is on the scale, and what that says."""

from samefn.reports.contract import Report, ScaleEntry
from samefn.reports.findings import Findings
from samefn.reports.numbers import NONE, figure
from samefn.reports.tables import Cell, Column, Table


def verdicts_table(report: Report) -> Table:
    """One row a candidate, in the report's order; no rows where nothing was judged."""
    findings = Findings(report)
    scales = {(one.evaluation, one.candidate, one.measure): one for one in report.scale}
    columns = (
        Column("model", "model", numeric=False),
        Column("verdict", "verdict", numeric=False),
        Column("scale_disagreement", "scale by answers", interval=True, note="0: the base's noise; 1: a stranger."),
        Column("scale_total_variation", "scale by probabilities", interval=True, note="The same by total variation."),
        Column("smallest_shown", "smallest shown", note="A change that would have been shown in 4 of 5 cases."),
        Column("harm", "harm", note="Inputs right to wrong."),
        Column("recovery", "recovery", note="Inputs wrong to right."),
        Column("flips_p_value", "p", note="Exact McNemar test: harm and recovery equally likely?"),
        Column("classes", "classes hit", numeric=False, note="Changed more than the others; Holm over classes."),
    )
    rows, ids = [], []
    for verdict in report.verdicts:
        if verdict.evaluation != findings.evaluation:
            continue
        name = findings.name(verdict.candidate)
        at = (verdict.evaluation, verdict.candidate)
        rows.append(
            (
                Cell(name, name),
                Cell(verdict.outcome, verdict.outcome),
                _scale_cell(scales.get((*at, "disagreement"))),
                _scale_cell(scales.get((*at, "total_variation"))),
                Cell(figure(verdict.smallest_shown).text, verdict.smallest_shown),
                _count(verdict.harm),
                _count(verdict.recovery),
                Cell(figure(verdict.flips_p_value).text, verdict.flips_p_value),
                Cell(", ".join(verdict.classes) or NONE, ", ".join(verdict.classes)),
            )
        )
        ids.append(verdict.candidate)
    return Table("verdicts", "Is it still the same function?", columns, tuple(rows), tuple(ids), _notes(report))


def _scale_cell(entry: ScaleEntry | None) -> Cell:
    if entry is None or entry.value is None:
        return Cell(NONE)
    shown = figure(entry.value, entry.low, entry.high)
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def _count(number: int | None) -> Cell:
    return Cell(NONE) if number is None else Cell(f"{number:,}", number)


def _notes(report: Report) -> tuple[str, ...]:
    if not report.verdicts or not report.scale:
        return ()
    one, scale = report.verdicts[0], report.scale[0]
    floor = next((model.name for model in report.models if model.id == scale.floor_model), scale.floor_model)
    notes = (
        f"Scale: 0 is the base's own noise (floor: {floor}), 1 a model trained independently "
        f"(ceiling: the mean over {scale.strangers}).",
        f"Same: both scales below {one.margin:g}; stranger: both above {one.stranger:g}. "
        f"Intervals cover {scale.covers}.",
    )
    shown = [entry for entry in report.scale if entry.measure in ("disagreement", "total_variation")]
    refused = sorted({entry.refused for entry in shown if entry.refused})
    return (*notes, *(f"A dash: {reason}." for reason in refused))
