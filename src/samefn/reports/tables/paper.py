"""The paper's table: deviation of accuracy by method and strength, with what the paper printed."""

from samefn.reports.tables.methods import paper_place, paper_places, place_title, printed
from samefn.reports.tables.published import published_row, published_source
from samefn.reports.tables.table import Cell, Column, Table, deviation_cell
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import MINUS, NONE, share
from samefn.schema.methods import Distilled, Trained
from samefn.schema.report import ModelEntry, Report


def paper_table(report: Report) -> Table:
    """The paper's layout: accuracy deviation in relative percent, one row a student seed, then the published.

    8-bit is int8-dynamic, the nearest to what the paper ran. A model that was not made is a dash. A comparison has
    no rows: it is none of the paper's.
    """
    compared = report.compared
    published = None if compared else published_row(report.data.name, report.net)
    places = paper_places(list(report.models), published)
    base = next((model for model in report.models if model.role == "base"), None)
    accuracy = base.accuracy if base else None
    seeds = [] if compared else sorted({_seed(model) for model in report.models if model.role == "student"}) or [""]
    rows = []
    for seed in seeds:
        made = {
            paper_place(model): model.accuracy_deviation
            for model in report.models
            if model.role != "student" or _seed(model) == seed
        }
        name = "this study" if len(seeds) == 1 else f"this study, students of seed {seed}"
        base_cell = Cell(share(accuracy, Findings(report).examples), accuracy)
        rows.append((Cell(name, name), base_cell, *(deviation_cell(made.get(place)) for place in places)))
    notes = ["KD: students, by alpha. 8-bit: int8 weights, activations quantised on the fly."]
    if published:
        base_cell = Cell(f"{published.base_accuracy:.2f}", published.base_accuracy / 100)
        rows.append(
            (
                Cell("published", "published"),
                base_cell,
                *(published_cell(printed(published, place)) for place in places),
            )
        )
        notes.append(f"Published: {published_source()}.")
        if report.data.official is None:
            notes.append("Whether this is the official split that the published figures are about cannot be told.")
        elif not report.data.official:
            notes.append("This is not the official split that the published figures are about.")
    else:
        notes.append("The paper has no row for this data set and net.")
    columns = (
        Column("row", "", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        *(Column(f"{role}_{key}", place_title(role, key)) for role, key in places),
    )
    return Table(
        "paper",
        "Deviation of accuracy from the base's, relative percent",
        columns,
        tuple(rows),
        (),
        tuple(notes),
    )


def published_cell(value: float | None) -> Cell:
    """A number as the paper prints it, with its sign."""
    return Cell(NONE) if value is None else Cell(f"{value:+g}".replace("-", MINUS) if value else "0", value)


def _seed(model: ModelEntry) -> str:
    return str(model.method.seed) if isinstance(model.method, Trained | Distilled) else ""
