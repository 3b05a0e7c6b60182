"""Which candidates the headline names, in what order, and how several seeds of one kind are spoken of."""

from collections.abc import Callable
from typing import Any

import pytest

from samefn.reports.view import ReportView
from samefn.reports.wording.outcomes import OUTCOMES, counted
from samefn.reports.wording.summary import groups, headline, sentences
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import Outcome, OverallEntry

MakeReport = Callable[..., Report]
# name: outcome, scale by disagreement, scale by total variation
Place = tuple[Outcome, float | None, float | None]


def placed(report: Report, places: dict[str, Place], first: str = "") -> Report:
    """The report with those candidates, students among them of seeds of their own, where they are said to be."""
    models = [model for model in report.models if model.role in {"base", "replicate", "independent"}]
    verdict, scale = report.verdicts[0], report.scale[0]
    verdicts, scales = [], []
    for name, (outcome, by_answers, by_probabilities) in places.items():
        models.append(_model(name))
        verdicts.append(verdict.model_copy(update={"candidate": name, "outcome": outcome}))
        for measure, value in (("disagreement", by_answers), ("total_variation", by_probabilities)):
            scales.append(scale.model_copy(update={"candidate": name, "measure": measure, "value": value}))
    overall: tuple[OverallEntry, ...] = ()
    if first:
        overall = (OverallEntry(evaluation="test", outcome=places[first][0], candidate=first, sentence=""),)
    changes: dict[str, Any] = {"models": tuple(models), "verdicts": tuple(verdicts), "scale": tuple(scales)}
    return report.model_copy(update=changes | {"overall": overall})


def _model(name: str) -> ModelEntry:
    if not name.startswith("student"):
        return ModelEntry(id=name, name=name, role="pruned", method=Given(adapter="made up"), parent="base")
    family = name.rpartition(", ")[0]
    how = Given(adapter="made up")
    return ModelEntry(id=name, name=name, role="student", method=how, family=family, parent="base")


STUDENTS = [f"student, alpha 0.9, seed {seed}" for seed in (42, 24, 2001, 2002, 2003)]
TITLE = "Not every candidate is still the same function: the worst, "
STRANGERS = "as far from the base as a model trained independently or farther."


@pytest.mark.parametrize("first", ["", "pruned 90 %"])
def test_the_furthest_comes_first_and_seeds_are_counted(first: str, report: Report) -> None:
    places: dict[str, Place] = dict.fromkeys(STUDENTS, ("changed", 0.3, 0.3))
    places[STUDENTS[3]] = ("independent", 1.4, 1.2)
    places["pruned 90 %"] = ("independent", 1.5, 3.4)
    found = ReportView(placed(report, places, first))
    assert (
        headline(found) == f"{TITLE}pruned 90 % and 1 of 5 seeds of student, alpha 0.9, are independents, {STRANGERS}"
    )
    assert dict(sentences(found))["By method"] == "students: 4 changed and 1 independent; pruned models: 1 independent."


def test_the_overall_verdicts_candidate_comes_first_where_it_is_among_them(report: Report) -> None:
    places: dict[str, Place] = {
        "a": ("changed", 0.5, 0.5),
        "b": ("changed", 0.7, 0.7),
        "c": ("changed", 0.6, 0.6),
    }
    assert f"{TITLE}a and 2 more, have changed" in headline(ReportView(placed(report, places, "a")))
    assert f"{TITLE}b and 2 more, have changed" in headline(ReportView(placed(report, places)))


def test_where_answers_have_no_scale_probabilities_decide(report: Report) -> None:
    places: dict[str, Place] = {"a": ("independent", None, 1.1), "b": ("independent", None, 2.0)}
    found = ReportView(placed(report, places))
    assert f"{TITLE}b and a, are independents" in headline(found)
    assert [member.name for group in groups(found) for member in group.members] == ["a", "b"]


def test_all_seeds_of_one_kind(report: Report) -> None:
    places: dict[str, Place] = dict.fromkeys(STUDENTS, ("inconclusive", 0.3, 0.3))
    assert headline(ReportView(placed(report, places, STUDENTS[0]))) == (
        "Not every candidate is shown to be still the same function: all 5 seeds of student, alpha 0.9, cannot be told "
        "either way."
    )
    places[STUDENTS[1]] = ("broken", 9.0, 9.0)
    places["pruned 90 %"] = ("broken", 8.0, 8.0)
    said = headline(ReportView(placed(report, places)))
    assert f"{TITLE}1 of 5 seeds of student, alpha 0.9, and pruned 90 %, are broken" in said
    # A kind of which there is one seed alone has its own name.
    alone: dict[str, Place] = {STUDENTS[0]: ("independent", 1.4, 1.2), "pruned 10 %": ("same", 0.0, 0.0)}
    assert f"the worst, {STUDENTS[0]}, is an independent" in headline(ReportView(placed(report, alone)))


def test_counts_are_grammatical() -> None:
    assert {counted(1, outcome) for outcome in OUTCOMES} >= {"1 independent", "1 changed (perhaps an independent)"}
    assert {counted(2, outcome) for outcome in OUTCOMES} == {
        "2 same",
        "2 inconclusive",
        "2 changed",
        "2 changed (perhaps independents)",
        "2 independents",
        "2 broken",
    }


def test_one_independent_has_one_interval(report: Report) -> None:
    kept = tuple(model for model in report.models if model.id != "independent, seed 1")
    measures = tuple(entry for entry in report.measures if entry.candidate != "independent, seed 1")
    one = report.model_copy(update={"models": kept, "measures": measures})
    said = dict(sentences(ReportView(one)))["IndependentRange"]
    assert said == (
        "One independently trained model differs from the base on 0.87 % of the inputs, with an interval from 0.70 to "
        "1.07 %."
    )
    assert "differ from the base on 0.87 % and 0.92 % of" in dict(sentences(ReportView(report)))["IndependentRange"]


def test_three_independents_of_two_shares_are_a_range(report: Report) -> None:
    """As for any three or more: two numbers would leave the third one out"""
    [one, two] = [model for model in report.models if model.role == "independent"]
    third = one.model_copy(update={"id": "third", "name": "third"})
    for like in (one.id, two.id):
        more = tuple(m.model_copy(update={"candidate": "third"}) for m in report.measures if m.candidate == like)
        found = report.model_copy(update={"models": (*report.models, third), "measures": (*report.measures, *more)})
        said = dict(sentences(ReportView(found)))["IndependentRange"]
        assert said.startswith("3 independently trained models differ from the base on 0.87 % to 0.92 % of the inputs")
