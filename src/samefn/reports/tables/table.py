"""The report's tables as data: columns, and rows of cells that hold the number and its text."""

from dataclasses import dataclass

from samefn.measures.table import MEASURES
from samefn.reports.styles import STYLES
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import NONE, figure, hundredths, share, size
from samefn.schema.report import MeasureEntry, ModelEntry, Report

Raw = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        key: its name in CSV.
        title: its name for people.
        unit: of the numbers as shown.
        numeric: whether it holds numbers.
        interval: whether its cells have an interval; CSV then has `key_low` and `key_high` too.
        note: what it says, in one sentence.
    """

    key: str
    title: str
    unit: str = ""
    numeric: bool = True
    interval: bool = False
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: `text` and `interval` for people, `raw`, `low` and `high` as they are in report.json."""

    text: str
    raw: Raw = None
    interval: str = ""
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        return f"{self.text} {self.interval}".rstrip()


@dataclass(frozen=True)
class Table:
    """A table. `models` names each row's model by id, where a row is about one."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    models: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = ()


def models_table(report: Report) -> Table:
    """The main table: one row a model, failed ones too."""
    findings = Findings(report)
    columns = (
        Column("model", "model", numeric=False),
        Column("role", "role", numeric=False),
        Column("accuracy", "accuracy", "%", note="Share of the inputs answered right."),
        Column(
            "accuracy_deviation",
            "accuracy deviation",
            "% of the base's",
            note="Change of accuracy, relative to the base's accuracy.",
        ),
        measure_column("disagreement", "disagreement"),
        measure_column("total_variation", "total variation"),
        measure_column("jensen_shannon", "Jensen-Shannon"),
        measure_column("negative_flips", "negative flips"),
        measure_column("positive_flips", "positive flips"),
        Column("bytes", "size", note="Size of the stored model."),
        Column("size_ratio", "of base's", "%", note="Size relative to the base's."),
        Column("bytes_zstd", "size, zstd", note="Size of the stored model after zstd compression."),
    )
    rows = [_model_row(findings, model) for model in findings.models]
    known = {model.id for model in report.models}
    lost = [failure for failure in report.failures if failure.model not in known]
    rows += [
        (Cell(failure.label, failure.label), Cell("not made", "not made"), *(Cell(NONE) for _ in columns[2:]))
        for failure in lost
    ]
    title = f"All models, {findings.evaluation} set" if findings.evaluation else "All models"
    ids = (*(model.id for model in findings.models), *(None for _ in lost))
    return Table("models", title, columns, tuple(rows), ids, _shared_notes(findings))


def measures_table(report: Report) -> Table:
    """Every measure of every candidate, as measured."""
    findings = Findings(report)
    columns = (
        Column("evaluation", "evaluation", numeric=False),
        Column("base", "against", numeric=False),
        Column("candidate", "model", numeric=False),
        Column("measure", "measure", numeric=False),
        Column("value", "value", interval=True),
        Column("unit", "unit", numeric=False),
        Column("examples", "examples"),
        Column("interval", "interval by", numeric=False),
        Column("note", "note", numeric=False),
    )
    rows = tuple(
        (
            Cell(entry.evaluation, entry.evaluation),
            Cell(findings.name(entry.base), entry.base),
            Cell(findings.name(entry.candidate), entry.candidate),
            Cell(measure_title(entry.measure), entry.measure),
            measure_cell(entry),
            Cell(_unit(entry.measure), _raw_unit(entry.measure)),
            Cell(f"{entry.examples:,}", entry.examples),
            Cell(entry.interval, entry.interval),
            Cell(entry.note, entry.note),
        )
        for entry in report.measures
    )
    ids = tuple(entry.candidate for entry in report.measures)
    return Table("measures", "All measures", columns, rows, ids)


def measure_title(name: str) -> str:
    """A measure's title; its name where samefn does not know it."""
    return MEASURES[name].title if name in MEASURES else name


def measure_column(name: str, title: str) -> Column:
    """A measure's column, in its unit, with its formula."""
    known = MEASURES.get(name)
    unit = "%" if _is_share(name) else "nats" if _raw_unit(name) == "nats" else ""
    return Column(name, title, unit, interval=True, note=f"{known.meaning} {known.formula}" if known else "")


def _is_share(measure: str) -> bool:
    """Whether a measure is a share, which people read in percent; raw numbers stay from 0 to 1."""
    return _raw_unit(measure).startswith("share of")


def _raw_unit(measure: str) -> str:
    return MEASURES[measure].unit if measure in MEASURES else ""


def _unit(measure: str) -> str:
    return _raw_unit(measure).replace("share", "%", 1) if _is_share(measure) else _raw_unit(measure)


def _model_row(findings: Findings, model: ModelEntry) -> tuple[Cell, ...]:
    base = findings.base
    entry = findings.entry(model, "disagreement")
    against = "" if entry is None or (base and entry.base == base.id) else f" (against {findings.name(entry.base)})"
    ratio = 100 * model.bytes / base.bytes if model.bytes is not None and base and base.bytes else None
    return (
        Cell(model.name + against, model.name + against),
        Cell(STYLES[model.role].title, model.role),
        Cell(share(model.accuracy, findings.examples), model.accuracy),
        deviation_cell(model.accuracy_deviation if model.role != "base" else None),
        *(
            measure_cell(findings.entry(model, measure))
            for measure in (
                "disagreement",
                "total_variation",
                "jensen_shannon",
                "negative_flips",
                "positive_flips",
            )
        ),
        Cell(size(model.bytes), model.bytes),
        Cell(NONE if ratio is None else f"{ratio:.0f}", ratio),
        Cell(size(model.bytes_zstd), model.bytes_zstd),
    )


def measure_cell(entry: MeasureEntry | None) -> Cell:
    """A measure with its interval; a dash where it was not measured."""
    if entry is None:
        return Cell(NONE)
    if entry.measure == "accuracy_deviation":  # as in the table of models
        shown = hundredths(entry.value, entry.low, entry.high, signed=True)
    else:
        shown = figure(entry.value, entry.low, entry.high, percent=_is_share(entry.measure))
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def deviation_cell(value: float | None) -> Cell:
    """A change in relative percent, with its sign."""
    return Cell(hundredths(value, signed=True).text, value)


def _shared_notes(findings: Findings) -> tuple[str, ...]:
    notes = []
    entry = next(iter(findings.report.measures), None)
    if entry is not None:
        notes.append(f"In brackets: {100 * findings.report.confidence:g} % intervals over {entry.examples:,} inputs.")
    notes += [f"{model.name}: {note}" for model in findings.models for note in model.all_notes]
    return tuple(notes)
