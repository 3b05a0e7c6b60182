"""How a study differs from the corrected method, under the headline and in the terminal."""

from collections.abc import Callable
from html import escape
from typing import Any

import pytest

from samefn.cli.show import print_report
from samefn.config.switches import DIFFERENCES, SWITCHES
from samefn.reports.overview.page import overview_html
from samefn.reports.page.report import report_html
from samefn.reports.wording.protocol import protocol_notice, variant_words
from samefn.schema.report import Report

from .page.parsed import Page
from .test_overview import overview, result

MakeReport = Callable[..., Report]


def studied(make_report: MakeReport, **study: Any) -> Report:
    return make_report(**study)


def test_the_published_protocol_is_said_with_all_its_switches(
    make_report: MakeReport, capsys: pytest.CaptureFixture[str]
) -> None:
    report = studied(make_report, protocol="published", switches=[])
    head = Page(report_html(report)).text.partition("The candidates, ")[0]
    assert "Protocol : published" in head
    for name, difference in DIFFERENCES.items():
        assert f"{name} : {difference.title}: {difference.published}." in head
    print_report(report)
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Protocol: published")]
    assert all(name in line for name in SWITCHES)


def test_a_switch_is_said_with_what_it_does(make_report: MakeReport, capsys: pytest.CaptureFixture[str]) -> None:
    report = studied(make_report, protocol="corrected", switches=["double-softmax"])
    difference = DIFFERENCES["double-softmax"]
    words = f"Switch on: double-softmax: {difference.title}: {difference.published}."
    print_report(report)
    assert words in capsys.readouterr().out.splitlines()
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
