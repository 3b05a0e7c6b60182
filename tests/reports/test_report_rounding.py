"""Relative distances to two decimals everywhere, one rounding for one figure, and captions with what a reader needs."""

import re

import pytest

from samefn.reports.charts.map_data import caption
from samefn.reports.page.report import report_html
from samefn.reports.tables.table import measures_table, models_table
from samefn.reports.tables.transfer import transfer_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_two_decimals
from samefn.reports.wording.transfer import MAIN_QUESTION, QUESTIONS, REFERENCES, STATES, transfer_answer
from samefn.schema.report import Report

from .page.parsed import Page

NUMBER = r"(0|<0\.01|>−0\.01|−?\d+\.\d\d)"  # noqa: RUF001


def test_relative_distances_have_two_decimals(report: Report) -> None:
    wide = tuple(one.model_copy(update={"low": 0.04, "high": 11.96}) for one in report.relative_distances)
    table = verdicts_table(report.model_copy(update={"relative_distances": wide}))
    keys = [column.key for column in table.columns]
    for row in table.rows:
        for key in ("relative_distance_disagreement", "relative_distance_total_variation"):
            cell = row[keys.index(key)]
            assert re.fullmatch(NUMBER, cell.text)
            assert cell.interval == "[0.04, 11.96]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.004, "<0.01"), (-0.004, ">−0.01"), (0.1, "0.10"), (171.0, "171.00"), (None, "—")],  # noqa: RUF001
)
def test_two_decimals(value: float | None, text: str) -> None:
    assert format_two_decimals(value).text == text


def test_one_figure_has_one_rounding(report: Report) -> None:
    models, measures = models_table(report), measures_table(report)
    keys = [column.key for column in measures.columns]
    shown = {
        row[keys.index("candidate")].raw: row[keys.index("value")]
        for row in measures.rows
        if row[keys.index("measure")].raw == "accuracy_deviation"
    }
    column = [column.key for column in models.columns].index("accuracy_deviation")
    compared = [
        (row[column].text, shown[name].text)
        for row, name in zip(models.rows, models.models, strict=True)
        if name in shown
    ]
    assert len(compared) == len(report.models) - 1
    assert all(one == other for one, other in compared)
    assert "+0.01" in {
        one for one, _ in compared
    }  # float16 and others stay 0; pruned 30 % is right a little more often


def test_a_maps_caption_holds_what_a_reader_needs(report: Report) -> None:
    tsne, mds, _ = report.landscape
    points = tsne.settings.points
    assert re.findall(r"\d+(?:\.\d+)?", caption(tsne)) == [str(points), "30", "0.981", "0.714", "0.382"]
    assert "perplexity" not in caption(mds)
    before, _, made = Page(report_html(report)).text.partition("How each model was made")
    assert "iterations 1000" not in before
    assert "iterations 1000" in made


def test_what_holms_correction_takes_away_is_said(report: Report) -> None:
    p_values = iter((0.053, 0.061, 0.074))
    entries = [
        entry.model_copy(update={"outcome": "inconclusive", "reason": "above 0", "p_holm": next(p_values)})
        for entry in report.transfer
        if (entry.students, entry.reference, entry.inputs, entry.measure) == ("base", "control", "all", "disagreement")
    ]
    found = ReportView(report.model_copy(update={"transfer": tuple(entries)}))
    assert transfer_answer(found, *MAIN_QUESTION).endswith(" (p 0.053 to 0.074).")
    entries[2] = entries[2].model_copy(update={"reason": "undecided"})
    entries[1] = entries[1].model_copy(update={"reason": "below 0"})
    found = ReportView(report.model_copy(update={"transfer": tuple(entries)}))
    above, below, undecided = transfer_answer(found, *MAIN_QUESTION).removeprefix("Inconclusive: ").split("; ")
    assert re.fullmatch(r"at alpha 0\.1 .*above 0.* \(p 0\.053\)", above)
    assert re.fullmatch(r"at alpha 0\.5 .*below 0.* \(p 0\.061\)", below)
    assert undecided == f"at alpha 0.9 {STATES['undecided'].clause}."


def test_students_that_are_farther_are_said_to_be(report: Report) -> None:
    far = tuple(
        entry.model_copy(update={"outcome": "farther", "reason": None, "share": -0.5}) for entry in report.transfer
    )
    found = report.model_copy(update={"transfer": far})
    table = transfer_table(found)
    assert {(row[-1].text, row[-1].raw) for row in table.rows} == {("farther from the teacher", "farther")}
    page = Page(report_html(found)).text
    for question, inputs in ((MAIN_QUESTION[0], "all"), (QUESTIONS[1], "all")):
        answer = transfer_answer(ReportView(found), question, inputs)
        assert answer.endswith(f"{REFERENCES[question.reference]}.")
        assert answer in page
