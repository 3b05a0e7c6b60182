"""Saved predictions of any size: memory holds pieces of a table, never all of one."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from samefn.analysis.landscape import map_all
from samefn.comparison.collect import Collected, from_saved, subject, without_failed
from samefn.comparison.plan import Asked
from samefn.core import array_files, spool
from samefn.datasets.example_set import ExampleSet
from samefn.landscape import distances
from samefn.measures.rows import rows
from samefn.predictions import pieces
from samefn.predictions.saved import read_saved
from samefn.runtimes.adapters import find_adapter
from samefn.spec.comparison import ModelSource
from samefn.spec.study import Landscape

EXAMPLES, CLASSES = 20_000, 200
TABLE = EXAMPLES * CLASSES * 4  # 16 MB in float32


def collected(path: Path, role: str, examples: ExampleSet) -> Collected:
    source = ModelSource(path=str(path))
    return from_saved(Asked(role, role, role, source, find_adapter(source), None), read_saved(source), examples)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ["as they are", "reversed", "with failures"])
def test_no_table_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.setattr(pieces, "CELLS", 2**16)
    for room in (pieces, spool, array_files):
        monkeypatch.setattr(room, "IN_MEMORY", 2**20)
    monkeypatch.setattr(distances, "BLOCK_BYTES", 2**20)
    names = np.arange(EXAMPLES).astype(np.str_)
    base = np.random.default_rng(0).standard_normal((EXAMPLES, CLASSES), dtype=np.float32)
    moved = base.copy()
    moved[: EXAMPLES // 4, 0] += 9  # answers class 0 there
    moved_ids = names[::-1] if case == "reversed" else names
    np.savez(tmp_path / "base.npz", logits=base, ids=names)
    np.savez(tmp_path / "moved.npz", logits=moved[::-1] if case == "reversed" else moved, ids=moved_ids)
    truly_changed = int(np.count_nonzero(base.argmax(1) != moved.argmax(1)))
    missing = {"7": "it crashed"} if case == "with failures" else {}
    gone = int((base.argmax(1) != moved.argmax(1))[7]) if missing else 0
    del base, moved
    examples = ExampleSet("some", {}, names, None, (), False, "made up", "none")
    rows(*(collected(tmp_path / "base.npz", "base", examples).predictions.part(slice(9)) for _ in range(2)))  # compiles
    tracemalloc.start()
    found = [
        collected(tmp_path / f"{name}.npz", role, examples) for name, role in (("base", "base"), ("moved", "candidate"))
    ]
    found[1] = Collected(found[1].model, found[1].predictions, found[1].record, missing)
    whole, _, _ = without_failed(found)
    frame = rows(whole[0].predictions, whole[1].predictions)
    subjects = [subject(one, "test", None if n == 0 else "base") for n, one in enumerate(whole)]
    maps = map_all(subjects, "test", Landscape(methods=("pca",)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert int(frame["disagreement"].sum()) == truly_changed - gone
    assert maps.distances[1].distance > 0
    assert peak < 0.75 * TABLE


def test_the_page_shows_the_results_that_are_kept() -> None:
    root = Path(__file__).parents[2]
    command = [
        sys.executable,
        str(root / "benchmarks" / "huge.py"),
        "--markdown",
        str(root / "results" / "huge" / "huge.json"),
    ]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    page = (root / "docs" / "explanation" / "scale.md").read_text(encoding="utf-8")
    _, _, behind = page.partition("<!-- huge:begin (the output of the command above, nothing by hand) -->\n")
    assert behind.partition("<!-- huge:end")[0] == shown
