"""A comparison on Ray, with its store in object storage: the same report as that of processes of this machine."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from .test_compare_models import write_onnx

pytest.importorskip("ray", reason="Ray is not installed: pip install 'samefn[ray]'")

SAMEFN = str(Path(sys.executable).with_name("samefn"))


MODELS = ("base.onnx", "moved.onnx", "--data", "x.npz", "--independent", "a.onnx", "b.onnx")


def report(folder, *options, models=MODELS):
    """report.json without its times."""
    command = [SAMEFN, "compare", *models, "--out", "out", "--set", "cost=false", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    content = json.loads((folder / "out" / "report.json").read_text())
    del content["times"]
    return content


@pytest.mark.parametrize("more", [(), ("--shards", "3")])
def test_the_report_is_that_of_local_processes(server, tmp_path, more):
    random = np.random.default_rng(0)
    shapes = ((64, 24), (24,), (24, 10), (10,))
    weights = {
        name: [random.normal(0, 0.3, shape).astype(np.float32) for shape in shapes] for name in ("base", "a", "b")
    }
    weights["moved"] = [array * np.float32(1.02) for array in weights["base"]]
    for name, arrays in weights.items():
        write_onnx(tmp_path / f"{name}.onnx", arrays)
    np.savez(tmp_path / "x.npz", x=random.integers(0, 256, (300, 1, 8, 8), np.uint8), y=random.integers(0, 10, 300))
    expected = report(tmp_path, "--store", "store", *more)
    assert report(tmp_path, "--store", "s3://bucket/store", "--engine", "ray", "--workers", "2", *more) == expected
    # Relative paths, a store that is there already, and the local engine: nothing is run again.
    assert report(tmp_path, "--store", "s3://bucket/store", *more) == expected


def test_language_models_too(logits_file, tmp_path):
    random = np.random.default_rng(0)
    tokens, logits = random.integers(11, size=(12, 16)), random.normal(size=(12, 16, 11))
    for name in ("base", "moved"):
        logits_file(name, logits + 0.1 * random.normal(size=logits.shape), tokens)
    models = ("base.kld", "moved.kld", "--shards", "3")
    expected = report(tmp_path, "--store", "store", models=models)
    assert report(tmp_path, "--store", "other", "--engine", "ray", "--workers", "2", models=models) == expected
    # One store for both: nothing is scored again.
    rows = (tmp_path / "out" / "rows.parquet").read_bytes()
    assert report(tmp_path, "--store", "other", models=models) == expected
    assert (tmp_path / "out" / "rows.parquet").read_bytes() == rows
