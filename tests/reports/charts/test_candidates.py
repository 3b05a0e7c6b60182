"""The chart of candidates: its data are the report's, and nothing in it covers another text."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from samefn.reports.charts.candidates import candidates_chart
from samefn.reports.charts.theme import OUTCOME_COLOURS, WIDTHS
from samefn.reports.view import ReportView
from samefn.schema.report import Report


def records(chart: Any, column: str) -> list[dict[str, Any]]:
    """The first data of the chart that have this column."""
    return next(data for data in chart.to_dict()["datasets"].values() if data and column in data[0])


@pytest.mark.parametrize("independents", [True, False])
def test_the_data_are_the_report_s(comparison: Callable[..., Report], independents: bool) -> None:
    view = ReportView(comparison(5, independents=independents))
    points = {point["model"]: point for point in records(candidates_chart(view), "changed")}
    assert len(points) == len(view.comparisons) == 5 + 2 * independents
    verdicts = {entry.candidate: entry.outcome for entry in view.report.verdicts}
    for shown in view.comparisons:
        point = points[shown.name]
        assert (point["changed"], point["low"], point["high"]) == (shown.value, shown.entry.low, shown.entry.high)
        assert point["answer"] == verdicts.get(shown.model.id, "")
        if point["answer"]:
            assert point["colour"] == OUTCOME_COLOURS[point["answer"]]
    bands = {(band["from"], band["to"]) for band in records(candidates_chart(view), "from")}
    reference = view.independent_range
    assert bands == {(0.0, 0.01)} | ({(reference.low, reference.high)} if reference else set())


def test_a_study_groups_by_method_and_puts_seeds_in_one_row(report: Report) -> None:
    view = ReportView(report)
    points = records(candidates_chart(view), "changed")
    assert {point["model"]: point["changed"] for point in points} == {c.name: c.value for c in view.comparisons}
    independents = [point for point in points if point["method"] == "independent"]
    assert len(independents) == 2
    assert len({point["y"] for point in independents}) == 1
    rows = [(point["y"], point["method"]) for point in sorted(points, key=lambda point: point["y"])]
    methods = list(dict.fromkeys(method for _, method in rows))
    # Each method stands together.
    assert [method for _, method in rows] == sorted((m for _, m in rows), key=methods.index)


@pytest.mark.parametrize("count", [1, 5, 50])
@pytest.mark.parametrize("width", ["single", "double"])
def test_no_text_covers_another_and_all_are_inside(
    comparison: Callable[..., Report], text_boxes: Callable[[Any], list[Any]], count: int, width: Any
) -> None:
    chart = candidates_chart(ReportView(comparison(count)), width)
    texts = text_boxes(chart)
    assert sum(text.text.endswith(".onnx") for text in texts) == count
    assert [(a.text, b.text) for a, b in combinations(texts, 2) if a.overlaps(b)] == []
    assert [text.text for text in texts if text.left < -0.5 or text.right > WIDTHS[width] + 0.5] == []


@pytest.mark.parametrize("width", ["single", "double"])
def test_long_and_hostile_names_are_cut_to_their_room(
    comparison: Callable[..., Report],
    text_boxes: Callable[[Any], list[Any]],
    hostile_names: list[str],
    width: Any,
) -> None:
    texts = text_boxes(candidates_chart(ReportView(comparison(hostile_names)), width))
    assert [(a.text, b.text) for a, b in combinations(texts, 2) if a.overlaps(b)] == []
    shown = [text.text for text in texts]
    assert any(text.startswith("nnn") and "…" in text for text in shown)
    assert not any("\n" in text or "\u202e" in text or "\x00" in text for text in shown)
