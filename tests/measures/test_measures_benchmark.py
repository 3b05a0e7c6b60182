"""The benchmark of the measures runs, on little data and without the peer's environment."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_quick_run_measures_and_shows(tmp_path: Path) -> None:
    out = tmp_path / "measures.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "measures.py")]
    done = subprocess.run([*command, "--quick", "--json", str(out)], check=True, capture_output=True, text=True)
    assert "torchmetrics is left out" in done.stderr
    results = json.loads(out.read_text(encoding="utf-8"))
    assert [case["classes"] for case in results["cases"]] == [10, 100]
    for case in results["cases"]:
        assert {"read", "exp", "log", "one_pass", "all_plain", "scipy:kendall_tau"} <= case["tasks"].keys()
        assert all(len(task["cpu"]) == results["rounds"] for task in case["tasks"].values())
    again = subprocess.run([*command, "--markdown", str(out)], check=True, capture_output=True, text=True)
    assert again.stdout == done.stdout


def test_the_page_shows_the_results_that_are_kept() -> None:
    results = ROOT / "results" / "measures" / "measures.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "measures.py"), "--markdown", str(results)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "docs" / "evidence" / "measures-speed.md").read_text(encoding="utf-8")
    _, _, behind = page.partition("by hand) -->\n")
    assert behind.partition("<!-- measures-speed:end")[0] == shown
