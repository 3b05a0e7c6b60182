"""The overview of made-up reports: differences, claims, trend, missing studies, and hostile names."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from generators.model_tables import meanings
from generators.report import MEANINGS
from samefn.core.events import silent
from samefn.reports.answers.line import plain
from samefn.reports.overview.lines import overview_lines
from samefn.reports.overview.overview import StudyResult, overview_of
from samefn.reports.overview.page import overview_html
from samefn.reports.overview.tables import deviations_table, pair_claims_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import CLAIM_WORDING, claim_reason
from samefn.reports.wording.overview import overview_headline, trend_sentences
from samefn.reports.write import write_overview
from samefn.schema.methods import Pruned
from samefn.schema.overview import Overview, StudyEntry
from samefn.schema.report import Failure, Report

from .page.parsed import HOSTILE, Page

MakeReport = Callable[..., Report]


def result(report: Report | None, variant: str = "corrected", pair: str = "mnist-lenet", **changes: Any) -> StudyResult:
    named = {"name": f"{pair}-{variant}", "pair": pair, "variant": variant, "data": "mnist", "net": "lenet"}
    return StudyResult(StudyEntry(**(named | changes)), report)


def overview(*results: StudyResult) -> Overview:
    return overview_of({"name": "made-up"}, "0.1.0", results)


@pytest.fixture(name="official")
def _official(report: Report) -> Report:
    return report.model_copy(update={"data": report.data.model_copy(update={"official": True})})


def with_claim(report: Report, claim: str, outcome: str) -> Report:
    claims = [c.model_copy(update={"outcome": outcome}) if c.id == claim else c for c in report.claims]
    return report.model_copy(update={"claims": tuple(claims)})


def test_no_difference_where_nobody_can_tell_whether_the_splits_are_the_published(report: Report) -> None:
    unknown = report.model_copy(update={"data": report.data.model_copy(update={"official": None})})
    assert {one.difference for one in overview(result(unknown)).deviations} == {None}
    # A note of its own each: published, not published, cannot be told.
    by = {
        value: report.model_copy(update={"data": report.data.model_copy(update={"official": value})})
        for value in (True, False, None)
    }
    notes = {value: paper_table(each).notes for value, each in by.items()}
    assert len(set(notes.values())) == 3
    assert len(notes[True]) == len(notes[None]) - 1 == len(notes[False]) - 1


def test_a_difference_needs_the_published_splits_and_a_whole_protocol(report: Report, official: Report) -> None:
    studies = (result(official), result(official, "published"), result(official, "dynamic-range"))
    found = overview(*studies, result(report, pair="other"))
    pruned = {d.study: d for d in found.deviations if (d.role, d.strength) == ("pruned", "0.9")}
    # The made-up model is right on 76.55 % where the base is on 99.15 %; the paper prints -22.55.
    [ours] = [
        m.accuracy_deviation for m in official.models if isinstance(m.method, Pruned) and m.method.fraction == 0.9
    ]
    assert {d.value for d in pruned.values()} == {ours}
    assert {d.published for d in pruned.values()} == {-22.55}
    assert [d.difference for d in pruned.values()] == [ours + 22.55, ours + 22.55, None, None]
    rows = [(str(row[0]), str(row[1])) for row in deviations_table(found).rows]
    assert rows == [
        ("mnist-lenet", "corrected"),
        ("mnist-lenet", "published"),
        ("mnist-lenet", "dynamic-range"),
        ("mnist-lenet", "published in the paper"),
        ("mnist-lenet", "corrected minus paper"),
        ("mnist-lenet", "published minus paper"),
        ("other", "corrected"),
        ("other", "published in the paper"),
        ("other", "corrected minus paper"),
    ]


def test_claims_stand_side_by_side_with_what_they_depend_on(report: Report) -> None:
    flipped = with_claim(report, "C3", "holds")
    found = overview(result(report), result(flipped, "published"), result(flipped, "student-adamax"))
    cells = {str(row[1]): [str(cell) for cell in row[2:6]] for row in pair_claims_table(found).rows}
    assert cells["C1"] == ["holds"] * 4
    assert cells["C3"] == ["depends on: student-adamax", "does not hold", "holds", "holds"]
    assert {entry.because for entry in found.claims if entry.claim == "C1"} == {
        claim_reason(ReportView(report), report.claims[0])
    }
    notes = pair_claims_table(found).notes
    assert notes == tuple(f"{claim}: {words.statement}" for claim, words in CLAIM_WORDING.items())


def test_a_hole_is_shown_as_a_hole(report: Report) -> None:
    found = overview(result(report), result(None, "published", error="the base could not be made: <b>nan</b>"))
    assert re.findall(r"\d+", overview_headline(found))[:3] == ["1", "2", "1"]
    page = Page(overview_html(found))
    assert "mnist-lenet-published : the base could not be made: <b>nan</b>" in page.text
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert [link for link in links if not link.startswith("#")] == ["mnist-lenet-corrected/report.html"]
    first = pair_claims_table(found).rows[0]
    assert [str(cell) for cell in first[:5]] == ["mnist-lenet", "C1", "holds", "holds", "not made"]


def test_the_trend_names_the_methods_whose_verdict_depends_on_the_pair(report: Report) -> None:
    assert len(trend_sentences(overview(result(report)))) == 1  # a trend needs two pairs
    verdicts = [v.model_copy(update={"outcome": "broken"}) if v.candidate == "float16" else v for v in report.verdicts]
    other = report.model_copy(update={"verdicts": tuple(verdicts)})
    sentences = trend_sentences(overview(result(report), result(other, pair="b")))
    was = next(v.outcome for v in report.verdicts if v.candidate == "float16")
    [depends] = [sentence for sentence in sentences if sentence.startswith("Float16 ")]
    assert f"{was} on mnist-lenet" in depends
    assert "broken on b" in depends
    assert "float16" not in sentences[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(make_report: MakeReport, name: str, tmp_path: Any) -> None:
    report = make_report(warnings=(name,), failures=(Failure(model=name, error=name),))
    found = overview_of(
        {"name": name}, name, [result(report, pair=name), result(None, "published", pair=name, error=name)]
    )
    page = Page(overview_html(found))
    assert [tag for tag, _ in page.elements].count("script") == 1
    for tag, attributes in page.elements:
        assert tag not in {"img", "link", "iframe"}
        assert not [key for key in attributes if key.startswith("on")]
        target = attributes.get("href", "#")
        assert target.startswith("#") or (target.endswith("/report.html") and ":" not in target)
    if name == HOSTILE[0]:
        write_overview(found, tmp_path, silent)
        assert Overview.model_validate_json((tmp_path / "overview.json").read_bytes()) == found


def test_every_field_of_the_contract_has_a_meaning() -> None:
    found = meanings(Overview, {"Failure": MEANINGS["Failure"]})
    assert [f"{model}.{key}" for model, keys in found.items() for key, text in keys.items() if not text] == []


def lines(found: Overview, width: int = 80) -> list[str]:
    shown = [plain(line) for line in overview_lines(found, width)]
    assert max(map(len, shown)) <= width
    return shown


def test_the_terminal_has_a_line_for_each_pair_and_says_what_failed(report: Report) -> None:
    failed = report.model_copy(update={"failures": (Failure(model="int8", error="no such operator"),)})
    found = overview(result(failed), result(report, pair="cifar"), result(None, pair="late", error="no disk"))
    shown = lines(found)
    assert [line.split()[0] for line in shown if "C1" in line and line.startswith("  ")] == [
        *("mnist-lenet", "cifar", "late"),
    ]
    assert "  not made: mnist-lenet-corrected: int8: no such operator" in shown
    assert "  not made: late-corrected: no disk" in shown


def test_what_a_claim_depends_on_is_in_its_pairs_line(report: Report) -> None:
    found = overview(result(report), result(with_claim(report, "C1", "does not hold"), "published"))
    assert found.settled[0].outcome == "depends on"
    assert "C1 depends on" in " ".join(lines(found))


def test_a_hostile_pair_cannot_break_the_lines(report: Report) -> None:
    shown = lines(overview(result(report, pair="a\x1b[2J\n" + "x" * 300)))
    assert not {"\x1b", "\n"} & set("".join(shown))
