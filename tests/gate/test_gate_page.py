"""The gate's page: its commands print what it says, its figures are there, its examples are the files."""

import re
import shlex
from pathlib import Path

import pytest

from samefn.cli.main import run
from samefn.gate.quantities import QUANTITIES
from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.reports.wording.requirements import REQUIREMENT_OUTCOMES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "gate.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ samefn (.+?)\n(.+?)\$ echo \$\?\n(\d)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "printed", "code"), CONSOLE)
def test_commands_print_what_is_on_the_page(command, printed, code, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert run(shlex.split(command)) == int(code)
    assert capsys.readouterr().out == printed


def test_all_exit_codes_of_requirements_are_shown():
    assert {code for _, _, code in CONSOLE} == {"0", "1"}
    output = "".join(printed for _, printed, _ in CONSOLE)
    assert all(f" {words}: " in output for words in REQUIREMENT_OUTCOMES.values())


def test_every_figure_is_on_the_page():
    own = set(QUANTITIES) - set(MEASURES) - {one.name for one in LANGUAGE_FIGURES}
    assert {name for name in own if f"`{name}`" not in PAGE and f"`{name}[" not in PAGE} == set()


@pytest.mark.parametrize(("language", "name"), [("yaml", "same-function.yml"), ("python", "test_same_function.py")])
def test_examples_are_those_of_the_page(language, name):
    [shown] = re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)
    assert (ROOT / "examples" / "gate" / name).read_text(encoding="utf-8").endswith(shown)
