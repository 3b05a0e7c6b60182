"""The still figures: maps, disagreement, transferred shares, accuracy against disagreement, costs, learning curves."""

from collections.abc import Callable, Iterator

from matplotlib.figure import Figure

from samefn.reports.charts.labels import LabelPoint, LetterSize, place_labels
from samefn.reports.charts.landscape import landscape_figure, panel_maps, panels_figure
from samefn.reports.charts.old_theme import (
    BAND,
    MUTED,
    WIDTH,
    drawable,
    legend_entries,
    line_style,
    mark_style,
    set_rows,
    set_x,
    set_y,
    write_labels,
)
from samefn.reports.charts.scales import LogScale
from samefn.reports.charts.tradeoff import tradeoff_figure, tradeoffs
from samefn.reports.charts.transfer import transfer_figure, transfer_plots
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.schema.records import Epoch
from samefn.schema.report import ModelEntry, Report

_LETTERS = LetterSize(width=0.0155, height=0.04, offset=0.024)


def all_figures(report: Report) -> Iterator[tuple[str, Figure]]:
    """The figures that the report has data for, by file name. Draw them inside `theme()`."""
    view = ReportView(report)
    for chart in view.maps:
        yield f"landscape-{chart.method}", landscape_figure(view, chart)
    if panel_maps(report):
        yield "landscape-panels", panels_figure(view)
    if view.comparisons:
        yield "distance", distance_figure(view)
    if transfer_plots(view):
        yield "transfer", transfer_figure(view)
    if accuracy_changes(view):
        yield "accuracy-disagreement", accuracy_figure(view)
    for cost, points in tradeoffs(view):
        yield f"tradeoff-{cost.name}", tradeoff_figure(view, cost, points)
    if any(model.history for model in report.models):
        yield "learning-curves", curves_figure(view)


def distance_figure(view: ReportView) -> Figure:
    """Disagreement with its interval, the least changed model first; the band is the independents' range."""
    comparisons = view.comparisons
    page = Figure(figsize=(WIDTH, 1.5 + 0.235 * len(comparisons)), layout="constrained")
    axes = page.subplots()
    scale = LogScale.over((v for c in comparisons for v in (c.low, c.value, c.high)), percent=True)
    if view.independent_range:
        axes.axvspan(scale.at(view.independent_range.low), scale.at(view.independent_range.high), color=BAND, zorder=0)
    for row, comparison in enumerate(comparisons):
        colour = ROLE_STYLES[comparison.model.role].light
        axes.plot(
            [scale.at(comparison.low), scale.at(comparison.high)],
            [row, row],
            color=colour,
            linewidth=1.6,
            zorder=2,
        )
        axes.plot(scale.at(comparison.value), row, zorder=3, clip_on=False, **mark_style(comparison.model.role))
        text = format_with_interval(comparison.value, comparison.entry.low, comparison.entry.high, percent=True)
        axes.text(1.05, row, f"{text.text} %  {text.interval}", fontsize=7.5, va="center", color=MUTED)
    set_rows(axes, [c.name for c in comparisons])
    set_x(axes, scale, most=4)
    page.suptitle(
        "Inputs on which the prediction differs from the base's",
        x=0.01,
        ha="left",
        fontsize=11,
        fontweight="bold",
    )
    note = "logarithmic; bars are intervals"
    axes.set_xlabel(f"{note}; the band is the independents' range" if view.independent_range else note, fontsize=7.5)
    page.legend(
        handles=legend_entries(c.model.role for c in comparisons),
        loc="outside lower left",
        ncols=5,
        fontsize=8,
    )
    return page


def accuracy_changes(view: ReportView) -> tuple[tuple[ModelEntry, float, float], ...]:
    """(model, size of its change of accuracy, disagreement), as shares, of every model against the base."""
    if view.base is None or view.base.accuracy is None:
        return ()
    return tuple(
        (c.model, abs(c.model.accuracy - view.base.accuracy), c.value)
        for c in view.comparisons
        if c.against.role == "base" and c.model.accuracy is not None
    )


def accuracy_figure(view: ReportView) -> Figure:
    """Change of accuracy against changed predictions; far above the diagonal accuracy hides the changes."""
    points = accuracy_changes(view)
    page = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    axes = page.subplots()
    scale = LogScale.over((v for _, x, y in points for v in (x, y)), percent=True)
    diagonal = [scale.gap, 1.0]
    axes.fill_between(diagonal, [0, 0], diagonal, color="#eef1f4", zorder=0, linewidth=0)
    axes.plot(diagonal, diagonal, color="#aab2bb", linewidth=1, zorder=1)
    axes.text(
        0.985,
        0.03,
        "impossible: accuracy cannot change\nmore than predictions do",
        fontsize=7.5,
        ha="right",
        color=MUTED,
    )
    if view.independent_range:
        axes.axhspan(
            scale.at(view.independent_range.low),
            scale.at(view.independent_range.high),
            color=BAND,
            zorder=0.5,
            alpha=0.9,
        )
        middle = (scale.at(view.independent_range.low) + scale.at(view.independent_range.high)) / 2
        axes.text(0.985, middle, "independents' range", fontsize=7.5, ha="right", va="center", color=MUTED)
    for model, x, y in points:
        axes.plot(scale.at(x), scale.at(y), zorder=3, clip_on=False, **mark_style(model.role, size=8))
    named = [LabelPoint(drawable(model.name, 26), scale.at(x), scale.at(y)) for model, x, y in points]
    write_labels(axes, place_labels(named, near=0.06, sizes=[_LETTERS]))
    set_x(axes, scale)
    set_y(axes, scale)
    page.suptitle("Accuracy against changed predictions", x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.set_xlabel("change of accuracy, percentage points, without sign (logarithmic)")
    axes.set_ylabel("inputs whose prediction changed (logarithmic)")
    page.legend(handles=legend_entries(m.role for m, _, _ in points), loc="outside lower left", ncols=5, fontsize=8)
    return page


def curves_figure(view: ReportView) -> Figure:
    """Error on the evaluation set and training loss, epoch by epoch."""
    page = Figure(figsize=(WIDTH, 6.4), layout="constrained")
    upper, lower = page.subplots(2, 1, sharex=True)
    trained = [model for model in view.models if model.history]
    panels = (
        (upper, error_curves(view), f"Error on the {view.evaluation or 'evaluation'} set", True),
        (
            lower,
            loss_curves(view),
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
            axes.plot(xs, ys, linewidth=1.3, alpha=0.85, **line_style(model.role))
            axes.plot(xs[-1], ys[-1], zorder=3, **mark_style(model.role))
        set_y(axes, scale)
    lower.set_xlabel("epoch, from the first on; logarithmic scales")
    lower.xaxis.get_major_locator().set_params(integer=True)
    roles = [model.role for model in trained]
    page.legend(handles=legend_entries(roles, frozenset(roles)), loc="outside lower left", ncols=5, fontsize=8)
    return page


def error_curves(view: ReportView) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    """(model, (epoch, 1 - accuracy) at every epoch) of the trained models."""
    curves = _curves(view, lambda epoch: epoch.accuracy)
    return [(model, [(x, 1 - y) for x, y in points]) for model, points in curves]


def loss_curves(view: ReportView) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    """(model, (epoch, training loss) at every epoch that has one) of the trained models."""
    return _curves(view, lambda epoch: epoch.loss)


def _curves(
    view: ReportView, read: Callable[[Epoch], float | None]
) -> list[tuple[ModelEntry, list[tuple[float, float]]]]:
    # Epoch 0, before training, is left out: beside its error of nine tenths all others would look equal.
    curves = []
    for model in view.models:
        points = [(float(e.epoch), y) for e in model.history if e.epoch > 0 and (y := read(e)) is not None]
        if points:
            curves.append((model, points))
    return curves
