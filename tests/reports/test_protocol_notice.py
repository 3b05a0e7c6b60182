"""How a study differs from the corrected method, under the headline and in the terminal."""

import io
from collections.abc import Callable
from html import escape
from typing import Any

from rich.console import Console

from samefn.cli.details import print_report_details
from samefn.config.switches import DIFFERENCES, SWITCHES
from samefn.reports.answers.line import plain
from samefn.reports.answers.lines import answer_lines
from samefn.reports.overview.page import overview_html
from samefn.reports.page.report import report_html
from samefn.reports.wording.protocol import protocol_notice, variant_words
from samefn.schema.report import Report

from .page.parsed import Page
from .test_overview import overview, result

MakeReport = Callable[..., Report]


def details(report: Report) -> list[str]:
    console = Console(file=io.StringIO(), width=2000)
    print_report_details(report, console)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


def studied(make_report: MakeReport, **study: Any) -> Report:
    return make_report(**study)


def test_the_published_protocol_is_said_with_all_its_switches(make_report: MakeReport) -> None:
    report = studied(make_report, protocol="published", switches=[])
    head = Page(report_html(report)).text.partition("The candidates, ")[0]
    assert "Protocol : published" in head
    for name, difference in DIFFERENCES.items():
        assert f"{name} : {difference.title}: {difference.published}." in head
    [line] = [line for line in details(report) if line.startswith("Protocol: published")]
    assert all(name in line for name in SWITCHES)
    assert any(plain(line).startswith("  protocol: published") for line in answer_lines(report))


def test_a_switch_is_said_with_what_it_does(make_report: MakeReport) -> None:
    report = studied(make_report, protocol="corrected", switches=["double-softmax"])
    difference = DIFFERENCES["double-softmax"]
    words = f"Switch on: double-softmax: {difference.title}: {difference.published}."
    assert words in details(report)
    head = Page(report_html(report)).text.partition("The candidates, ")[0]
    assert f"{difference.title}: {difference.published}." in head
    two = protocol_notice(studied(make_report, protocol="corrected", switches=["dynamic-range", "<b>"]))
    assert two is not None
    assert two.term == "Switches on"
    assert two.sentence.endswith("; <b>.")
    assert DIFFERENCES["dynamic-range"].published in two.sentence
    assert escape("; <b>.") in report_html(studied(make_report, switches=["dynamic-range", "<b>"]))


def test_the_corrected_method_needs_no_word(make_report: MakeReport, report: Report) -> None:
    assert protocol_notice(report) is None
    assert protocol_notice(studied(make_report, protocol="corrected", switches=[])) is None


def test_the_overviews_list_of_studies_says_it(report: Report) -> None:
    found = overview(result(report), result(report, "published"), result(report, "student-adamax"))
    studies = Page(overview_html(found)).text.rpartition("Studies Each ")[2]
    for variant in ("published", "student-adamax"):
        assert f"mnist-lenet-{variant} {variant_words(variant)}" in studies
    assert "mnist-lenet-corrected mnist-lenet-published" in studies
