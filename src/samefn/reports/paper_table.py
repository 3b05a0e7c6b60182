"""The paper's table: deviation of accuracy by method and strength, with what the paper printed."""

from collections.abc import Iterable

from samefn.reports.contract import ModelEntry, Report
from samefn.reports.findings import Findings
from samefn.reports.numbers import MINUS, NONE, share
from samefn.reports.published import published_row, published_source
from samefn.reports.tables import Cell, Column, Table, deviation_cell


def paper_table(report: Report) -> Table:
    """The paper's layout: accuracy deviation in relative percent, one row a student seed, then the published.

    8-bit is int8-dynamic, the nearest to what the paper ran. A model that was not made is a dash.
    """
    published = published_row(report.data.name, str(report.study.get("net", "")))
    places = [
        *(("student", key) for key in _keys(report, "student", published.student if published else ())),
        ("quantized", "float16"),
        ("quantized", "int8"),
        *(("pruned", key) for key in _keys(report, "pruned", published.pruned if published else ())),
    ]
    base = next((model for model in report.models if model.role == "base"), None)
    accuracy = base.accuracy if base else None
    seeds = sorted({_seed(model) for model in report.models if model.role == "student"}) or [""]
    rows = []
    for seed in seeds:
        made = {
            _place(model): model.accuracy_deviation
            for model in report.models
            if model.role != "student" or _seed(model) == seed
        }
        name = "this study" if len(seeds) == 1 else f"this study, students of seed {seed}"
        base_cell = Cell(share(accuracy, Findings(report).examples), accuracy)
        rows.append((Cell(name, name), base_cell, *(deviation_cell(made.get(place)) for place in places)))
    notes = ["KD: students, by alpha. 8-bit: int8 weights, activations quantised on the fly."]
    if published:
        base_cell = Cell(f"{published.base_accuracy:.2f}", published.base_accuracy / 100)
        printed = {"student": published.student, "quantized": published.quantized, "pruned": published.pruned}
        numbers = [printed[role].get(key) for role, key in places]
        rows.append((Cell("published", "published"), base_cell, *(_published(number) for number in numbers)))
        notes.append(f"Published: {published_source()}.")
        if not report.data.official:
            notes.append("This is not the official split that the published figures are about.")
    else:
        notes.append("The paper has no row for this data set and net.")
    columns = (
        Column("row", "", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        *(Column(f"{role}_{key}", _place_title(role, key)) for role, key in places),
    )
    return Table(
        "paper",
        "Deviation of accuracy from the base's, relative percent",
        columns,
        tuple(rows),
        (),
        tuple(notes),
    )


def _published(value: float | None) -> Cell:
    return Cell(NONE) if value is None else Cell(f"{value:+g}".replace("-", MINUS) if value else "0", value)


def _keys(report: Report, role: str, published: Iterable[str]) -> list[str]:
    """The alphas or fractions that the study made or the paper printed, in order."""
    made = {place[1] for model in report.models if (place := _place(model)) and place[0] == role}
    return sorted({*made, *published}, key=float)


def _place(model: ModelEntry) -> tuple[str, str] | None:
    """Which column of the paper's table a model belongs to; none for the others."""
    if model.role == "quantized":
        key = {"float16": "float16", "int8-dynamic": "int8"}.get(model.method, "")
    else:
        key = _number(model.settings.get({"student": "alpha", "pruned": "fraction"}.get(model.role, "")))
    return (model.role, key) if key else None


def _place_title(role: str, key: str) -> str:
    if role == "quantized":
        return {"float16": "16-bit", "int8": "8-bit"}[key]
    return f"KD {key}" if role == "student" else f"pruned {100 * float(key):g} %"


def _number(value: object) -> str:
    return f"{float(value):g}" if isinstance(value, int | float) else ""


def _seed(model: ModelEntry) -> str:
    return str(model.settings.get("seed", ""))
