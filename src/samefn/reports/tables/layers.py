"""What is lost where: the layers as a table and as bars, those that matter most first."""

from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.scales import LogScale
from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import MINUS, NONE, figure, size
from samefn.schema.layers import LocatedEntry, SwapDirection
from samefn.schema.report import Report

# So many layers are drawn; the table holds all.
DRAWN = 20
WORDS: dict[SwapDirection, str] = {
    "forward": "The base with one layer of the candidate",
    "backward": "The candidate with one layer of the base",
}


def located_table(report: Report) -> Table:
    """One row a layer and direction, in the report's order; no rows where nothing was located."""
    findings = Findings(report)
    columns = (
        Column("candidate", "model", numeric=False),
        Column("group", "layer", numeric=False),
        Column("direction", "direction", numeric=False),
        Column("disagreement", "disagreement", "%", interval=True, note="Inputs answered otherwise than by the base."),
        Column("total_variation", "total variation", "%", interval=True, note="Mean over the inputs, to the base."),
        Column("share", "share", "%", note="Of the candidate's own total variation: made here, or gone."),
        Column("bytes", "more bytes", note="What the layer takes more as the base stores it."),
        Column("swapped", "swapped", numeric=False),
    )
    rows = tuple(_row(findings, entry) for entry in report.located)
    notes = (
        "Forward: the base with this layer of the candidate; the share is what the layer makes alone. Backward: the "
        "candidate with this layer of the base; the share is what goes away. Shares need not sum to 100 %.",
    )
    title = "What is lost where: one layer swapped at a time"
    return Table("located", title, columns, rows, (), notes if rows else ())


def located_sentences(findings: Findings) -> list[tuple[str, str]]:
    """Two sentences a candidate: the layer that moves it most alone, and the one whose return brings it nearest."""
    first: dict[tuple[str, SwapDirection], LocatedEntry] = {}
    for entry in findings.report.located:
        first.setdefault((entry.candidate, entry.direction), entry)
    return [("Layers", _sentence(findings.name(entry.candidate), entry)) for entry in first.values()]


def _sentence(name: str, entry: LocatedEntry) -> str:
    if entry.share is None:
        return f"{name}: it is no way from the base, so no layer of it is."
    share = f"{100 * entry.share:.0f} %".replace("-", MINUS)
    price = f"to keep the base's costs {_bytes(entry.bytes)}"
    if entry.direction == "forward":
        return f"{name}: {entry.group} moves most: the base with it alone is {share} as far off; {price}."
    return f"{name}: {entry.group} helps most: with the base's, {share} of the distance goes away; {price}."


def located_plots(findings: Findings) -> list[tuple[str, str, DotPlot]]:
    """For each candidate and direction its name, what was swapped, and mean total variation, most important first."""
    found: dict[tuple[str, SwapDirection], list[LocatedEntry]] = {}
    for entry in findings.report.located:
        found.setdefault((entry.candidate, entry.direction), []).append(entry)
    return [
        (findings.name(candidate), WORDS[direction], _plot(entries[:DRAWN]))
        for (candidate, direction), entries in found.items()
    ]


def _plot(entries: list[LocatedEntry]) -> DotPlot:
    ends = [(e.total_variation, e.total_variation_low, e.total_variation_high) for e in entries]
    scale = LogScale.over((value for values in ends for value in values), percent=True)
    dots = []
    for entry, values in zip(entries, ends, strict=True):
        shown = figure(*values, percent=True)
        places = (scale.at(values[0]), scale.at(values[1]), scale.at(values[2]))
        dots.append(Dot(entry.group, "candidate", *places, f"{shown.text} %", shown.interval))
    return DotPlot(tuple(dots), tuple(scale.ticks(4)))


def _row(findings: Findings, entry: LocatedEntry) -> tuple[Cell, ...]:
    name = findings.name(entry.candidate)
    return (
        Cell(name or NONE, name),
        Cell(entry.group, entry.group),
        Cell(entry.direction, entry.direction),
        _figure(entry.disagreement, entry.disagreement_low, entry.disagreement_high),
        _figure(entry.total_variation, entry.total_variation_low, entry.total_variation_high),
        Cell(NONE if entry.share is None else f"{100 * entry.share:.0f}".replace("-", MINUS), entry.share),
        Cell(_bytes(entry.bytes), entry.bytes),
        Cell(entry.swapped, entry.swapped),
    )


def _figure(value: float, low: float, high: float) -> Cell:
    shown = figure(value, low, high, percent=True)
    return Cell(shown.text, value, shown.interval, low, high)


def _bytes(more: int) -> str:
    return size(more) if more >= 0 else f"{MINUS}{size(-more)}"
