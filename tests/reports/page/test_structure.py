"""The page: its sections in their order, its rules, and what a screen reader needs."""

import base64
import hashlib
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from samefn.reports.answers.facts import candidate_answers
from samefn.reports.page.report import report_html
from samefn.reports.tables.transfer import transfer_parts
from samefn.reports.view import ReportView
from samefn.reports.write import all_tables
from samefn.schema.notes import Note
from samefn.schema.report import Failure, Report

from .parsed import Page, undrawn

MakeReport = Callable[..., Report]
ORDER = (
    "answer",
    "candidates",
    "changed",
    "classes",
    "cost",
    "landscape",
    "transfer",
    "claims",
    "paper",
    "language",
    "layers",
    "details",
)


def hash_of(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def only(report: Report, *roles: str) -> Report:
    """The report with the models of these roles alone."""
    kept = {model.id for model in report.models if model.role in roles}
    of_kept = {
        part: tuple(one for one in getattr(report, part) if one.candidate in kept)
        for part in ("measures", "changed", "changed_counts", "verdicts", "overall", "relative_distances")
    }
    charts = tuple(
        chart.model_copy(update={"points": tuple(point for point in chart.points if point.model in kept)})
        for chart in report.landscape[:1]
    )
    return report.model_copy(
        update={
            "models": tuple(model for model in report.models if model.id in kept),
            "landscape": charts,
            "panels": (),
            "distances": tuple(point for point in report.distances if point.model in kept),
            "transfer": (),
            "claims": (),
            **of_kept,
        }
    )


HOLES: dict[str, Callable[[Report], Report]] = {
    "all": lambda report: report,
    "no quantization": lambda report: only(report, "base", "independent", "pruned", "student", "control"),
    "no independents": lambda report: only(report, "base", "pruned", "quantized", "student"),
    "base alone": lambda report: only(report, "base"),
    "no base": lambda report: only(report, "independent", "pruned"),
    "nothing": only,
    "no measures": lambda report: report.model_copy(update={"measures": ()}),
    "no changed": lambda report: report.model_copy(update={"changed": (), "changed_counts": ()}),
    "nothing judged": lambda report: report.model_copy(
        update=dict.fromkeys(("relative_distances", "verdicts", "overall", "transfer", "claims"), ())
    ),
}


@pytest.fixture(scope="module", params=HOLES)
def page(request: pytest.FixtureRequest, report: Report) -> Page:
    return Page(report_html(HOLES[request.param](report)))


def test_sections_stand_in_their_order_and_none_is_empty(page: Page) -> None:
    places = [ORDER.index(name) for name in page.sections]
    assert places == sorted(places)
    assert {"answer", "details"} <= set(page.sections)
    # Every section but the first has a heading and something below it.
    kinds = [tag for tag, _ in page.elements]
    starts = [at for at, tag in enumerate(kinds) if tag == "section"]
    for start, end in pairwise([*starts, len(kinds)]):
        assert set(kinds[start:end]) & {"h1", "h2"}
        assert page.elements[start][1]["id"] == "answer" or set(kinds[start:end]) & {"table", "svg", "p"}


def test_the_contents_name_the_sections_that_there_are(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"][1:] for attributes in page.all("a")]
    assert set(links) <= set(ids)
    assert [name for name in page.sections if name != "answer"] == [one for one in links if one not in ("answer",)][
        : len(page.sections) - 1
    ]


def test_headings_are_nested_and_there_is_one_title(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_loads_nothing_and_allows_its_own_script_and_style_alone(page: Page) -> None:
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    [style] = page.styles
    [script] = [text for attributes, text in page.scripts if attributes.get("type") != "application/json"]
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{hash_of(style)}'",
        f"script-src 'sha256-{hash_of(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base", "video", "audio"}
        assert "style" not in attributes  # the policy forbids it
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
            value = attributes.get(name, "")
            assert value == "" or value.startswith(("#", "data:image/png;base64,")), (tag, name, value[:80])
    assert "url(" not in style
    assert "@import" not in style


def test_pictures_and_charts_have_words_and_tables_have_heads(page: Page) -> None:
    for drawing in page.all("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label")
    assert all(picture.get("alt") for picture in page.all("img"))
    assert all(head.get("scope") in {"col", "row"} for head in page.all("th"))
    assert len(page.all("caption")) >= len([one for one in page.all("table") if "sortable" in one.get("class", "")])


def test_every_fact_of_every_answer_is_on_the_page(report: Report) -> None:
    report = undrawn(report)
    words = Page(report_html(report)).text
    answers = candidate_answers(ReportView(report))
    assert answers
    for answer in answers:
        assert answer.name in words
        for fact in answer.facts:
            assert fact.value in words
            assert fact.interval in words


def test_the_one_answer_stands_with_all_its_facts(report: Report) -> None:
    one = report.model_copy(
        update={
            "models": tuple(m for m in report.models if m.role in ("base", "independent") or m.id == "pruned 70 %"),
            "verdicts": tuple(one for one in report.verdicts if one.candidate == "pruned 70 %"),
            "transfer": (),
            "claims": (),
            "landscape": (),
            "panels": (),
            "distances": (),
        }
    )
    [answer] = candidate_answers(ReportView(one))
    [head] = re.findall(r'<section id="answer">.*?</section>', report_html(one), re.DOTALL)
    head = Page(head).text
    # What the report itself says: 131 of 10,000 predictions changed.
    assert "1.31 %" in head
    for fact in answer.facts:
        assert all(words in head for words in (fact.label, fact.value, fact.interval, fact.note))


def test_every_cell_of_the_tables_is_on_the_page(report: Report) -> None:
    text = Page(report_html(report)).text
    # The table of all transferred shares is on the page in parts, one for each question and its inputs.
    parts = [one.table for _, answers in transfer_parts(ReportView(report)) for one in answers]
    for table in (*(table for table in all_tables(report) if table.name != "transfer"), *parts):
        for row in table.rows:
            for cell in row:
                assert cell.text in text
                assert cell.interval in text


def test_models_without_figures_are_no_hindrance(report: Report) -> None:
    blank: dict[str, Any] = {
        "accuracy": None,
        "accuracy_deviation": None,
        "bytes": None,
        "bytes_zstd": None,
        "history": (),
    }
    measures = tuple(
        entry.model_copy(update={"value": None, "low": None, "high": None, "notes": (Note(code="no labels"),)})
        if entry.measure != "disagreement"
        else entry.model_copy(update={"low": None, "high": None})
        for entry in report.measures
    )
    models = tuple(model.model_copy(update=blank) for model in report.models)
    blanked = undrawn(report).model_copy(update={"models": models, "measures": measures})
    assert "answer" in Page(report_html(blanked)).sections


def test_failures_and_warnings_stand_before_the_figures(make_report: MakeReport) -> None:
    failures = (Failure(model="x", error="diverged"), Failure(model="y", error="diverged"))
    report = make_report(
        landscape=(), panels=(), warnings=("first warning. And more.", "second warning"), failures=failures
    )
    head = Page(report_html(report)).text.partition("The candidates, ")[0]
    assert all(words in head for words in ("first warning. And more.", "second warning", "x and y : diverged"))


def test_equal_reports_give_equal_pages(make_report: MakeReport) -> None:
    later = make_report(times={"seconds": 2.0, "started": 5.0})
    assert report_html(undrawn(make_report())) == report_html(undrawn(later))


def test_the_spec_is_on_the_page(report: Report) -> None:
    assert '"confidence": 0.95' in Page(report_html(undrawn(report))).text
