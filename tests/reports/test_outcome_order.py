"""Which candidates the headline names, in what order, and how seeds of one method are counted."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from samefn.reports.view import ReportView
from samefn.reports.wording.headline import counted
from samefn.reports.wording.outcomes import OUTCOMES
from samefn.reports.wording.summary import headline, summary_sentences
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import Outcome, OverallEntry

MakeReport = Callable[..., Report]
# name: outcome, scale by disagreement, scale by total variation
Place = tuple[Outcome, float | None, float | None]


def placed(report: Report, places: dict[str, Place], first: str = "") -> Report:
    """The report with those candidates, students among them of seeds of their own, where they are said to be."""
    models = [model for model in report.models if model.role in {"base", "replicate", "independent"}]
    verdict, scale = report.verdicts[0], report.relative_distances[0]
    verdicts, scales = [], []
    for name, (outcome, by_predictions, by_probabilities) in places.items():
        models.append(_model(name))
        verdicts.append(verdict.model_copy(update={"candidate": name, "outcome": outcome}))
        for measure, value in (("disagreement", by_predictions), ("total_variation", by_probabilities)):
            scales.append(scale.model_copy(update={"candidate": name, "measure": measure, "value": value}))
    overall: tuple[OverallEntry, ...] = ()
    if first:
        overall = (OverallEntry(evaluation="test", outcome=places[first][0], candidate=first),)
    changes: dict[str, Any] = {"models": tuple(models), "verdicts": tuple(verdicts)}
    changes["relative_distances"] = tuple(scales)
    return report.model_copy(update=changes | {"overall": overall})


def _model(name: str) -> ModelEntry:
    if not name.startswith("student"):
        return ModelEntry(id=name, name=name, role="pruned", method=Given(adapter="made up"), parent="base")
    family = name.rpartition(", ")[0]
    how = Given(adapter="made up")
    return ModelEntry(id=name, name=name, role="student", method=how, family=family, parent="base")


STUDENTS = [f"student, alpha 0.9, seed {seed}" for seed in (42, 24, 2001, 2002, 2003)]
WORST = "The worst: "


@pytest.mark.parametrize("first", ["", "pruned 90 %"])
def test_the_furthest_comes_first_and_seeds_are_counted(first: str, report: Report) -> None:
    places: dict[str, Place] = dict.fromkeys(STUDENTS, ("changed", 0.3, 0.3))
    places[STUDENTS[3]] = ("broken", 1.4, 1.2)
    places["pruned 90 %"] = ("broken", 1.5, 3.4)
    found = ReportView(placed(report, places, first))
    assert in_order(headline(found), f"{WORST}pruned 90 %", "1 of 5", "student, alpha 0.9")
    counts = re.findall(r"\d+ \w+", dict(summary_sentences(found))["By method"])
    assert counts == ["4 changed", "1 broken", "1 broken"]


def test_the_overall_verdicts_candidate_comes_first_where_it_is_among_them(report: Report) -> None:
    places: dict[str, Place] = {"a": ("changed", 0.5, 0.5), "b": ("changed", 0.7, 0.7), "c": ("changed", 0.6, 0.6)}
    assert in_order(headline(ReportView(placed(report, places, "a"))), f"{WORST}a ", " 2 more ")
    assert in_order(headline(ReportView(placed(report, places))), f"{WORST}b ", " 2 more ")


def test_where_answers_have_no_scale_probabilities_decide(report: Report) -> None:
    places: dict[str, Place] = {"a": ("changed", None, 1.1), "b": ("changed", None, 2.0)}
    found = ReportView(placed(report, places))
    assert in_order(headline(found), f"{WORST}b ", " a ")


def test_all_seeds_of_one_kind(report: Report) -> None:
    places: dict[str, Place] = dict.fromkeys(STUDENTS, ("inconclusive", 0.3, 0.3))
    assert in_order(headline(ReportView(placed(report, places, STUDENTS[0]))), "all 5 seeds", "student, alpha 0.9")
    places[STUDENTS[1]] = ("broken", 9.0, 9.0)
    places["pruned 90 %"] = ("broken", 8.0, 8.0)
    title = headline(ReportView(placed(report, places)))
    assert in_order(title, f"{WORST}1 of 5", "student, alpha 0.9", "pruned 90 %", OUTCOMES["broken"].many)
    # A kind of which there is one seed alone has its own name.
    alone: dict[str, Place] = {STUDENTS[0]: ("broken", 1.4, 1.2), "pruned 10 %": ("same", 0.0, 0.0)}
    assert f"{WORST}{STUDENTS[0]}, {OUTCOMES['broken'].one}" in headline(ReportView(placed(report, alone)))


def test_outcomes_are_counted_the_best_first() -> None:
    counts = re.findall(r"\d+ \w+", counted(["changed", "same", "lost", "same"]))
    assert counts == ["2 same", "1 changed", "1 lost"]


def test_one_independent_has_one_interval(report: Report) -> None:
    models = tuple(model for model in report.models if model.id != "independent, seed 1")
    measures = tuple(entry for entry in report.measures if entry.candidate != "independent, seed 1")
    one = report.model_copy(update={"models": models, "measures": measures})
    assert percentages(one) == ["0.87", "0.70", "1.07"]
    assert percentages(report)[:2] == ["0.87", "0.92"]


def test_three_independents_of_two_shares_are_a_range(report: Report) -> None:
    """As for any three or more: two numbers would leave the third one out"""
    [one, two] = [model for model in report.models if model.role == "independent"]
    third = one.model_copy(update={"id": "third", "name": "third"})
    for like in (one.id, two.id):
        more = tuple(m.model_copy(update={"candidate": "third"}) for m in report.measures if m.candidate == like)
        three = report.model_copy(update={"models": (*report.models, third), "measures": (*report.measures, *more)})
        sentence = dict(summary_sentences(ReportView(three)))["Independents"]
        assert sentence.startswith("3 ")
        assert in_order(sentence, "0.87 % to ", "0.92 %")


def in_order(text: str, *parts: str) -> bool:
    """Whether the text has all parts, one after the other."""
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def percentages(report: Report) -> list[str]:
    """The numbers of the sentence about the independents: their shares, then the ends of the interval."""
    return re.findall(r"\d+\.\d+", dict(summary_sentences(ReportView(report)))["Independents"])
