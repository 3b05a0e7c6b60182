"""Every chart that a report has data for, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from samefn.reports.charts.accuracy import accuracy_changes, accuracy_chart
from samefn.reports.charts.candidates import candidates_chart
from samefn.reports.charts.curves import curves_chart, error_curves, loss_curves
from samefn.reports.charts.distances import distances_chart
from samefn.reports.charts.inline import AnyChart
from samefn.reports.charts.landscape import landscape_chart, panel_maps, panels_chart
from samefn.reports.charts.layers import layer_groups, layers_chart
from samefn.reports.charts.theme import Width
from samefn.reports.charts.tradeoff import tradeoff_chart, tradeoff_costs
from samefn.reports.charts.transfer import share_groups, transfer_chart
from samefn.reports.view import ReportView


@dataclass(frozen=True)
class Drawing:
    """A chart that can be drawn.

    Attributes:
        name: of its files.
        make: draws it for one or two columns.
    """

    name: str
    make: Callable[[Width], AnyChart]


def drawings(view: ReportView) -> Iterator[Drawing]:
    """The charts of a report."""
    if view.comparisons:
        yield Drawing("candidates", partial(candidates_chart, view))
    for chart in view.maps:
        yield Drawing(f"landscape-{chart.method}", partial(landscape_chart, view, chart))
    if panel_maps(view.report):
        yield Drawing("landscape-panels", partial(panels_chart, view))
    if view.final_distances:
        yield Drawing("distances", partial(distances_chart, view))
    if share_groups(view):
        yield Drawing("transfer", partial(transfer_chart, view))
    if accuracy_changes(view):
        yield Drawing("accuracy-disagreement", partial(accuracy_chart, view))
    for cost in tradeoff_costs(view):
        yield Drawing(f"tradeoff-{cost.name}", partial(tradeoff_chart, view, cost))
    for at, entries in enumerate(layer_groups(view).values(), start=1):
        yield Drawing(f"layers-{at}-{entries[0].direction}", partial(layers_chart, entries))
    if curves := error_curves(view):
        title = f"error on the {view.evaluation or 'evaluation'} set"
        yield Drawing("error-curves", partial(curves_chart, curves, title, percent=True))
    if curves := loss_curves(view):
        title = "training loss; a student's is its own and not comparable"
        yield Drawing("loss-curves", partial(curves_chart, curves, title, percent=False))
