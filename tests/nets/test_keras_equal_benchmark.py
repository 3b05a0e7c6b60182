"""The comparison with Keras: the page shows the results that are kept, and they are below the bar."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results" / "keras" / "keras-equal.json"


def test_the_page_shows_the_results_that_are_kept() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "keras_equal.py"), "--markdown", str(RESULTS)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (ROOT / "docs" / "evidence" / "keras.md").read_text(encoding="utf-8")
    _, _, behind = page.partition("by hand) -->\n")
    assert behind.partition("<!-- keras-equal:end")[0] == shown


def test_every_difference_is_below_the_bar_and_every_mistake_above_it() -> None:
    nets = json.loads(RESULTS.read_text(encoding="utf-8"))["nets"]
    assert [net["net"] for net in nets] == ["lenet", "mobilenet", "resnet50"]
    assert [net["keras_without_top"] for net in nets] == [None, 3_228_864, 23_587_712]
    for net in nets:
        assert net["keras_numbers"] == net["our_numbers"]
        assert max(net["differences"].values()) < 1e-4
        assert all(max(found.values()) > 1e-3 for found in net["controls"].values())
