"""The other charts: their data are the report's, all are drawn, and no text covers another."""

from collections.abc import Callable
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from samefn.reports.charts.accuracy import accuracy_changes, accuracy_chart
from samefn.reports.charts.curves import curves_chart, error_curves, loss_curves
from samefn.reports.charts.distances import distances_chart
from samefn.reports.charts.drawings import drawings
from samefn.reports.charts.inline import inline_svg
from samefn.reports.charts.landscape import landscape_chart, panel_maps, panels_chart
from samefn.reports.charts.layers import MOST_LAYERS, layer_groups, layers_chart
from samefn.reports.charts.tradeoff import tradeoff_chart, tradeoff_costs
from samefn.reports.charts.transfer import shares, transfer_chart
from samefn.reports.costs import cost_points
from samefn.reports.view import ReportView
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report

MAPS = {"tsne", "mds", "pca"}


def records(chart: Any, *columns: str) -> list[dict[str, Any]]:
    """The first data of the chart that have these columns."""
    found = chart.to_dict()["datasets"].values()
    return next(data for data in found if data and all(column in data[0] for column in columns))


def located(view: ReportView, count: int) -> Report:
    entries = [
        LocatedEntry(
            candidate="candidate-0",
            group=f"features.{at}.conv",
            direction=direction,
            swapped="weights",
            disagreement=0.01,
            disagreement_low=0.005,
            disagreement_high=0.02,
            total_variation=0.2 / (at + 1),
            total_variation_low=0.15 / (at + 1),
            total_variation_high=0.3 / (at + 1),
            share=0.1,
            bytes=at,
            examples=100,
        )
        for direction in ("forward", "backward")
        for at in range(count)
    ]
    return view.report.model_copy(update={"located": tuple(entries)})


def test_every_study_has_its_charts_and_a_comparison_its_own(report: Report, comparison: Callable[..., Report]) -> None:
    names = [drawing.name for drawing in drawings(ReportView(report))]
    assert len(names) == len(set(names))
    assert {name.removeprefix("landscape-") for name in names if name.startswith("landscape")} == MAPS | {"panels"}
    assert {"candidates", "distances", "transfer", "accuracy-disagreement", "error-curves", "loss-curves"} < set(names)
    compared = located(ReportView(comparison(5)), 3)
    assert [drawing.name for drawing in drawings(ReportView(compared))] == [
        "candidates",
        "accuracy-disagreement",
        "tradeoff-bytes",
        "tradeoff-latency",
        "layers-1-forward",
        "layers-2-backward",
    ]


@pytest.mark.parametrize("width", ["single", "double"])
def test_no_text_of_a_study_covers_another(report: Report, text_boxes: Callable[[Any], list[Any]], width: Any) -> None:
    for drawing in drawings(ReportView(report)):
        texts = text_boxes(drawing.make(width))
        covered = [(drawing.name, a.text, b.text) for a, b in combinations(texts, 2) if a.overlaps(b)]
        assert covered == []


@pytest.mark.parametrize("count", [1, 5, 50])
@pytest.mark.parametrize("width", ["single", "double"])
def test_no_text_of_a_comparison_covers_another(
    comparison: Callable[..., Report], text_boxes: Callable[[Any], list[Any]], count: int, width: Any
) -> None:
    for drawing in drawings(ReportView(located(ReportView(comparison(count)), count))):
        texts = text_boxes(drawing.make(width))
        covered = [(drawing.name, a.text, b.text) for a, b in combinations(texts, 2) if a.overlaps(b)]
        assert covered == []


def test_hostile_names_are_text_in_every_chart(comparison: Callable[..., Report], hostile_names: list[str]) -> None:
    for drawing in drawings(ReportView(comparison(hostile_names))):
        root = ET.fromstring(inline_svg(drawing.make("single"), hostile_names[2]))
        assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "line", "rect", "text", "title"}
        words = "".join(element.text or "" for element in root.iter())
        assert "<script>alert(1)</script>" in words
        assert not set(words) & {"\u202e", "\x00", "\t", "\n"}


def test_accuracy_and_changes_are_the_report_s(report: Report) -> None:
    view = ReportView(report)
    drawn = records(accuracy_chart(view), "accuracy_change")
    assert {(p["model"], p["accuracy_change"], p["changed"]) for p in drawn} == {
        (model.name, change, changed) for model, change, changed in accuracy_changes(view)
    }


def test_costs_and_distances_are_the_report_s(comparison: Callable[..., Report]) -> None:
    view = ReportView(comparison(5))
    for cost in tradeoff_costs(view):
        drawn = records(tradeoff_chart(view, cost), "cost")
        expected = {(point.model.name, point.cost / 100, point.value) for point in cost_points(view, cost)}
        assert {(p["model"], p["cost"], p["distance"]) for p in drawn} == expected | {("base", 1.0, 0.0)}


def test_shares_and_their_intervals_are_the_report_s(report: Report) -> None:
    view = ReportView(report)
    drawn = records(transfer_chart(view), "students")
    entries = [entry for inputs in ("all", "teacher wrong") for entry in shares(view, inputs)]
    assert [(p["inputs"], p["share"], p["low"], p["high"]) for p in drawn] == [
        (entry.inputs, entry.share, entry.low, entry.high) for entry in entries
    ]


def test_layers_are_the_report_s_and_those_left_out_are_counted(
    comparison: Callable[..., Report], text_boxes: Callable[[Any], list[Any]]
) -> None:
    view = ReportView(located(ReportView(comparison(1)), MOST_LAYERS + 7))
    for entries in layer_groups(view).values():
        chart = layers_chart(entries)
        drawn = records(chart, "layer")
        assert [(p["layer"], p["total_variation"], p["low"], p["high"]) for p in drawn] == [
            (e.group, e.total_variation, e.total_variation_low, e.total_variation_high) for e in entries[:MOST_LAYERS]
        ]
        assert any(text.text.startswith("7 more") for text in text_boxes(chart))


def test_true_distances_are_the_report_s(report: Report) -> None:
    view = ReportView(report)
    drawn = records(distances_chart(view), "distance")
    assert [(p["model"], p["distance"]) for p in drawn] == [(model.name, far) for model, far in view.final_distances]


def test_curves_hold_every_epoch(report: Report) -> None:
    view = ReportView(report)
    for curves, percent in ((error_curves(view), True), (loss_curves(view), False)):
        chart = curves_chart(curves, "title", percent=percent)
        lines = [data for data in chart.to_dict()["datasets"].values() if data and "line" in data[0]]
        drawn = {(point["model"], point["epoch"], point["value"]) for data in lines for point in data}
        assert drawn == {(model.name, x, y) for model, points in curves for x, y in points}


def test_a_map_keeps_the_proportions_of_its_distances_and_says_its_quality(
    report: Report, text_boxes: Callable[[Any], list[Any]]
) -> None:
    view = ReportView(report)
    for chart in view.maps:
        drawn = landscape_chart(view, chart)
        marks = {(point["model"], point["epoch"]): point for point in records(drawn, "last", "edge")}
        ends = [point for point in chart.points if (view.name(point.model), point.epoch) in marks]
        places = [(marks[view.name(point.model), point.epoch], point) for point in ends]
        (a, true_a), (b, true_b) = places[0], max(places, key=lambda pair: abs(pair[1].x - places[0][1].x))
        factor = (b["x"] - a["x"]) / (true_b.x - true_a.x)
        for mark, point in places:
            assert mark["x"] - a["x"] == pytest.approx(factor * (point.x - true_a.x), abs=1e-6)
            assert a["y"] - mark["y"] == pytest.approx(factor * (point.y - true_a.y), abs=1e-6)
        words = " ".join(text.text for text in text_boxes(drawn))
        assert "trustworthiness" in words


def test_panels_stand_side_by_side(report: Report) -> None:
    view = ReportView(report)
    chart = panels_chart(view).to_dict()
    frames = [data[0] for data in chart["datasets"].values() if set(data[0]) == {"x", "y", "to_x", "to_y"}]
    assert len(frames) == len(panel_maps(report))
    for one, other in combinations(frames, 2):
        assert one["to_x"] < other["x"] or other["to_x"] < one["x"] or one["to_y"] < other["y"]
