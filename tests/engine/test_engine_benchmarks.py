"""What the documentation says of the engine's cost and of faults is what was measured."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    "engine": ("results/speed/engine.json", "docs/evidence/scale.md"),
    "faults": ("results/faults/faults.json", "docs/evidence/faults.md"),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_the_results(name):
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    results, page = (ROOT / path for path in PAGES[name])
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}:begin", f"<!-- {name}:end -->"
    shown = text[text.index("-->", text.index(begin)) + 3 : text.index(end)].strip()
    assert shown == module.markdown(json.loads(results.read_text(encoding="utf-8")))


def test_the_faults_lost_nothing():
    results = json.loads((ROOT / "results/faults/faults.json").read_text(encoding="utf-8"))
    assert sum(results["faults"].values()) >= 50
    assert set(results["faults"]) == {"worker", "machine", "driver", "server"}
    assert (results["lost"], results["twice"], results["damaged"]) == (0, 0, 0)
    assert results["same_report"]
