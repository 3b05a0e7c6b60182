"""The whole report in one HTML file that opens offline: nothing is loaded, and its own rules forbid it to."""

from typing import Any

from samefn.reports.answers.facts import CandidateAnswer, candidate_answers, subject
from samefn.reports.answers.notices import failed_models
from samefn.reports.charts.theme import charts_css
from samefn.reports.page.answer import IN_WORDS, NOTED, TONES, fact_cells, fact_columns, tally
from samefn.reports.page.changed import changed_inputs, example_facts, probability_rows, script_data
from samefn.reports.page.classes import class_matrices
from samefn.reports.page.details import details
from samefn.reports.page.drawn import PageCharts
from samefn.reports.page.page import environment, policy, template
from samefn.reports.page.study import study_parts
from samefn.reports.view import ReportView
from samefn.reports.wording.divergence import infinite_divergences
from samefn.reports.wording.protocol import protocol_notice
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.warnings import base_sentence, further_warnings
from samefn.schema.report import Report

_SCRIPTS = ("tables.js", "changed.js")
_STYLES = ("page.css", "report.css")
# Sections and what the contents on top call them; one that is not on the page is not in the contents.
_CONTENTS = {
    "candidates": "Candidates",
    "changed": "Changed inputs",
    "classes": "Classes",
    "cost": "Size and latency",
    "landscape": "Landscape",
    "transfer": "Teacher",
    "claims": "Claims",
    "paper": "Paper's table",
    "language": "Language models",
    "layers": "Layers",
    "details": "Details",
}


def report_html(report: Report) -> str:
    """The report as one HTML page.

    Names, notes and every other text are escaped; images are shown only when they are PNG data URIs. The page
    holds no date and no time: equal reports but for `times` give equal pages.
    """
    view = ReportView(report)
    answers = candidate_answers(view)
    order = [model.id for answer in answers for model in answer.models]
    inputs = changed_inputs(view, order)
    charts = PageCharts(view)
    script = "\n".join(map(template, _SCRIPTS))
    style = "\n".join([*map(template, _STYLES), charts_css(), _map_rules(len(charts.maps))])
    parts: dict[str, Any] = {
        "report": report,
        "view": view,
        "compared": report.compared,
        "policy": policy(style, script),
        "script": script,
        "style": style,
        "charts": charts,
        "inputs": inputs,
        "script_data": script_data(view, inputs),
        "example_facts": example_facts,
        "probability_rows": probability_rows,
        "matrices": class_matrices(view, order),
        "maps": charts.maps,
        **_answer(view, answers),
        **study_parts(view, charts),
        **details(view),
    }
    return environment().get_template("report.html.j2").render(parts, contents=_contents(parts))


def _answer(view: ReportView, answers: tuple[CandidateAnswer, ...]) -> dict[str, Any]:
    report = view.report
    return {
        "answers": answers,
        "subject": subject(view),
        "tones": TONES,
        "tally": tally(view),
        "best": next((answer for answer in answers if answer.best_trade_off), None),
        "limits": list(dict.fromkeys(answer.limit for answer in answers)),
        "seeds": any(len(answer.models) > 1 for answer in answers),
        "columns": fact_columns(answers),
        "noted": NOTED,
        "in_words": IN_WORDS,
        "cells": fact_cells(answers),
        "nothing": "No candidate was measured." if view.base else "The base could not be made.",
        "protocol": protocol_notice(report),
        "doubt": base_sentence(report),
        "failures": failed_models(report),
        "infinite": infinite_divergences(report),
        "warnings": further_warnings(report),
        "requirements_met": requirements_met(report),
        "unmet": [requirement_sentence(view, entry) for entry in report.requirements if entry.outcome != "holds"],
    }


def _contents(parts: dict[str, Any]) -> list[tuple[str, str]]:
    """Id and title of every section that the page has."""
    charts = parts["charts"]
    there = {
        "candidates": charts.named("candidates"),
        "changed": parts["inputs"].examples,
        "classes": parts["matrices"],
        "cost": charts.named("tradeoff"),
        "landscape": parts["maps"] or parts["distances"],
        "transfer": parts["transfer"],
        "claims": parts["claims"],
        "paper": parts["paper"].rows,
        "language": parts["language_main"].rows,
        "layers": parts["layers"].rows,
        "details": True,
    }
    return [(name, title) for name, title in _CONTENTS.items() if there[name]]


def _map_rules(maps: int) -> str:
    """One map at a time is shown, the one that is picked."""
    return "".join(
        f"@media screen{{#landscape:has(#pick-{at}:not(:checked)) #map-{at}{{display:none}}}}\n"
        for at in range(1, maps + 1)
    )
