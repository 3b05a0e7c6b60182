"""Charts in a page: well-formed, without script, link, style or id, names escaped, equal for equal reports."""

import re
from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree as ET

from samefn.reports.charts.candidates import candidates_chart
from samefn.reports.charts.inline import inline_chart, inline_svg, png_bytes, svg_text
from samefn.reports.charts.theme import charts_css, css_colour
from samefn.reports.view import ReportView
from samefn.schema.report import Report


def test_the_svg_holds_nothing_that_a_page_s_rules_forbid(
    comparison: Callable[..., Report], hostile_names: list[str]
) -> None:
    view = ReportView(comparison(hostile_names))
    drawn = inline_svg(candidates_chart(view), '5 "candidates" <b>')
    root = ET.fromstring(drawn)
    elements = list(root.iter())
    assert {element.tag for element in elements} <= {"svg", "g", "path", "line", "rect", "text", "title"}
    names = {name for element in elements for name in element.attrib}
    assert names.isdisjoint({"style", "id", "href", "class", "font-family"})
    assert not [name for name in names if name.startswith("on")]
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '5 "candidates" <b>'
    assert "<script" not in drawn
    assert "url(" not in drawn
    assert "&lt;script&gt;" in drawn


def test_every_point_has_a_tip_with_its_name(comparison: Callable[..., Report]) -> None:
    view = ReportView(comparison(5))
    root = ET.fromstring(inline_svg(candidates_chart(view), "x"))
    tips = [title.text or "" for title in root.iter("title")]
    assert sorted(tip.split(":")[0] for tip in tips) == sorted(c.name for c in view.comparisons)


def test_colours_are_variables_that_the_style_sheet_sets_for_light_dark_and_print(report: Report) -> None:
    drawn = inline_svg(candidates_chart(ReportView(report)), "x")
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) - {"none"}
    assert colours
    assert [colour for colour in colours if not colour.startswith("var(--")] == []
    for colour in colours:
        assert charts_css().count(f"{colour.removeprefix('var(').removesuffix(')')}:") == 3
    assert css_colour("#123456") == "#123456"


def test_a_page_gets_a_wide_and_a_narrow_chart_both_with_a_name(report: Report) -> None:
    drawn = inline_chart(partial(candidates_chart, ReportView(report)), "Changed predictions")
    root = ET.fromstring(drawn)
    boxes = [svg.attrib["viewBox"].split()[2] for svg in root.iter("svg")]
    assert boxes == ["661", "321"]
    assert [svg.attrib["aria-label"] for svg in root.iter("svg")] == ["Changed predictions"] * 2


def test_a_chart_beside_another_is_drawn_once_and_narrow(report: Report) -> None:
    root = ET.fromstring(inline_chart(partial(candidates_chart, ReportView(report)), "Changed", narrow=True))
    assert [svg.attrib["viewBox"].split()[2] for svg in root.iter("svg")] == ["321"]


def test_a_chart_on_a_page_is_valid_and_the_same_as_a_checked_one(report: Report) -> None:
    view = ReportView(report)
    candidates_chart(view).to_dict()  # raises where it is not Vega-Lite
    assert inline_svg(candidates_chart(view, "single"), "x") in inline_chart(partial(candidates_chart, view), "x")


def test_equal_reports_give_equal_bytes(report: Report) -> None:
    charts = [candidates_chart(ReportView(report.model_copy(deep=True))) for _ in range(2)]
    assert svg_text(charts[0]) == svg_text(charts[1])
    assert png_bytes(svg_text(charts[0])) == png_bytes(svg_text(charts[1]))
