"""`samefn diff`: exit codes, lines that fit a terminal, JSON, and the page that shows it."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

import samefn
from samefn.cli.main import run
from samefn.core.events import silent
from samefn.schema.difference import Difference

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "diff.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ samefn (.+?)\n(.+?)\$ echo \$\?\n(\d)\n```", PAGE, re.DOTALL)
LOGITS = np.random.default_rng(0).normal(size=(300, 4))
LABELS = LOGITS.argmax(axis=1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two runs of which the second candidate is far worse, and has an endless hostile name beside it."""
    found = []
    for at, noise in enumerate((0.1, 1.5)):
        names = ("int8", "\x1b[31m" + "x" * 3000 if at else "other")
        models = [
            samefn.Predictions.from_logits(
                name, LOGITS + by * np.random.default_rng(at).normal(size=LOGITS.shape), range(300), LABELS
            )
            for name, by in zip(("base", *names), (0, noise, 0.2), strict=True)
        ]
        out = tmp_path_factory.mktemp("run")
        samefn.compare(models[0], models[1:]).write(out, silent)
        found.append(str(out))
    return found


def test_exit_codes(folders, tmp_path, capsys):
    assert run(["diff", folders[0], folders[0]]) == 0
    assert run(["diff", folders[0], folders[1] + "/report.json"]) == 1
    capsys.readouterr()
    assert run(["diff", folders[0], str(tmp_path / "nowhere")]) == 2
    assert "[SF660]" in capsys.readouterr().err
    assert run(["diff", folders[0]]) == 2


def test_lines_fit_a_terminal_and_names_are_harmless(folders, capsys):
    run(["diff", *folders])
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ of \d+ figures moved; \d+ answers? changed", lines[0])
    assert max(map(len, lines)) <= 80
    assert len(lines) < 25
    assert not any("\x1b" in line for line in lines)
    assert any(line.startswith("only after: \\x1b") for line in lines)


def test_json_is_what_was_computed(folders, capsys):
    run(["diff", *folders, "--json"])
    printed = capsys.readouterr().out
    assert json.loads(printed)["schema"] == 1
    assert Difference.model_validate_json(printed) == Difference.model_validate_json(
        samefn.diff(*folders).model_dump_json(by_alias=True)
    )


def test_damaged_rows_are_refused(folders, tmp_path, capsys):
    report = (Path(folders[0]) / "report.json").read_bytes()
    (tmp_path / "report.json").write_bytes(report)
    (tmp_path / "rows.parquet").write_bytes(b"no rows")
    assert run(["diff", folders[0], str(tmp_path)]) == 2
    assert "[SF663]" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "printed", "code"), CONSOLE)
def test_commands_print_what_is_on_the_page(command, printed, code, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert run(shlex.split(command)) == int(code)
    assert capsys.readouterr().out == printed


def test_the_page_shows_both_codes():
    assert {code for _, _, code in CONSOLE} == {"0", "1"}
