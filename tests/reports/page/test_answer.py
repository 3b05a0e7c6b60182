"""What the page says first."""

from dataclasses import replace

from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import candidate_answers
from samefn.reports.page.answer import fact_columns
from samefn.reports.page.report import report_html
from samefn.reports.view import ReportView
from samefn.schema.report import Report


def test_facts_in_words_have_no_column(report: Report) -> None:
    answers = candidate_answers(ReportView(report))
    noise, layer = Fact("noise", "own noise", "0.1 % of inputs"), Fact("layer", "worst layer", "fc1: 0.4")
    more = [replace(answers[0], facts=(*answers[0].facts, noise, layer)), *answers[1:]]
    assert fact_columns(more) == fact_columns(answers)
    assert not {"noise", "layer"} & {key for key, _ in fact_columns(answers)}


def test_the_columns_of_the_page_are_those_of_its_rows(report: Report) -> None:
    answers = candidate_answers(ReportView(report))
    table = report_html(report).split('id="t-answers"')[1].split("</table>")[0]
    assert table.count('<th scope="col"') == 2 + len(fact_columns(answers))
