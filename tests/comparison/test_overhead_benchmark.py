"""The page on speed shows what the benchmark of a comparison's overhead measured, and its ratios are right."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_page_shows_the_results_that_are_kept():
    results = ROOT / "results" / "speed" / "compare_overhead.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "compare_overhead.py"), "--markdown", str(results)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "docs" / "evidence" / "speed.md").read_text(encoding="utf-8")
    _, _, behind = page.partition("<!-- overhead:begin (the output of the command above, nothing by hand) -->\n")
    assert behind.partition("<!-- overhead:end")[0] == shown


def test_the_parts_add_up_to_what_a_comparison_took_longer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    table = importlib.import_module("overhead.table")
    asked = {"base.onnx": 26.0, "candidate.onnx": 26.0, "base.onnx in other batches": 2.0}
    clocks = {"bare": (50.0, 60.0), "first": (60.0, 75.0), "second": (34.0, 40.0), "stored": (5.0, 6.0)}
    one = {name: {"cpu": cpu, "wall": wall} for name, (cpu, wall) in clocks.items()}
    one["first"]["asked"], one["second"]["asked"] = asked, {"second.onnx": 26.0}
    one["imports"] = {"command": {"cpu": 3.0, "wall": 3.0}, "worker": {"cpu": 1.0, "wall": 1.0}}
    # Of the ten seconds more: 3 imports, 5 - 3 report, 1 worker, the noise floor's 2 s at 60/75 of a core, and the
    # rest.
    assert list(table._split(one).values()) == pytest.approx([3.0, 2.0, 1.0, 1.6, 2.4, 10.0])
    sizes = {"side": 32, "images": 10_000, "batch": 64, "parameters": 1000}
    machine = {"cpu": "cpu", "cores": 2, "load": [1.0, 1.0, 1.0], "system": "Linux", "python": "3.11"}
    shown = table.markdown(
        [{"machine": machine, "versions": {"onnxruntime": "1"}, "sizes": sizes, "rounds": [one]}]
    ).splitlines()
    [second] = [line for line in shown if "another candidate" in line]
    assert second.split(" | ")[1:] == ["second.onnx", "34.0", "40.0", "0.68", "0.67 |"]
    assert "all of it | 10.0 | 20.0%" in shown[-1]
