"""What a report says of verdicts, transfer and claims: made from its entries, and equal to them."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any, get_args

import pytest

from samefn.reports.charts.transfer import share_groups
from samefn.reports.page.report import report_html
from samefn.reports.read import read_report
from samefn.reports.tables.claims import claim_figures_table, claims_table
from samefn.reports.tables.noise_floor import noise_floor_table
from samefn.reports.tables.render import to_csv
from samefn.reports.tables.transfer import transfer_parts, transfer_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import CLAIM_WORDING, claim_figure, claim_reason, claims_summary
from samefn.reports.wording.outcomes import OUTCOMES
from samefn.reports.wording.summary import headline, summary_sentences
from samefn.reports.wording.transfer import MAIN_QUESTION, QUESTIONS, STATES, transfer_answer, transfer_figures
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.reports.write import all_tables
from samefn.schema.claims import TransferReason
from samefn.schema.report import Report
from samefn.schema.verdicts import Outcome, OverallEntry

MakeReport = Callable[..., Report]


def said(report: Report) -> dict[str, str]:
    return dict(summary_sentences(ReportView(report)))


def judged(report: Report, outcomes: dict[str, Outcome]) -> Report:
    """The report with only those candidates judged, and the overall verdict that the rules give."""
    verdicts = tuple(
        verdict.model_copy(update={"outcome": outcomes[verdict.candidate]})
        for verdict in report.verdicts
        if verdict.candidate in outcomes
    )
    order = list(OUTCOMES)
    far = {one.candidate: one.value for one in report.relative_distances if one.measure == "disagreement"}
    worst = max(verdicts, key=lambda verdict: (order.index(verdict.outcome), far[verdict.candidate]))
    overall = OverallEntry(evaluation="test", outcome=worst.outcome, candidate=worst.candidate)
    return report.model_copy(update={"verdicts": verdicts, "overall": (overall,)})


def alone(report: Report) -> Report:
    """The report as it is without any independent."""
    kept = {model.id for model in report.models if model.role != "independent"}
    refused: dict[str, Any] = {
        "independents": 0,
        "independent_distance": None,
        "value": None,
        "low": None,
        "high": None,
    }
    refused |= {"covers": "examples only", "refused": "no independents"}
    return report.model_copy(
        update={
            "models": tuple(model for model in report.models if model.id in kept),
            "measures": tuple(entry for entry in report.measures if entry.candidate in kept),
            "relative_distances": tuple(entry.model_copy(update=refused) for entry in report.relative_distances),
            "verdicts": tuple(one.model_copy(update={"distance": None}) for one in report.verdicts),
        }
    )


def test_every_outcome_has_words_the_best_first() -> None:
    assert tuple(OUTCOMES) == get_args(Outcome)


def test_the_headline_names_the_worst_candidate(report: Report) -> None:
    assert "pruned 90 %" in headline(ReportView(report))
    assert f" {OUTCOMES['broken'].one}" in headline(ReportView(report))


@pytest.mark.parametrize(
    ("outcomes", "named"),
    [
        ({"float16": "same"}, ["float16"]),
        ({"float16": "inconclusive"}, ["float16"]),
        ({"float16": "changed"}, ["float16"]),
        ({"float16": "same", "pruned 10 %": "same"}, []),
        ({"float16": "same", "pruned 10 %": "inconclusive"}, ["pruned 10 %"]),
        ({"float16": "changed", "int8 static": "same", "pruned 10 %": "changed"}, ["pruned 10 %", "float16"]),
    ],
)
def test_the_headline_names_whoever_has_the_worst_outcome(
    outcomes: dict[str, Outcome], named: list[str], report: Report
) -> None:
    found = judged(report, outcomes)
    assert [one for one in outcomes if one in headline(ReportView(found))] == sorted(named, key=list(outcomes).index)
    # A report from before there was an overall verdict says the same.
    assert headline(ReportView(found.model_copy(update={"overall": ()}))) == headline(ReportView(found))


def test_the_counts_are_those_of_the_verdicts_and_leave_controls_out(report: Report) -> None:
    roles = {model.id: model.role for model in report.models}
    outcomes = [one.outcome for one in report.verdicts if roles[one.candidate] != "control"]
    counts = [int(number) for number in re.findall(r"\d+", said(report)["Verdicts"])]
    assert counts == [len(outcomes), *(outcomes.count(one) for one in OUTCOMES if one in outcomes)]
    by_method = [re.findall(r"\d+ \w+", part) for part in said(report)["By method"].split(";")]
    assert by_method == [
        ["3 changed"],
        ["1 same", "1 inconclusive", "1 changed"],
        ["1 same", "1 inconclusive", "2 changed", "1 broken"],
    ]


def test_other_evaluation_sets_have_their_own_sentence(report: Report) -> None:
    other = OverallEntry(evaluation="noisy", outcome="same", candidate="float16")
    found = report.model_copy(update={"overall": (*report.overall, other)})
    assert said(found)["Worst on noisy"] == f"float16 {OUTCOMES['same'].one}."
    assert "Worst on test" not in said(found)


def test_inconclusive_candidates_have_a_sentence_each(report: Report) -> None:
    ids = [verdict.candidate for verdict in report.verdicts if report.model(verdict.candidate).role != "control"]
    for doubtful in (0, 1, 3, 4):
        found = judged(report, {one: "inconclusive" if i < doubtful else "same" for i, one in enumerate(ids)})
        sentences = [sentence for _, sentence in summary_sentences(ReportView(found))]
        why = [one for one in sentences if one.startswith(("Inconclusive: ", "Inconclusive, "))]
        known = {verdict_sentence(found, one) for one in found.verdicts if one.outcome == "inconclusive"}
        assert set(why) <= known
        assert len(why) == min(doubtful, 3)
        assert ("Inconclusive" in said(found)) == (doubtful == 4)  # how many more


def test_a_name_cannot_steer_the_terminal(make_report: MakeReport) -> None:
    report = make_report({"pruned 90 %": "\x1b[2Jgone\u202e"})
    assert headline(ReportView(report)).isprintable()
    assert "\\x1b[2Jgone\\u202e" in headline(ReportView(report))


def test_without_independents_disagreement_stands_beside_forts_curves(report: Report) -> None:
    found = alone(report)
    table = verdicts_table(found)
    lines = {line["model"]: line for line in csv.DictReader(io.StringIO(to_csv(table)))}
    measured = {e.candidate: e for e in found.measures if e.measure == "disagreement" and e.base == "base"}
    assert set(lines) == {verdict.candidate for verdict in found.verdicts}
    for verdict in found.verdicts:
        line, entry = lines[verdict.candidate], measured[verdict.candidate]
        assert (float(line["fort_independent"]), float(line["fort_perturbed"])) == (
            verdict.fort_independent,
            verdict.fort_perturbed,
        )
        shown = [float(line[key]) for key in ("changed", "changed_low", "changed_high")]
        assert shown == pytest.approx([entry.value, entry.low, entry.high])
    assert "relative_distance_disagreement" not in next(iter(lines.values()))
    assert any("--independent" in note or "independents = [" in note for note in table.notes)
    assert "independents = [" in said(found)["Independents"]
    # With independents there are relative distances, and the curves are not needed.
    assert "fort_independent" not in [column.key for column in verdicts_table(report).columns]


def test_with_one_independent_intervals_leave_other_independents_out(report: Report) -> None:
    one = tuple(
        entry.model_copy(update={"independents": 1, "covers": "examples only"}) for entry in report.relative_distances
    )
    found = report.model_copy(update={"relative_distances": one})
    assert "Intervals" in said(found)
    assert any("examples only" in note for note in verdicts_table(found).notes)
    assert "Intervals" not in said(report)


def test_every_noise_floor_is_named_with_its_distance(report: Report) -> None:
    threads = "base on 2 threads"
    scale = tuple(
        entry.model_copy(update={"noise_floor_model": threads}) if entry.measure == "total_variation" else entry
        for entry in report.relative_distances
    )
    found = report.model_copy(update={"relative_distances": scale})
    table = noise_floor_table(found)
    # The replicate of a quantised model is not the base's noise.
    assert [[row[0].text, row[3].text] for row in table.rows] == [
        ["ONNX float32", "predictions"],
        [threads, "probabilities"],
    ]
    for row, name in zip(table.rows, table.models, strict=True):
        for cell, measure in zip(row[1:3], ("disagreement", "total_variation"), strict=True):
            entry = next(e for e in found.measures if (e.candidate, e.measure) == (name, measure))
            assert (cell.raw, cell.low, cell.high) == (entry.value, entry.low, entry.high)
    assert any("ONNX float32" in note and threads in note for note in verdicts_table(found).notes)
    assert [row[3].raw for row in noise_floor_table(report).rows] == ["predictions and probabilities", ""]


def test_the_answer_about_the_teacher_is_made_from_the_outcomes(report: Report) -> None:
    # alpha 0.9: 4.4 % [-1.6, 10.4] by predictions, 3.96 % [-2.0, 9.96] by probabilities.
    clauses = {name: STATES[name].clause for name in ("transferred", "undecided", "nothing transferred")}
    assert transfer_answer(ReportView(report), *MAIN_QUESTION) == (
        f"It depends: at alpha 0.1 and 0.5 {clauses['transferred']}; at alpha 0.9 {clauses['undecided']} "
        f"by predictions and {clauses['nothing transferred']} by probabilities."
    )
    main, wrong, random = said(report)["From the teacher"].split(". ")
    assert f"{main}." == transfer_answer(ReportView(report), *MAIN_QUESTION)
    assert wrong.endswith(
        ": yes at alpha 0.1 and 0.5; inconclusive by predictions and no by probabilities at alpha 0.9"
    )
    assert random.endswith(": yes at alpha 0.1.")
    figures = transfer_figures(ReportView(report), *MAIN_QUESTION)
    assert "at alpha 0.1 by 40 % [31, 49] (by predictions) and 36 % [27, 45] (by probabilities)" in figures
    assert transfer_answer(ReportView(report), QUESTIONS[1], "all").startswith("Yes: at alpha 0.1 ")


@pytest.mark.parametrize(
    ("outcome", "reason", "answer"),
    [
        ("transferred", None, "Yes"),
        ("nothing transferred", None, "No"),
        ("farther", None, "No"),
        *(("inconclusive", reason, "Inconclusive") for reason in get_args(TransferReason)),
    ],
)
def test_where_all_agree_the_answer_is_one_word(outcome: str, reason: str | None, answer: str, report: Report) -> None:
    entries = tuple(entry.model_copy(update={"outcome": outcome, "reason": reason}) for entry in report.transfer)
    sentence = transfer_answer(ReportView(report.model_copy(update={"transfer": entries})), *MAIN_QUESTION)
    assert sentence.startswith(f"{answer}: at alpha 0.1, 0.5 and 0.9 ")


def test_the_table_of_shares_is_the_reports_own(report: Report) -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(transfer_table(report)))))
    assert len(lines) == len(report.transfer) == 20
    for line, entry in zip(lines, report.transfer, strict=True):
        words = ("evaluation", "teacher", "students", "reference", "inputs", "measure", "outcome")
        assert [line[key] for key in words] == [getattr(entry, key) for key in words]
        numbers = ("alpha", "reference_distance", "student_distance", "share", "seeds", "examples", "p_value", "p_holm")
        assert [float(line[key]) for key in numbers] == [getattr(entry, key) for key in numbers]
        assert (float(line["share_low"]), float(line["share_high"])) == (entry.low, entry.high)


def test_every_share_is_in_one_part_of_the_page(report: Report) -> None:
    parts = transfer_parts(ReportView(report))
    assert [(q.students, q.reference, len(answers)) for q, answers in parts] == [
        ("base", "control", 2),
        ("base", "random", 2),
        ("random", "control", 2),
    ]
    shown = [row for _, answers in parts for one in answers for row in one.table.rows]
    assert len(shown) == len(report.transfer)
    keys = [column.key for column in parts[0][1][0].table.columns]
    assert {row[keys.index("share")].raw for row in shown} == {entry.share for entry in report.transfer}


def test_a_share_that_there_is_not_is_a_dash(report: Report) -> None:
    none = {"share": None, "low": None, "high": None, "p_value": None, "p_holm": None, "outcome": "inconclusive"}
    none |= {"reason": "no interval", "reference_distance": None, "student_distance": None}
    found = report.model_copy(update={"transfer": tuple(entry.model_copy(update=none) for entry in report.transfer)})
    assert share_groups(ReportView(found)) == []
    assert [row[9].text for row in transfer_table(found).rows] == ["—"] * 20
    assert "—" in transfer_figures(ReportView(found), *MAIN_QUESTION)
    assert "Inconclusive: at alpha " in report_html(found)


def test_claims_are_listed_with_outcome_reason_and_figures(report: Report) -> None:
    rows = {row[0].text: row for row in claims_table(report).rows}
    for claim in report.claims:
        row = rows[claim.id]
        assert [cell.raw for cell in row] == [
            claim.id,
            CLAIM_WORDING[claim.id].statement,
            claim.outcome,
            claim_reason(ReportView(report), claim),
            CLAIM_WORDING[claim.id].rule,
        ]
    figures = [(claim.id, one) for claim in report.claims for one in claim.figures]
    for row, (claim_id, one) in zip(claim_figures_table(report).rows, figures, strict=True):
        who = one.candidate or f"students, alpha {one.alpha:g}"
        assert (row[0].raw, row[1].raw, row[2].raw) == (claim_id, who, claim_figure(one))
        assert (row[3].raw, row[3].low, row[3].high) == (one.value, one.low, one.high)
    assert said(report)["Claims"] == claims_summary(ReportView(report))
    assert "C1 holds; C2 and C4 are inconclusive; C3 does not hold; C5 " in said(report)["Claims"]
    page = report_html(report)
    assert page.count('class="claim"') == 4  # the one not tested is a line
    assert "C5" in page.partition("Not tested here")[2]


def test_a_report_from_before_verdicts_still_renders(report: Report, tmp_path: Any) -> None:
    old = report.model_dump(mode="json", by_alias=True)
    for part in ("overall", "transfer", "claims"):
        del old[part]
    for verdict in old["verdicts"]:
        del verdict["fort_independent"], verdict["fort_perturbed"]
    (tmp_path / "report.json").write_text(json.dumps(old), "utf-8")
    found = read_report(tmp_path)
    assert headline(ReportView(found)) == headline(ReportView(report))
    assert {"transfer", "claims", "claims-figures"}.isdisjoint({table.name for table in all_tables(found)})
    assert "Was anything transferred" not in report_html(found)
