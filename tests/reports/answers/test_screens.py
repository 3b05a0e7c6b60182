"""What the terminal shows, whole: whoever changes it sees in these files what readers will see.

After a change write the files again, and read their diff:

    WORDING=write pytest -n0 tests/reports/answers/test_screens.py
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samefn.reports.answers.line import plain
from samefn.reports.answers.lines import answer_lines
from samefn.schema.report import Report

from . import made_up

SCREENS = Path(__file__).parents[2] / "data" / "screens"


def one() -> Report:
    return made_up.with_costs(made_up.comparison({"int8.onnx": 1.5}), {"int8.onnx": (0.26, 0.71)})


def several() -> Report:
    noises = {"int3.onnx": 2.0, "int8.onnx": 0.005, "fp16.onnx": 0.001, "int4.onnx": 0.9}
    costs = {"int3.onnx": (0.1, 1), "int8.onnx": (0.26, 0.7), "fp16.onnx": (0.5, 1), "int4.onnx": (0.13, 1.9)}
    return made_up.with_costs(made_up.comparison(noises, independents=2, limit=0.02), costs)


@pytest.mark.parametrize("make", [one, several, made_up.language])
def test_screen(make: Callable[[], Report]) -> None:
    check(make.__name__, make())


def test_screen_of_a_study(report: Report) -> None:
    check("study", report)


def check(name: str, report: Report) -> None:
    lines = [plain(line) for line in answer_lines(report)]
    file = SCREENS / f"{name}.txt"
    if os.environ.get("WORDING") == "write":
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8").splitlines() == lines
