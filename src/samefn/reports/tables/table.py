"""The report's tables as data: columns, and rows of cells that hold the number and its text."""

from dataclasses import dataclass

from samefn.measures.floored import ALL_MEASURES
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import measure_title
from samefn.reports.wording.notes import notes_text
from samefn.reports.wording.numbers import NONE, format_share, format_size, format_two_decimals, format_with_interval
from samefn.reports.wording.own_noise import own_noise_note
from samefn.schema.overview import TrendEntry
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import RelativeDistance

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
        note: what it means, in one sentence.
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
    view = ReportView(report)
    columns = (
        Column("model", "model", numeric=False),
        Column("role", "role", numeric=False),
        Column("accuracy", "accuracy", "%", note="Share of inputs predicted correctly."),
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
    rows = [_model_row(view, model) for model in view.models]
    known = {model.id for model in report.models}
    failures = [failure for failure in report.failures if failure.model not in known]
    rows += [
        (Cell(failure.label, failure.label), Cell("not made", "not made"), *(Cell(NONE) for _ in columns[2:]))
        for failure in failures
    ]
    title = f"All models, {view.evaluation} set" if view.evaluation else "All models"
    ids = (*(model.id for model in view.models), *(None for _ in failures))
    return Table("models", title, columns, tuple(rows), ids, _shared_notes(view))


def measures_table(report: Report) -> Table:
    """Every measure of every candidate, as measured."""
    view = ReportView(report)
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
            Cell(view.name(entry.base), entry.base),
            Cell(view.name(entry.candidate), entry.candidate),
            Cell(measure_title(entry.measure), entry.measure),
            measure_cell(entry),
            Cell(_unit(entry.measure), _raw_unit(entry.measure)),
            Cell(f"{entry.examples:,}", entry.examples),
            Cell(entry.interval, entry.interval),
            Cell(note := notes_text(entry.notes, entry.examples), note),
        )
        for entry in report.measures
    )
    ids = tuple(entry.candidate for entry in report.measures)
    return Table("measures", "All measures", columns, rows, ids)


def measure_column(name: str, title: str) -> Column:
    """A measure's column, in its unit, with its formula."""
    known = ALL_MEASURES.get(name)
    unit = "%" if _is_share(name) else "nats" if _raw_unit(name) == "nats" else ""
    return Column(name, title, unit, interval=True, note=f"{known.meaning} {known.formula}" if known else "")


def _is_share(measure: str) -> bool:
    """Whether a measure is a share, which people read in percent; raw numbers stay from 0 to 1."""
    return _raw_unit(measure).startswith("share of")


def _raw_unit(measure: str) -> str:
    return ALL_MEASURES[measure].unit if measure in ALL_MEASURES else ""


def _unit(measure: str) -> str:
    return _raw_unit(measure).replace("share", "%", 1) if _is_share(measure) else _raw_unit(measure)


def _model_row(view: ReportView, model: ModelEntry) -> tuple[Cell, ...]:
    base = view.base
    entry = view.entry(model, "disagreement")
    against = "" if entry is None or (base and entry.base == base.id) else f" (against {view.name(entry.base)})"
    ratio = 100 * model.bytes / base.bytes if model.bytes is not None and base and base.bytes else None
    return (
        Cell(model.name + against, model.name + against),
        Cell(ROLE_STYLES[model.role].title, model.role),
        Cell(format_share(model.accuracy, view.examples), model.accuracy),
        deviation_cell(model.accuracy_deviation if model.role != "base" else None),
        *(
            measure_cell(view.entry(model, measure))
            for measure in (
                "disagreement",
                "total_variation",
                "jensen_shannon",
                "negative_flips",
                "positive_flips",
            )
        ),
        Cell(format_size(model.bytes), model.bytes),
        Cell(NONE if ratio is None else f"{ratio:.0f}", ratio),
        Cell(format_size(model.bytes_zstd), model.bytes_zstd),
    )


def measure_cell(entry: MeasureEntry | None) -> Cell:
    """A measure with its interval; a dash where it was not measured."""
    if entry is None:
        return Cell(NONE)
    if entry.measure == "accuracy_deviation":  # as in the table of models
        shown = format_two_decimals(entry.value, entry.low, entry.high, signed=True)
    else:
        shown = format_with_interval(entry.value, entry.low, entry.high, percent=_is_share(entry.measure))
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def relative_distance_cell(entry: RelativeDistance | TrendEntry | None) -> Cell:
    """A relative distance with its interval; a dash where there is none."""
    if entry is None or entry.value is None:
        return Cell(NONE)
    shown = format_two_decimals(entry.value, entry.low, entry.high)
    return Cell(shown.text, entry.value, shown.interval, entry.low, entry.high)


def deviation_cell(value: float | None) -> Cell:
    """A change in relative percent, with its sign."""
    return Cell(format_two_decimals(value, signed=True).text, value)


def _shared_notes(view: ReportView) -> tuple[str, ...]:
    notes = []
    entry = next(iter(view.report.measures), None)
    if entry is not None:
        notes.append(f"In brackets: {100 * view.report.confidence:g} % intervals over {entry.examples:,} inputs.")
    notes += [f"{model.name}: {note}" for model in view.models for note in model.all_notes]
    noises = {model.name: own_noise_note(view.report, model.id, view.evaluation) for model in view.models}
    notes += [f"{name}: {note}." for name, note in noises.items() if note]
    return tuple(notes)
