"""The paper's table: deviation of accuracy by method and strength, beside what the paper published."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from samefn.reports.tables.table import Cell, Column, Table, deviation_cell
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import MINUS, NONE, format_share
from samefn.schema.methods import Distilled, Pruned, Quantized, Trained
from samefn.schema.overview import PlaceRole
from samefn.schema.report import ModelEntry, Report

PaperColumn: TypeAlias = tuple[PlaceRole, str]
"""A column of the paper's table: role and strength."""

# The paper's 8 bits are int8-dynamic, the nearest to what it ran.
_PRECISIONS = {"float16": "float16", "int8-dynamic": "int8"}


class PublishedRow(BaseModel):
    """What the paper prints for one data set and net: deviations of accuracy in relative percent.

    Attributes:
        data: samefn's name of the data set.
        net: samefn's name of the net.
        base_accuracy: percent.
        student: by alpha.
        quantized: `float16` and `int8`.
        pruned: by the share of weights removed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: str
    net: str
    base_accuracy: float
    student: dict[str, float]
    quantized: dict[str, float]
    pruned: dict[str, float]


def paper_table(report: Report) -> Table:
    """The paper's layout: accuracy deviation in relative percent, one row a student seed, then the published.

    8-bit is int8-dynamic, the nearest to what the paper ran. A model that was not made is a dash. A comparison has
    no rows: it is none of the paper's.
    """
    compared = report.compared
    published = None if compared else published_row(report.data.name, report.net)
    columns = paper_columns(list(report.models), published)
    base = next((model for model in report.models if model.role == "base"), None)
    accuracy = base.accuracy if base else None
    seeds = [] if compared else sorted({_seed(model) for model in report.models if model.role == "student"}) or [""]
    rows = []
    for seed in seeds:
        made = {
            paper_column(model): model.accuracy_deviation
            for model in report.models
            if model.role != "student" or _seed(model) == seed
        }
        name = "this study" if len(seeds) == 1 else f"this study, students of seed {seed}"
        base_cell = Cell(format_share(accuracy, ReportView(report).examples), accuracy)
        rows.append((Cell(name, name), base_cell, *(deviation_cell(made.get(column)) for column in columns)))
    notes = ["KD: students, by alpha. 8-bit: int8 weights, activations quantised on the fly."]
    if published:
        base_cell = Cell(f"{published.base_accuracy:.2f}", published.base_accuracy / 100)
        cells = (published_cell(published_value(published, column)) for column in columns)
        rows.append((Cell("published", "published"), base_cell, *cells))
        notes.append(f"Published: {published_source()}.")
        if report.data.official is None:
            notes.append("Whether this is the official split of the published figures is not known.")
        elif not report.data.official:
            notes.append("This is not the official split of the published figures.")
    else:
        notes.append("The paper has no row for this data set and net.")
    heads = (
        Column("row", "", numeric=False),
        Column("base_accuracy", "base accuracy", "%"),
        *(Column(f"{role}_{strength}", paper_column_title(role, strength)) for role, strength in columns),
    )
    return Table(
        "paper", "Deviation of accuracy from the base's, relative percent", heads, tuple(rows), (), tuple(notes)
    )


def paper_column(model: ModelEntry) -> PaperColumn | None:
    """Which column of the paper's table a model belongs to; none for the others."""
    match model.role, model.method:
        case "student", Distilled(alpha=alpha):
            return "student", f"{alpha:g}"
        case "quantized", Quantized(file=file) if file.method in _PRECISIONS:
            return "quantized", _PRECISIONS[file.method]
        case "pruned", Pruned(fraction=fraction):
            return "pruned", f"{fraction:g}"
    return None


def paper_columns(models: list[ModelEntry], published: PublishedRow | None) -> list[PaperColumn]:
    """The columns of the paper's table: what was made or published, students before quantised before pruned."""
    made = {column for model in models if (column := paper_column(model))}

    def of_role(role: PlaceRole, published: dict[str, float]) -> list[PaperColumn]:
        strengths = {strength for known, strength in made if known == role} | set(published)
        return [(role, strength) for strength in sorted(strengths, key=float)]

    students = of_role("student", published.student if published else {})
    pruned = of_role("pruned", published.pruned if published else {})
    return [*students, ("quantized", "float16"), ("quantized", "int8"), *pruned]


def paper_column_title(role: str, strength: str) -> str:
    """A column's title."""
    if role == "quantized":
        return {"float16": "16-bit", "int8": "8-bit"}[strength]
    return f"KD {strength}" if role == "student" else f"pruned {100 * float(strength):g} %"


def method_title(model: ModelEntry) -> str:
    """A compressed model's method with its strength, the same in every study; empty for other models."""
    if model.role == "quantized" and isinstance(model.method, Quantized):
        return model.method.file.method
    column = paper_column(model)
    if column is None:
        return ""
    return f"students, alpha {column[1]}" if model.role == "student" else paper_column_title(*column)


def published_row(data: str, net: str) -> PublishedRow | None:
    """The paper's row for a data set and a net; none where the paper has none.

    >>> published_row("mnist", "lenet").pruned["0.9"]
    -22.55
    """
    return next((row for row in published_rows() if (row.data, row.net) == (data, net)), None)


@cache
def published_rows() -> tuple[PublishedRow, ...]:
    """All rows, in the paper's order."""
    return tuple(PublishedRow.model_validate(row) for row in _published()["row"])


def published_source() -> str:
    """Where the numbers are printed."""
    return str(_published()["source"])


def published_value(published: PublishedRow, column: PaperColumn) -> float | None:
    """What the paper prints in a column."""
    role, strength = column
    by_role = {"student": published.student, "quantized": published.quantized, "pruned": published.pruned}
    return by_role[role].get(strength)


def published_cell(value: float | None) -> Cell:
    """A number as the paper prints it, with its sign."""
    return Cell(NONE) if value is None else Cell(f"{value:+g}".replace("-", MINUS) if value else "0", value)


def _seed(model: ModelEntry) -> str:
    return str(model.method.seed) if isinstance(model.method, Trained | Distilled) else ""


@cache
def _published() -> dict[str, Any]:
    return tomllib.loads(files("samefn.reports.tables").joinpath("published.toml").read_text("utf-8"))
