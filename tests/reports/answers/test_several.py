"""Several candidates: a line each in the order of the ranking, one of them marked, seeds of one method together."""

from collections.abc import Callable
from statistics import median

import pytest

from samefn.reports.answers.facts import candidate_answers
from samefn.reports.answers.line import plain
from samefn.reports.answers.lines import answer_lines
from samefn.reports.answers.words import answer_words
from samefn.reports.tables.ranking import ranking_table
from samefn.reports.view import ReportView
from samefn.schema.report import Report

from . import made_up

NOISES = {"int3.onnx": 2.0, "int8.onnx": 0.005, "fp16.onnx": 0.001, "int4.onnx": 0.9}


@pytest.fixture(scope="module")
def report() -> Report:
    return made_up.with_costs(
        made_up.comparison(NOISES, independents=2, limit=0.02),
        {"int3.onnx": (0.1, 1), "int8.onnx": (0.26, 1.8), "fp16.onnx": (0.5, 1), "int4.onnx": (0.13, 0.9)},
    )


def rows(report: Report, width: int = 80) -> list[str]:
    return [plain(line) for line in answer_lines(report, width)]


def test_the_order_is_that_of_the_ranking(report: Report) -> None:
    names = [answer.name for answer in candidate_answers(ReportView(report))]
    assert names == [str(row[1]) for row in ranking_table(report).rows]
    lines = rows(report)
    places = [next(at for at, line in enumerate(lines) if line[2:].startswith(name)) for name in names]
    assert places == list(range(places[0], places[0] + len(names)))


def test_the_best_trade_off_is_the_smallest_that_is_the_same(report: Report) -> None:
    answers = candidate_answers(ReportView(report))
    assert {answer.name for answer in answers if answer.words.startswith("SAME")} == {"int8.onnx", "fp16.onnx"}
    assert [answer.name for answer in answers if answer.best_trade_off] == ["int8.onnx"]
    assert [line[2:].split()[0] for line in rows(report) if line.startswith("* ")] == ["int8.onnx"]
    assert sum("best trade-off" in line for line in rows(report)) == 1


def test_no_trade_off_is_marked_where_none_is_the_same_or_none_is_smaller(report: Report) -> None:
    larger = made_up.with_costs(report, {})
    changed = report.model_copy(
        update={"verdicts": tuple(one.model_copy(update={"outcome": "changed"}) for one in report.verdicts)}
    )
    for other in (larger, changed):
        assert not any(answer.best_trade_off for answer in candidate_answers(ReportView(other)))
        assert not any("trade-off" in line for line in rows(other))


def test_one_that_is_worse_is_no_trade_off(report: Report) -> None:
    worse = report.model_copy(
        update={"verdicts": tuple(one.model_copy(update={"quality": "worse"}) for one in report.verdicts)}
    )
    assert not any(answer.best_trade_off for answer in candidate_answers(ReportView(worse)))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_every_column_is_there_or_said_to_be_left_out(width: int, report: Report) -> None:
    lines = rows(report, width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for column in ("changed", "accuracy", "distance", "size", "latency"):
        assert column in text


def test_a_slower_one_keeps_its_latency(report: Report) -> None:
    lines = rows(report, 70)
    assert "latency" in lines[2]
    assert any("1.80x" in line for line in lines)


def test_the_seeds_of_a_method_are_one_line_with_median_and_range(report: Report) -> None:
    few = {"int3.onnx", "int4.onnx"}
    models = tuple(one.model_copy(update={"family": "few bits"}) if one.name in few else one for one in report.models)
    [answer] = [
        one
        for one in candidate_answers(ReportView(report.model_copy(update={"models": models})))
        if len(one.models) > 1
    ]
    assert {model.name for model in answer.models} == few
    assert answer.words == "CHANGED, WORSE"
    [changed] = [fact for fact in answer.facts if fact.key == "changed"]
    shares = [100 * one.against[0].value for one in report.verdicts if report.model(one.candidate).name in few]
    assert float(changed.value.removesuffix(" %")) == pytest.approx(median(shares), abs=0.5)
    low, high = (float(end) for end in changed.interval.strip("()").split(" to "))
    assert (low, high) == pytest.approx((min(shares), max(shares)), abs=0.5)


def test_seeds_that_differ_are_counted_by_the_worst(report: Report) -> None:
    verdicts = report.verdicts
    assert answer_words([one.model_copy(update={"quality": "no labels"}) for one in verdicts]) == "CHANGED 2/4"
    assert answer_words(verdicts) == "CHANGED 2/4, WORSE 2/4"


def test_a_study_is_named_and_its_failed_base_says_so(report: Report, make_report: Callable[..., Report]) -> None:
    study = make_report()
    assert rows(study)[0].startswith("mnist: ")
    without = study.model_copy(
        update={"models": tuple(one for one in study.models if one.role != "base"), "verdicts": (), "claims": ()}
    )
    assert rows(without)[0] == "The base could not be made, so nothing can be compared."
