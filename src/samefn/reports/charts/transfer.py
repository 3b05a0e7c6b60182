"""The transferred shares with their intervals, as a dot plot for the page and as a still figure."""

from matplotlib.figure import Figure

from samefn.reports.charts.dot_plot import Dot, DotPlot
from samefn.reports.charts.old_theme import BAND, MUTED, WIDTH, line_style, mark_style, set_rows
from samefn.reports.charts.scales import LinearScale
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.reports.wording.transfer import INPUTS, MAIN_QUESTION, measure_words, transfer_covers, transfer_entries
from samefn.schema.claims import Inputs, TransferEntry
from samefn.verdict.transfer import NEGLIGIBLE_SHARE

_FARTHEST = 1.0
"""The axis ends here. A share cannot exceed 1; one below -1 is drawn at -1."""


def shares(view: ReportView, inputs: Inputs) -> list[TransferEntry]:
    """The students' shares against the control, those that have one, by alpha."""
    return [entry for entry in transfer_entries(view, MAIN_QUESTION[0], inputs) if entry.share is not None]


def transfer_plots(view: ReportView) -> tuple[tuple[str, DotPlot], ...]:
    """For all inputs and for those where the teacher is wrong: a title and the shares. In the band: nothing."""
    return tuple((title, _plot(entries)) for inputs, title in INPUTS.items() if (entries := shares(view, inputs)))


def transfer_figure(view: ReportView) -> Figure:
    """The same as a still figure, one panel above the other."""
    panels = [(title, entries) for inputs, title in INPUTS.items() if (entries := shares(view, inputs))]
    rows = [len(entries) for _, entries in panels]
    page = Figure(figsize=(WIDTH, 1.3 + sum(0.62 + 0.25 * row for row in rows)), layout="constrained")
    axes_grid = page.subplots(len(panels), 1, squeeze=False, height_ratios=[row + 1.4 for row in rows])
    for axes, (title, entries) in zip(axes_grid[:, 0], panels, strict=True):
        scale = _scale(entries)
        axes.axvspan(scale.at(-NEGLIGIBLE_SHARE), scale.at(NEGLIGIBLE_SHARE), color=BAND, zorder=0)
        for row, entry in enumerate(entries):
            value, low, high = _ends(entry)
            axes.plot([scale.at(low), scale.at(high)], [row, row], linewidth=1.6, color=line_style("student")["color"])
            axes.plot(scale.at(value), row, zorder=3, clip_on=False, **mark_style("student"))
            text = format_with_interval(entry.share, entry.low, entry.high, percent=True)
            axes.text(1.05, row, f"{text.text} %  {text.interval}", fontsize=7.5, va="center", color=MUTED)
        set_rows(axes, [_name(entry) for entry in entries])
        axes.set_xticks([at for at, _ in scale.ticks()], [text for _, text in scale.ticks()])
        axes.set_xlim(-0.02, 1.02)
        axes.grid(visible=True, axis="x")
        axes.set_title(f"{title[0].upper()}{title[1:]}", fontsize=9.5)
    covers = transfer_covers(transfer_entries(view, *MAIN_QUESTION))
    axes.set_xlabel(
        f"bars are intervals {covers}; inside the band: shown that nothing was transferred; "
        "below 0: farther from the teacher",
        fontsize=7.5,
    )
    page.suptitle("Transferred share, against the control", x=0.01, ha="left", fontsize=11, fontweight="bold")
    return page


def _plot(entries: list[TransferEntry]) -> DotPlot:
    scale = _scale(entries)
    dots = []
    for entry in entries:
        value, low, high = _ends(entry)
        shown = format_with_interval(entry.share, entry.low, entry.high, percent=True)
        places = (scale.at(value), scale.at(low), scale.at(high))
        dots.append(Dot(_name(entry), "student", *places, f"{shown.text} %", shown.interval))
    return DotPlot(tuple(dots), tuple(scale.ticks()), (scale.at(-NEGLIGIBLE_SHARE), scale.at(NEGLIGIBLE_SHARE)))


def _scale(entries: list[TransferEntry]) -> LinearScale:
    return LinearScale.over((end for entry in entries for end in _ends(entry)), least=0.2, most=_FARTHEST)


def _ends(entry: TransferEntry) -> tuple[float, float, float]:
    """Share and interval; where there is no interval, the share."""
    share = entry.share if entry.share is not None else 0.0
    return share, share if entry.low is None else entry.low, share if entry.high is None else entry.high


def _name(entry: TransferEntry) -> str:
    return f"alpha {entry.alpha:g}, {measure_words(entry.measure)}"
