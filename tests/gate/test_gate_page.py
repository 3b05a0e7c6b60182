"""The gate's page: its commands print what it says, its figures are there, its examples are the files."""

import re
import shlex
from pathlib import Path

import pytest
from scipy.stats import binom

from samefn.cli.main import run
from samefn.gate.quantities import ANSWERS, FLAGS, QUANTITIES
from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.reports.wording.requirements import REQUIREMENT_OUTCOMES
from samefn.schema.verdicts import FROM_BEST
from samefn.statistics.proportions import Proportion
from samefn.verdict.decide import ERROR
from samefn.verdict.limits import GivenLimits, limits_for
from samefn.verdict.same_or_changed import same_or_changed

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
    answers = {answer for kind in ANSWERS.values() for answer in kind.answers}
    assert {name for name in {*ANSWERS, *FLAGS, *answers} if f"`{name}`" not in PAGE} == set()
    own = set(QUANTITIES) - set(MEASURES) - {one.name for one in LANGUAGE_FIGURES}
    assert {name for name in own if f"`{name}`" not in PAGE and f"`{name}[" not in PAGE} == set()


@pytest.mark.parametrize(("language", "name"), [("yaml", "same-function.yml"), ("python", "test_same_function.py")])
def test_examples_are_those_of_the_page(language, name):
    [shown] = re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)
    assert (ROOT / "examples" / "gate" / name).read_text(encoding="utf-8").endswith(shown)


def chances(limit, examples, truth):
    """How often one candidate is the same, inconclusive or changed, over all numbers of changes that can be drawn."""
    limits = limits_for(GivenLimits(limit=limit), None)
    found = dict.fromkeys(FROM_BEST, 0.0)
    for changed, chance in enumerate(binom.pmf(range(examples + 1), examples, truth)):
        if chance > 1e-12:
            found[same_or_changed(Proportion(changed, examples), limits, ERROR).outcome] += chance
    return found


def table_under(head):
    rows = PAGE.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def percent(chance):
    return "below 0.01 %" if chance < 1e-4 else f"{100 * chance:.2g} %"


def test_the_false_alarms_of_a_night_are_those_of_the_binomial_distribution():
    rows = table_under("| N x limit | truth |")
    assert [row[:2] for row in rows] == [
        [size, part] for size in ("8", "20", "50") for part in ("0.25", "0.5", "0.75", "1")
    ]
    for size, part, fails, open_or_failed in rows:
        found = chances(0.01, 100 * int(size), float(part) * 0.01)
        assert (fails, open_or_failed) == (percent(found["changed"]), percent(1 - found["same"]))
        assert found["changed"] < 0.02


def test_the_number_of_inputs_is_the_least_for_nineteen_nights_of_twenty():
    """It holds for N x limit, but not for one less. N is N x limit divided by the limit."""
    for part, size, few, many in table_under("| truth, in limits | N x limit |"):
        for limit, examples in ((0.01, few), (0.002, many)):
            assert int(examples.replace(",", "")) == round(int(size) / limit)
            held, less = (
                chances(limit, round(one / limit), float(part) * limit)["same"] for one in (int(size), int(size) - 1)
            )
            assert less < 0.95 <= held
