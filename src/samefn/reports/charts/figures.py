"""The still figures: maps, the reference, what was transferred, accuracy against disagreement, learning curves."""

from collections.abc import Callable, Iterator

from matplotlib.figure import Figure

from samefn.reports.charts.labels import End, Letters, place
from samefn.reports.charts.landscape import landscape_figure
from samefn.reports.charts.panels import panel_maps, panels_figure
from samefn.reports.charts.scales import LogScale
from samefn.reports.charts.theme import (
    BAND,
    MUTED,
    WIDTH,
    drawable,
    legend_entries,
    line,
    mark,
    set_rows,
    set_x,
    set_y,
    write_labels,
)
from samefn.reports.charts.tradeoff import tradeoff_figure, tradeoffs
from samefn.reports.charts.transfer import transfer_figure, transfer_plots
from samefn.reports.styles import STYLES
from samefn.reports.view import Findings
from samefn.reports.wording.numbers import figure
from samefn.schema.records import Epoch
from samefn.schema.report import ModelEntry, Report

_LETTERS = Letters(width=0.0155, height=0.04, offset=0.024)


def all_figures(report: Report) -> Iterator[tuple[str, Figure]]:
    """The figures that the report has data for, by file name. Draw them inside `theme()`."""
    findings = Findings(report)
    for chart in findings.maps:
        yield f"landscape-{chart.method}", landscape_figure(findings, chart)
    if panel_maps(report):
        yield "landscape-panels", panels_figure(findings)
    if findings.comparisons:
        yield "distance", distance_figure(findings)
    if transfer_plots(findings):
        yield "transfer", transfer_figure(findings)
    if accuracy_changes(findings):
        yield "accuracy-disagreement", accuracy_figure(findings)
    for cost, points in tradeoffs(findings):
        yield f"tradeoff-{cost.name}", tradeoff_figure(findings, cost, points)
    if any(model.history for model in report.models):
        yield "learning-curves", curves_figure(findings)


def distance_figure(findings: Findings) -> Figure:
    """Disagreement with its interval, the least changed model first; the band is the independents' range."""
    comparisons = findings.comparisons
    page = Figure(figsize=(WIDTH, 1.5 + 0.235 * len(comparisons)), layout="constrained")
    axes = page.subplots()
    scale = LogScale.over((v for c in comparisons for v in (c.low, c.value, c.high)), percent=True)
    if findings.reference:
        axes.axvspan(scale.at(findings.reference.low), scale.at(findings.reference.high), color=BAND, zorder=0)
    for row, comparison in enumerate(comparisons):
        colour = STYLES[comparison.model.role].light
        axes.plot(
            [scale.at(comparison.low), scale.at(comparison.high)],
            [row, row],
            color=colour,
            linewidth=1.6,
            zorder=2,
        )
        axes.plot(scale.at(comparison.value), row, zorder=3, clip_on=False, **mark(comparison.model.role))
        text = figure(comparison.value, comparison.entry.low, comparison.entry.high, percent=True)
        axes.text(1.05, row, f"{text.text} %  {text.interval}", fontsize=7.5, va="center", color=MUTED)
    set_rows(axes, [c.name for c in comparisons])
    set_x(axes, scale, most=4)
    page.suptitle(
        "Inputs on which the answer differs from the base's",
        x=0.01,
        ha="left",
        fontsize=11,
        fontweight="bold",
    )
    note = "logarithmic; bars are intervals"
    axes.set_xlabel(f"{note}; the band is the independents' range" if findings.reference else note, fontsize=7.5)
    page.legend(
        handles=legend_entries(c.model.role for c in comparisons),
        loc="outside lower left",
        ncols=5,
        fontsize=8,
    )
    return page


def accuracy_changes(findings: Findings) -> tuple[tuple[ModelEntry, float, float], ...]:
    """(model, size of its change of accuracy, disagreement), as shares, of every model against the base."""
    if findings.base is None or findings.base.accuracy is None:
        return ()
    return tuple(
        (c.model, abs(c.model.accuracy - findings.base.accuracy), c.value)
        for c in findings.comparisons
        if c.against.role == "base" and c.model.accuracy is not None
    )


def accuracy_figure(findings: Findings) -> Figure:
    """How far accuracy moved against how many answers changed; high above the diagonal it hides them."""
    points = accuracy_changes(findings)
    page = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    axes = page.subplots()
    scale = LogScale.over((v for _, x, y in points for v in (x, y)), percent=True)
    diagonal = [scale.gap, 1.0]
    axes.fill_between(diagonal, [0, 0], diagonal, color="#eef1f4", zorder=0, linewidth=0)
    axes.plot(diagonal, diagonal, color="#aab2bb", linewidth=1, zorder=1)
    axes.text(
        0.985,
        0.03,
        "impossible: accuracy cannot move\nmore than answers do",
        fontsize=7.5,
        ha="right",
        color=MUTED,
    )
    if findings.reference:
        axes.axhspan(
            scale.at(findings.reference.low),
            scale.at(findings.reference.high),
            color=BAND,
            zorder=0.5,
            alpha=0.9,
        )
        middle = (scale.at(findings.reference.low) + scale.at(findings.reference.high)) / 2
        axes.text(0.985, middle, "independents' range", fontsize=7.5, ha="right", va="center", color=MUTED)
    for model, x, y in points:
        axes.plot(scale.at(x), scale.at(y), zorder=3, clip_on=False, **mark(model.role, size=8))
    named = [End(drawable(model.name, 26), scale.at(x), scale.at(y)) for model, x, y in points]
    write_labels(axes, place(named, near=0.06, sizes=[_LETTERS]))
    set_x(axes, scale)
    set_y(axes, scale)
    page.suptitle("What accuracy shows, and what changed", x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.set_xlabel("change of accuracy, percentage points, without its sign (logarithmic)")
    axes.set_ylabel("inputs whose answer changed (logarithmic)")
    page.legend(handles=legend_entries(m.role for m, _, _ in points), loc="outside lower left", ncols=5, fontsize=8)
    return page


def curves_figure(findings: Findings) -> Figure:
    """Error on the evaluation set and training loss, epoch by epoch."""
    page = Figure(figsize=(WIDTH, 6.4), layout="constrained")
    upper, lower = page.subplots(2, 1, sharex=True)
    trained = [model for model in findings.models if model.history]
    panels = (
        (upper, error_curves(findings), f"Error on the {findings.evaluation or 'evaluation'} set", True),
        (
            lower,
            loss_curves(findings),
            "Training loss (students: their own loss, not comparable with the others')",
            False,
        ),
    )
    for axes, curves, title, percent in panels:
        axes.set_title(title, fontsize=9.5)
        if not curves:
            axes.text(0, 0.5, "not recorded", color=MUTED)
            continue
        scale = LogScale.over((y for _, points in curves for _, y in points), percent=percent)
        for model, points in curves:
            xs, ys = [x for x, _ in points], [scale.at(y) for _, y in points]
            axes.plot(xs, ys, linewidth=1.3, alpha=0.85, **line(model.role))
            axes.plot(xs[-1], ys[-1], zorder=3, **mark(model.role))
        set_y(axes, scale)
    lower.set_xlabel("epoch, from the first on; logarithmic scales")
    lower.xaxis.get_major_locator().set_params(integer=True)
    roles = [model.role for model in trained]
    page.legend(handles=legend_entries(roles, frozenset(roles)), loc="outside lower left", ncols=5, fontsize=8)
    return page


def error_curves(findings: Findings) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    """(model, (epoch, 1 - accuracy) at every epoch) of the trained models."""
    found = _curves(findings, lambda epoch: epoch.accuracy)
    return [(model, [(x, 1 - y) for x, y in points]) for model, points in found]


def loss_curves(findings: Findings) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    """(model, (epoch, training loss) at every epoch that has one) of the trained models."""
    return _curves(findings, lambda epoch: epoch.loss)


def _curves(
    findings: Findings, of: Callable[[Epoch], float | None]
) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    # Epoch 0, before training, is left out: its error of nine tenths would press all others into one line.
    found = []
    for model in findings.models:
        points = [(float(one.epoch), y) for one in model.history if one.epoch > 0 and (y := of(one)) is not None]
        if points:
            found.append((model, points))
    return found
