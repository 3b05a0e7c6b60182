"""The report's tables as data: columns, and rows of cells that hold the number and its text."""

from collections.abc import Iterable
from dataclasses import dataclass

from samefn.measures.table import MEASURES
from samefn.reports.contract import MeasureEntry, ModelEntry, Report
from samefn.reports.findings import Findings
from samefn.reports.numbers import MINUS, NONE, figure, share, size
from samefn.reports.published import published_row, published_source
from samefn.reports.roles import STYLES

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
            "%",
            note="Change of accuracy, relative to the base's accuracy.",
        ),
        _measure_column("disagreement", "disagreement"),
        _measure_column("total_variation", "total variation"),
        _measure_column("jensen_shannon", "Jensen-Shannon"),
        _measure_column("flips_harm", "harm"),
        _measure_column("flips_recovery", "recovery"),
        Column("bytes", "size", note="Size of the stored model."),
        Column("size_ratio", "of base's", "%", note="Size relative to the base's."),
        Column("bytes_zstd", "size, zstd", note="Size of the stored model after zstd compression."),
    )
    rows = [_model_row(findings, model) for model in findings.models]
    known = {model.id for model in report.models}
    lost = [failure for failure in report.failures if failure.model not in known]
    rows += [
        (Cell(failure.model, failure.model), Cell("not made", "not made"), *(Cell(NONE) for _ in columns[2:]))
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
            _entry_cell(entry),
            Cell(_unit(entry.measure), _raw_unit(entry.measure)),
            Cell(f"{entry.examples:,}", entry.examples),
            Cell(entry.interval, entry.interval),
            Cell(entry.note, entry.note),
        )
        for entry in report.measures
    )
    ids = tuple(entry.candidate for entry in report.measures)
    return Table("measures", "All measures", columns, rows, ids)


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
        rows.append((Cell(name, name), base_cell, *(_deviation(made.get(place)) for place in places)))
    notes = ["KD: students, by alpha. 8-bit: int8 weights, activations quantised on the fly."]
    if published:
        base_cell = Cell(f"{published.base_accuracy:.2f}", published.base_accuracy / 100)
        printed = {"student": published.student, "quantized": published.quantized, "pruned": published.pruned}
        numbers = [printed[role].get(key) for role, key in places]
        rows.append((Cell("published", "published"), base_cell, *(_published(number) for number in numbers)))
        notes.append(f"Published: {published_source()}.")
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


def measure_title(name: str) -> str:
    """A measure's title; its name where samefn does not know it."""
    return MEASURES[name].title if name in MEASURES else name


def _measure_column(name: str, title: str) -> Column:
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
        _deviation(model.accuracy_deviation if model.role != "base" else None),
        *(
            _entry_cell(findings.entry(model, measure))
            for measure in (
                "disagreement",
                "total_variation",
                "jensen_shannon",
                "flips_harm",
                "flips_recovery",
            )
        ),
        Cell(size(model.bytes), model.bytes),
        Cell(NONE if ratio is None else f"{ratio:.0f}", ratio),
        Cell(size(model.bytes_zstd), model.bytes_zstd),
    )


def _entry_cell(entry: MeasureEntry | None) -> Cell:
    if entry is None:
        return Cell(NONE)
    shown = figure(entry.value, entry.low, entry.high, percent=_is_share(entry.measure))
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def _deviation(value: float | None) -> Cell:
    if value is None:
        return Cell(NONE)
    return Cell(f"{value:+.2f}".replace("-", MINUS) if value else "0", value)


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


def _shared_notes(findings: Findings) -> tuple[str, ...]:
    notes = []
    entry = next(iter(findings.report.measures), None)
    if entry is not None:
        intervals = findings.report.study.get("intervals")
        confidence = intervals.get("confidence") if isinstance(intervals, dict) else None
        level = f"{100 * confidence:g} % " if isinstance(confidence, float) else ""
        notes.append(f"In brackets: {level}intervals over {entry.examples:,} inputs.")
    notes += [f"{model.name}: {note}" for model in findings.models for note in model.notes]
    return tuple(notes)
