"""What a command loads: packages that are slow to import, only where they are used."""

import json
import subprocess
import sys

import numpy as np

COMPARE = """
import json, sys
from samefn.cli.main import run
code = run(["compare", "base.npz", "near.npz", "--out", "run", "--store", "store", "--require", "disagreement < 90 %"])
print(json.dumps([code, sorted(sys.modules)]))
"""


def test_comparing_saved_predictions_loads_what_it_uses(tmp_path):
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(60, 3)), random.integers(3, size=60)
    for name, by in {"base": 0.0, "near": 0.3}.items():
        np.savez(tmp_path / f"{name}.npz", logits=logits + by * random.normal(size=logits.shape), labels=labels)
    command = [sys.executable, "-c", COMPARE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert (tmp_path / "run" / "report.html").is_file()
    assert "scipy.special" in loaded  # or nothing was compared
    slow = {"scipy.stats", "scipy.optimize", "scipy.spatial", "sklearn", "torch", "onnxruntime", "ray"}
    assert not slow & set(loaded)
