"""A suite, from spec to overview: shared results are made once, and the overview agrees with the reports."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from samefn.cli.main import run
from samefn.config.read import read_spec
from samefn.core.paths import Places
from samefn.engine.local import LocalEngine
from samefn.reports.read import read_report
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import claim_reason
from samefn.reports.wording.warnings import all_warnings
from samefn.schema.environment import Times
from samefn.schema.overview import Overview
from samefn.studies.study import study
from samefn.studies.suite import suite

SUITE = str(Path(__file__).with_name("tiny-suite.toml"))
CORRECTED, PUBLISHED = "digits-lenet-corrected", "digits-lenet-published"


@dataclass
class Run:
    places: Places
    overview: Overview
    events: list


def run_suite(folder, store, settings=()):
    places = Places(folder / "out", store, folder / "cache")
    events = []
    overview = suite(read_spec(SUITE, settings), places, LocalEngine(2), "cpu", events.append)
    assert Overview.model_validate_json((places.out / "overview.json").read_bytes()) == overview
    return Run(places, overview, events)


@pytest.fixture(scope="module")
def tiny_suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suite")
    return run_suite(folder, folder / "store")


@pytest.fixture(scope="module")
def reports(tiny_suite):
    return {name: read_report(tiny_suite.places.out / name) for name in (CORRECTED, PUBLISHED)}


def test_results_that_the_protocols_share_are_made_once(tiny_suite):
    made = [event.name for event in tiny_suite.events if event.kind == "finished" and event.text.endswith(" s")]
    assert len(made) == len(set(made))
    corrected = {name.partition(": ")[2] for name in made if name.startswith(CORRECTED)}
    published = {name.partition(": ")[2] for name in made if name.startswith(PUBLISHED)}
    assert corrected > {"base", "independent 1", "float16", "pruned 50 %", "control without a teacher, seed 5"}
    # Only what a switch touches is made again: the students with their controls, and the pruned model.
    assert published == {
        "student, alpha 0.5, seed 5",
        "student, alpha 0.5, seed 6",
        "control without a teacher, seed 5",
        "control without a teacher, seed 6",
        "pruned 50 %, weights",
        "pruned 50 %",
    }
    [planned] = [event for event in tiny_suite.events if event.kind == "planned"]
    assert planned.total == len(made)


def test_the_overview_agrees_with_the_reports(tiny_suite, reports):
    overview = tiny_suite.overview
    assert [study.name for study in overview.studies] == [CORRECTED, PUBLISHED]
    for entry in overview.studies:
        report = reports[entry.name]
        assert (entry.base_accuracy, entry.examples, entry.official) == (report.base.accuracy, 80, False)
        assert (entry.failures, entry.warnings) == (report.failures, all_warnings(report))
    for entry in overview.deviations:
        values = [reports[entry.study].model(name).accuracy_deviation for name in entry.models]
        assert len(values) == {"student": 2, "quantized": entry.strength == "float16", "pruned": 1}[entry.role]
        assert entry.value == (pytest.approx(sum(values) / len(values)) if values else None)
        assert (entry.low, entry.high) == (min(values, default=None), max(values, default=None))
        assert (entry.published, entry.difference) == (None, None)
    methods = {(entry.study, entry.method) for entry in overview.trend}
    both = {(name, m) for name in reports for m in ("students, alpha 0.5", "float16", "pruned 50 %")}
    assert methods == {*both, (CORRECTED, "int8-static")}
    for entry in overview.trend:
        every = reports[entry.study].relative_distances
        scales = [s for s in every if s.candidate in entry.models and s.measure == entry.measure]
        assert len(scales) == len(entry.models) == (2 if entry.role == "student" else 1)
        assert entry.value == pytest.approx(sum(s.value for s in scales) / len(scales))
        assert (entry.low, entry.high) == (min(s.low for s in scales), max(s.high for s in scales))
        verdicts = {v.outcome for v in reports[entry.study].verdicts if v.candidate in entry.models}
        assert set(entry.outcomes) == verdicts
    assert {(c.study, c.claim, c.outcome, c.because) for c in overview.claims} == {
        (name, c.id, c.outcome, claim_reason(ReportView(report), c))
        for name, report in reports.items()
        for c in report.claims
    }


def test_a_study_of_a_suite_is_the_study_run_alone(tiny_suite, reports, tmp_path):
    member = read_spec(SUITE).members()[1]
    places = Places(tmp_path / "out", tiny_suite.places.store, tmp_path / "cache")
    alone = study(member.spec, places, LocalEngine(2), "cpu")
    assert alone.model_copy(update={"times": Times()}) == reports[PUBLISHED].model_copy(update={"times": Times()})


def test_a_second_run_makes_nothing_again_and_equal_bytes(tiny_suite, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    out, store = tmp_path / "out", str(tiny_suite.places.store)
    assert run(["study", SUITE, "--out", str(out), "--store", store, "--device", "cpu", "--workers", "2"]) == 0
    printed = capsys.readouterr()
    assert "tasks: 0 of " in printed.err
    assert "2 studies of 1 pair" in printed.out
    assert f"\noverview: {out / 'overview.html'}" in printed.out
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert files > {"overview.html", "tables/claims.csv", f"{CORRECTED}/report.html"}
    for name in files - {f"{CORRECTED}/report.json", f"{PUBLISHED}/report.json"}:
        assert (out / name).read_bytes() == (tiny_suite.places.out / name).read_bytes(), name


@pytest.fixture
def broken_nets(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    yield
    sys.modules.pop("broken_nets", None)


@pytest.mark.usefixtures("broken_nets")
def test_a_base_that_cannot_be_made_is_a_hole_and_the_others_go_on(tiny_suite, tmp_path):
    settings = ['pairs=[{data="digits", net="broken_nets:explodes", name="broken"}, {data="digits"}]']
    settings += ["protocols=['corrected']", "study.distillation=false", "study.quantization=false"]
    found = run_suite(tmp_path, tiny_suite.places.store, settings)
    hole, made = found.overview.studies
    assert "broken-corrected: base: " in hole.error
    assert "SF756" in hole.error
    assert (made.error, made.base_accuracy) == ("", tiny_suite.overview.studies[0].base_accuracy)
    assert not (found.places.out / "broken-corrected" / "report.html").exists()
    assert {entry.study for entry in found.overview.trend} == {CORRECTED}
    assert {entry.outcome for entry in found.overview.settled if entry.pair == "broken"} == {"inconclusive"}
