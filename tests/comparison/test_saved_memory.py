"""Saved predictions of any size: memory holds pieces of a table, never all of one."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from samefn.comparison.saved_predictions import aligned_predictions
from samefn.comparison.tasks import common_rows
from samefn.config.comparison import ModelSource
from samefn.core import array_files, temp_array
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.predictions import chunks
from samefn.predictions.predictions import Predictions
from samefn.predictions.saved.read import read_saved

EXAMPLES, CLASSES = 20_000, 200
TABLE = EXAMPLES * CLASSES * 4  # 16 MB in float32


def saved(path: Path, examples: Dataset) -> Predictions:
    source = ModelSource(path=str(path))
    return aligned_predictions(path.stem, source, read_saved(source), examples)


@pytest.mark.parametrize("case", ["as they are", "reversed"])
def test_no_table_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CELLS", 2**16)
    monkeypatch.setattr(chunks, "MAX_BYTES_IN_MEMORY", 2**20)
    for room in (temp_array, array_files):
        monkeypatch.setattr(room, "MEMORY_LIMIT", 2**20)
    names = np.arange(EXAMPLES).astype(np.str_)
    base = np.random.default_rng(0).standard_normal((EXAMPLES, CLASSES), dtype=np.float32)
    moved = base.copy()
    moved[: EXAMPLES // 4, 0] += 9  # class 0 there
    moved_ids = names[::-1] if case == "reversed" else names
    np.savez(tmp_path / "base.npz", logits=base, ids=names)
    np.savez(tmp_path / "moved.npz", logits=moved[::-1] if case == "reversed" else moved, ids=moved_ids)
    truly_changed = int(np.count_nonzero(base.argmax(1) != moved.argmax(1)))
    del base, moved
    examples = Dataset("some", (), {EXAMPLES_SPLIT: ExampleSet({}, names)}, "made up")
    common_rows(*(saved(tmp_path / "base.npz", examples).part(slice(9)) for _ in range(2)))  # compiles
    tracemalloc.start()
    frame = common_rows(*(saved(tmp_path / f"{name}.npz", examples) for name in ("base", "moved")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert int(frame["disagreement"].sum()) == truly_changed
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
    page = (root / "docs" / "evidence" / "scale.md").read_text(encoding="utf-8")
    _, _, behind = page.partition("<!-- huge:begin (the output of the command above, nothing by hand) -->\n")
    assert behind.partition("<!-- huge:end")[0] == shown
