"""`samefn gate` and the pytest helper: exit codes, and what they print."""

from dataclasses import replace
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

import samefn
from samefn.cli.main import run
from samefn.core.atomic_files import write_atomically
from samefn.core.errors import InputError
from samefn.reports.page.report import report_html
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.reports.wording.warnings import all_warnings
from samefn.reports.write import report_json
from samefn.schema.report import Failure
from samefn.testing import assert_same_function


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    write_atomically(out / "report.json", report_json(result.report))
    return out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--require", "disagreement@near < 5 %"], 0),
        (["--require", "disagreement@near < 5 %", "--require", "disagreement < 5 %"], 1),
        (["--require", "latency < 1 ms"], 1),
        (["--require", "latency < 1 ms", "--on-inconclusive", "pass"], 1),
        (["--require", "disagreement@near < 1 %", "--on-inconclusive", "pass"], 0),
        (["--require", "latency < 1 ms and disagreement < 5 %", "--on-inconclusive", "pass"], 1),
        ([], 2),
        (["--require", "nonsense"], 2),
        (["--require", "disagreement@nobody < 5 %"], 2),
        (["--require", "disagreement < 5 %", "--on-inconclusive", "shrug"], 2),
    ],
)
def test_the_exit_code(folder, arguments, code, capsys):
    assert run(["gate", str(folder), *arguments]) == code
    assert len(capsys.readouterr().err.splitlines()) == (code == 2)


def test_it_says_each_requirement_and_writes_junit(folder, tmp_path, capsys):
    before = (folder / "report.json").read_bytes()
    xml = tmp_path / "new" / "gate.xml"
    assert run(["gate", str(folder / "report.json"), "--require", "disagreement < 5 %", "--junit", str(xml)]) == 1
    first, near, far, *warnings = capsys.readouterr().out.splitlines()
    assert all(line.startswith("warning: ") for line in warnings)
    assert first.startswith("1 of 2 ")
    assert near.startswith("near: disagreement < 5 % holds: 0.8 % [")
    assert far.startswith("<b>far</b>: disagreement < 5 % fails: ")
    assert len(Xml.parse(xml).findall(".//failure")) == 1
    assert (folder / "report.json").read_bytes() == before


def test_what_makes_a_report_doubtful_is_said(predictions, tmp_path, capsys):
    labels = np.random.default_rng(5).permutation(predictions("base", 0).labels)
    base, near = (replace(predictions(name, noise), labels=labels) for name, noise in (("base", 0), ("near", 0.01)))
    result = samefn.compare(base, [near])
    write_atomically(tmp_path / "report.json", report_json(result.report))
    assert run(["gate", str(tmp_path), "--require", "disagreement < 5 %"]) == 0
    [warning] = [one for one in all_warnings(result.report) if "--explain" in one]
    assert f"warning: {warning}\n" in capsys.readouterr().out
    assert warning in " ".join(str(result).split())
    assert "BROKEN" not in str(result)


def test_a_model_that_was_not_made_is_not_passed_over(result, tmp_path, capsys):
    report = result.report.model_copy(update={"failures": (Failure(model="int8", error="no such operator"),)})
    write_atomically(tmp_path / "report.json", report_json(report))
    assert run(["gate", str(tmp_path), "--require", "disagreement@near < 5 %"]) == 1
    assert "not made: int8: no such operator" in capsys.readouterr().out


def test_no_report_is_one_line(tmp_path, capsys):
    assert run(["gate", str(tmp_path), "--require", "disagreement < 5 %"]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_the_helper_asks_predictions(predictions):
    base, near, far = predictions("base", 0), predictions("near", 0.01), predictions("far", 1.5)
    independents = [predictions(f"independent {seed}", 2, seed) for seed in range(2, 7)]
    found = assert_same_function(
        base, near, independents=independents, require=["relative_distance[disagreement] < 0.1"]
    )
    assert [entry.outcome for entry in found.report.requirements] == ["holds"]
    with pytest.raises(AssertionError) as error:
        assert_same_function(base, far, independents=independents)
    same, worse, figures = str(error.value).splitlines()
    assert same.startswith("far: same fails: ")
    assert worse.startswith("far: not worse fails: ")
    result = samefn.compare(base, [far], independents=independents)
    assert figures == f"far: {verdict_sentence(result.report, result.verdicts['far'])}"


def losing(predictions, lost):
    """A base that is always right, and a candidate that is wrong on so many inputs."""
    base = predictions("base", 0)
    logits = np.array(base.log_probs)
    logits[:lost] = np.roll(logits[:lost], 1, axis=1)
    return base, samefn.Predictions.from_logits("cut", logits, range(len(logits)), base.labels)


@pytest.mark.parametrize(
    ("lost", "limits", "failed"),
    [
        (0, {}, ["same"]),  # inconclusive: no 400 inputs show 0.1 %
        (0, {"limit": "2%"}, []),
        (8, {"limit": "5%", "class_limit": "20%", "loss_limit": "5%"}, []),
        # Worse by the labels, but not shown to be worse by more than is allowed.
        (8, {"limit": "5%", "class_limit": "20%", "loss_limit": "2%"}, []),
        # The limit of the loss is half the limit: 2.5 points.
        (40, {"limit": "20%", "class_limit": "40%", "loss_limit": "2%"}, ["not worse"]),
        (40, {"limit": "5%", "class_limit": "40%"}, ["same", "not worse"]),
        (40, {"limit": "20%", "class_limit": 0.01, "loss_limit": 0.5}, ["same"]),
    ],
)
def test_the_helper_fails_on_changed_and_on_a_loss_that_is_shown(predictions, lost, limits, failed):
    base, cut = losing(predictions, lost)
    if not failed:
        assert_same_function(base, cut, **limits)
        return
    with pytest.raises(AssertionError) as error:
        assert_same_function(base, cut, **limits)
    assert [
        line.split(": ")[1].rsplit(" ", 1)[0].removesuffix(" is") for line in str(error.value).splitlines()[:-1]
    ] == failed


def test_the_helper_passes_what_is_inconclusive_only_where_that_is_asked_for(predictions):
    base, cut = losing(predictions, 0)
    with pytest.raises(AssertionError, match="same is inconclusive"):
        assert_same_function(base, cut)
    held = assert_same_function(base, cut, on_inconclusive="pass").report.requirements
    assert [(entry.expression, entry.outcome) for entry in held] == [("same", "inconclusive"), ("not worse", "holds")]


def test_the_helper_asks_no_accuracy_without_labels(predictions):
    base, near = (replace(predictions(name, noise), labels=None) for name, noise in (("base", 0), ("near", 0)))
    held = assert_same_function(base, near, limit=0.02).report.requirements
    assert [(entry.expression, entry.outcome) for entry in held] == [("same", "holds")]


def test_the_helper_asks_a_result(result):
    assert_same_function(result, require=["disagreement@near < 5 %"])
    with pytest.raises(AssertionError) as error:
        assert_same_function(result, require=["disagreement < 5 %", "latency@near < 1 s"])
    far, near, *verdicts = str(error.value).splitlines()
    assert len(verdicts) == 2
    assert far.startswith("<b>far</b>: disagreement < 5 % fails")
    assert near.startswith("near: latency@near < 1 s is inconclusive: ")
    with pytest.raises(AssertionError):
        assert_same_function(result, require=["latency < 1 s"], on_inconclusive="pass")
    assert_same_function(result, require=["disagreement@near < 1 %"], on_inconclusive="pass")


def test_the_helper_refuses_what_asks_nothing(result, predictions):
    with pytest.raises(InputError, match="SF550"):
        assert_same_function(result, predictions("near", 0.01))
    with pytest.raises(InputError, match="SF500"):
        assert_same_function(predictions("base", 0))
    with pytest.raises(InputError, match="SF551"):
        assert_same_function(result, require=())


def test_the_report_shows_requirements_with_names_escaped(result):
    near = assert_same_function(result, require=["disagreement@near < 5 %"]).report
    assert requirements_met(near) in report_html(near)
    held = near.requirements[0]
    hostile = held.model_copy(update={"expression": "<script>x</script>", "outcome": "fails"})
    report = near.model_copy(update={"requirements": (held, hostile)})
    page = report_html(report)
    assert "<script>x" not in page
    # The cell of the requirement, that of the sentence, what sorting reads of both, and the alert.
    assert page.count("&lt;script&gt;x&lt;/script&gt;") == 5
    assert f'<div class="alert bad"><b>{requirements_met(report)}</b>' in page
    [first, _] = requirements_table(report).rows
    assert [cell.raw for cell in first] == [
        "disagreement@near < 5 %",
        "candidate-1",
        "holds",
        held.value,
        requirement_sentence(ReportView(report), held),
    ]
    assert (first[3].low, first[3].high) == (held.low, held.high)
