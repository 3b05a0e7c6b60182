"""A report on stdout: the ten lines, with all details, or its JSON and nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest

import samefn
from samefn.cli.main import run
from samefn.cli.next_steps import next_steps
from samefn.cli.show import require_one_form, show_report
from samefn.core.errors import InputError
from samefn.reports.write import report_json
from samefn.schema.methods import Given
from samefn.schema.verdicts import RequirementEntry

LOGITS = 3 * np.random.default_rng(0).normal(size=(500, 4))
PAGE = Path("samefn-runs/compare-0123abcd/report.html")


def predictions(name, noise):
    moved = LOGITS + noise * np.random.default_rng(1).normal(size=LOGITS.shape)
    return samefn.Predictions.from_logits(name, moved, range(len(LOGITS)), LOGITS.argmax(axis=1))


@pytest.fixture(scope="module")
def report():
    return samefn.compare(predictions("base", 0), [predictions("int8", 1)]).report


def shown(report, capsys, steps=(), *, verbose=False, as_json=False, page=PAGE):
    show_report(report, page, steps, verbose=verbose, as_json=as_json)
    return capsys.readouterr().out


def test_the_ten_lines_end_in_the_page_and_what_to_do_next(report, capsys):
    lines = shown(report, capsys, ["--require for CI"]).splitlines()
    assert lines[0] == "int8 against base, 500 inputs with labels"
    assert lines[-1] == f"report: {PAGE}     next: --require for CI"
    assert len(lines) <= 10
    assert max(map(len, lines)) <= 80


def test_a_long_path_stays_in_one_piece_and_steps_go_below_it(report, capsys):
    page = Path("a" * 70) / "report.html"
    *_, path, steps = shown(report, capsys, ["--locate for the layers", "--require for CI"], page=page).splitlines()
    assert path == f"report: {page}"
    assert steps == "next: --locate for the layers, --require for CI"


def test_a_pipe_has_no_colour_and_eighty_columns_whatever_the_terminal(report, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    out = shown(report, capsys, verbose=True)
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_terminal_has_colour_unless_it_is_not_wanted(report, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = shown(report, capsys)
    assert "\x1b[1;31mCHANGED" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in shown(report, capsys)


def test_verbose_prints_the_ten_lines_and_then_the_tables(report, capsys):
    short, long = shown(report, capsys), shown(report, capsys, verbose=True)
    ten = short.splitlines()[:-1]
    assert long.splitlines()[: len(ten)] == ten
    assert len(long) > 2 * len(short)


def test_json_is_the_report_and_nothing_else(report, capsys):
    out = shown(report, capsys, ["--require for CI"], as_json=True)
    assert out.encode() == report_json(report)
    assert json.loads(out)["schema"] == report.schema_version


def test_two_forms_at_once_are_refused():
    with pytest.raises(InputError) as error:
        require_one_form(verbose=True, as_json=True)
    assert error.value.code == "SF033"


def test_the_command_prints_json_alone_on_stdout(report, tmp_path, capsys):
    (tmp_path / "report.json").write_bytes(report_json(report))
    assert run(["report", str(tmp_path), "--json"]) == 0
    assert capsys.readouterr().out.encode() == report_json(report)
    assert run(["report", str(tmp_path), "--json", "-v"]) == 2
    assert capsys.readouterr().out == ""


def with_method(report, **update):
    models = tuple(model.model_copy(update={"method": Given(adapter="onnx")}) for model in report.models)
    return report.model_copy(update={"models": models, **update})


def test_next_steps_are_those_that_were_not_taken(report):
    def options(report, **settings):
        return [step.split()[0] for step in next_steps(report, **({"verbose": False} | settings))]

    assert options(report) == ["--independent", "--require", "-v"]  # functions of this process have no layers to swap
    assert options(with_method(report)) == ["--locate", "--independent", "--require", "-v"]
    assert options(report, verbose=True) == ["--independent", "--require"]
    met = RequirementEntry(expression="same", candidate="candidate-1", outcome="holds")
    assert options(report.model_copy(update={"requirements": (met,)})) == ["--independent", "-v"]
    same = samefn.compare(predictions("base", 0), [predictions("int8", 0)], independents=[predictions("seed", 3)])
    assert options(with_method(same.report)) == ["--limit", "--require", "-v"]
