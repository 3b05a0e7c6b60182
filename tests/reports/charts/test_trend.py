"""The trend of an overview: every relative distance is drawn, and no text covers another."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from samefn.reports.overview.overview import StudyResult, overview_of
from samefn.reports.overview.page import overview_html
from samefn.reports.overview.trend import trend_chart, trend_drawings, trend_measures
from samefn.schema.overview import Overview, StudyEntry
from samefn.schema.report import Report


@pytest.fixture(name="suite")
def _suite(report: Report) -> Overview:
    pairs = ("mnist-lenet", 'cifar10-<b>"lenet"</b>')
    studies = (
        StudyEntry(name=f"study-{at}", pair=pair, variant="corrected", data="mnist", net="lenet")
        for at, pair in enumerate(pairs)
    )
    return overview_of({"name": "suite"}, "0.1.0", [StudyResult(study, report) for study in studies])


def test_the_relative_distances_are_the_overview_s(suite: Overview) -> None:
    assert trend_measures(suite) == ("disagreement", "total_variation")
    for measure in trend_measures(suite):
        data = trend_chart(suite, measure).to_dict()["datasets"].values()
        drawn = next(points for points in data if points and "relative_distance" in points[0])
        assert {(p["method"], p["study"], p["relative_distance"], p["low"], p["high"]) for p in drawn} == {
            (e.method, e.study, e.value, e.low, e.high)
            for e in suite.trend
            if e.measure == measure and e.value is not None
        }


@pytest.mark.parametrize("width", ["single", "double"])
def test_no_text_covers_another(suite: Overview, text_boxes: Callable[[Any], list[Any]], width: Any) -> None:
    for drawing in trend_drawings(suite):
        texts = text_boxes(drawing.make(width))
        assert [(a.text, b.text) for a, b in combinations(texts, 2) if a.overlaps(b)] == []


def test_the_page_holds_both_charts_and_escapes_names(suite: Overview) -> None:
    page = overview_html(suite)
    assert page.count('role="img"') == 2 * len(trend_measures(suite))
    assert 'cifar10-<b>"lenet"</b>' not in page
