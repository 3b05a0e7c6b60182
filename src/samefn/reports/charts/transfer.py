"""The transferred shares with their intervals."""

import altair as alt

from samefn.reports.charts.axis import ValueAxis
from samefn.reports.charts.key import KeyEntry
from samefn.reports.charts.marks import Point
from samefn.reports.charts.rows import Band, Row, rows_chart
from samefn.reports.charts.theme import BAND, Width
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_with_interval
from samefn.reports.wording.transfer import INPUTS, MAIN_QUESTION, measure_words, transfer_entries
from samefn.schema.claims import Inputs, TransferEntry
from samefn.verdict.transfer import NEGLIGIBLE_SHARE

_FARTHEST = 1.0
"""The axis ends here. A share cannot exceed 1; one below -1 is drawn at -1."""


def shares(view: ReportView, inputs: Inputs) -> list[TransferEntry]:
    """The students' shares against the control, those that have one, by alpha."""
    return [entry for entry in transfer_entries(view, MAIN_QUESTION[0], inputs) if entry.share is not None]


def share_groups(view: ReportView) -> list[tuple[str, list[TransferEntry]]]:
    """The same for all inputs and for those where the teacher is wrong, each with its title, where there are any."""
    return [(title, entries) for inputs, title in INPUTS.items() if (entries := shares(view, inputs))]


def transfer_chart(view: ReportView, width: Width = "double") -> alt.LayerChart:
    """The students' shares on all inputs, and on those where the teacher is wrong. In the band: nothing.

    Args:
        view: a report with shares.
        width: one or two columns.
    """
    groups = share_groups(view)
    drawn = [end for _, entries in groups for entry in entries for end in _ends(entry)]
    axis = ValueAxis.linear([-0.2, 0.2, *(min(max(end, -_FARTHEST), _FARTHEST) for end in drawn)], percent=True)
    rows = []
    for title, entries in groups:
        rows += [Row(title), *(Row(_name(entry), (_point(entry),), _text(entry)) for entry in entries)]
    key = [KeyEntry("shown that nothing was transferred", BAND)]
    if any(abs(end) > _FARTHEST for end in drawn):
        key.append(KeyEntry("an end at the edge lies beyond it"))
    return rows_chart(
        rows,
        axis,
        width,
        title="transferred share; below 0: farther from the teacher than the control",
        quantity="share",
        bands=[Band(-NEGLIGIBLE_SHARE, NEGLIGIBLE_SHARE, BAND)],
        key=key,
    )


def _point(entry: TransferEntry) -> Point:
    facts = (("students", _name(entry)), ("inputs", entry.inputs))
    colour = ROLE_STYLES["student"].light
    return Point("student", *_ends(entry), colour, f"{_name(entry)}: {_text(entry)}", facts=facts)


def _text(entry: TransferEntry) -> str:
    shown = format_with_interval(entry.share, entry.low, entry.high, percent=True)
    return f"{shown.text} % {shown.interval}".rstrip()


def _ends(entry: TransferEntry) -> tuple[float, float, float]:
    """Share and interval; where there is no interval, the share."""
    share = entry.share if entry.share is not None else 0.0
    return share, share if entry.low is None else entry.low, share if entry.high is None else entry.high


def _name(entry: TransferEntry) -> str:
    return f"alpha {entry.alpha:g}, {measure_words(entry.measure)}"
