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


def report(folder, *options):
    """report.json without its times."""
    command = [SAMEFN, "compare", "base.onnx", "moved.onnx", "--data", "x.npz", "--independent", "a.onnx", "b.onnx"]
    command += ["--out", "out", "--set", "cost=false", *options]
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
    # Relative paths, a store that is there already, and the local engine: nothing is asked again.
    assert report(tmp_path, "--store", "s3://bucket/store", *more) == expected
