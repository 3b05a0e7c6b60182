"""Run the bare loop and `samefn compare` side by side: every round asks each of them once, in the same order."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import onnxruntime as ort

from overhead.made_up import make
from samefn.studies.environment import Machine

BATCH = 64
BARE = Path(__file__).with_name("bare.py")
# What `samefn compare` and its worker import before they do anything.
IMPORTS = {
    "command": "import samefn.cli.compare",
    "worker": "import samefn.engine.local, samefn.comparison.tasks, samefn.runtimes.onnx_model",
}


def measure(side: int, images: int, rounds: int) -> dict[str, Any]:
    """Every number of the benchmark, as `table.markdown` reads it; times in seconds, one entry a round.

    Args:
        side: of the square images.
        images: how many.
        rounds: how many, behind one that warms up on few images.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parameters = make(folder, side, images)
        _say("warm-up")
        _round(folder, "few.npz")
        found = []
        for number in range(1, rounds + 1):
            _say(f"round {number} of {rounds}")
            found.append(_round(folder, "x.npz"))
    environment = Machine("cpu").environment()
    return {
        "machine": {
            **{key: environment[key] for key in ("cpu", "system", "python")},
            "cores": environment["devices"]["cores"],
            "load": [round(load, 1) for load in os.getloadavg()],
        },
        "versions": {"onnxruntime": ort.__version__},
        "sizes": {"side": side, "images": images, "batch": BATCH, "parameters": parameters},
        "rounds": found,
    }


def _round(folder: Path, data: str) -> dict[str, Any]:
    """The bare loop; a comparison without a store; one with the base stored; one with everything stored; imports."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    bare = _run([str(BARE), "base.onnx", "candidate.onnx", data, str(BATCH)], folder)
    first = _compare("candidate.onnx", data, folder)
    if first["disagreement"] != float(bare["out"]):
        raise SystemExit(f"{first['disagreement']} of the answers differ, and {bare['out'].strip()} in the bare loop")
    return {
        "bare": _times(bare),
        "first": first,
        "second": _compare("second.onnx", data, folder),
        "stored": _compare("candidate.onnx", data, folder),
        "imports": {name: _times(_run(["-c", code], folder)) for name, code in IMPORTS.items()},
    }


def _compare(candidate: str, data: str, folder: Path) -> dict[str, Any]:
    """One comparison by one worker without costs: its times, whom it asked, and what its report says."""
    options = ["--data", data, "--set", "cost=false", "--workers", "1", "--store", "store", "--out", "run"]
    options += ["--set", f"batch_size={BATCH}"]
    found = _run([str(Path(sys.executable).with_name("samefn")), "compare", "base.onnx", candidate, *options], folder)
    report = json.loads((folder / "run" / "report.json").read_text(encoding="utf-8"))
    asked = re.findall(r"\] (.+): finished, ", found["err"])
    seconds = {name: report["times"]["tasks"][name] for name in asked}
    values = {one["candidate"]: one["value"] for one in report["measures"] if one["measure"] == "disagreement"}
    return {**_times(found), "asked": seconds, "disagreement": values["candidate-1"]}


def _run(arguments: list[str], folder: Path) -> dict[str, Any]:
    """A process and its children: seconds of wall and CPU, and what it wrote."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "out": done.stdout, "err": done.stderr}


def _times(run: dict[str, Any]) -> dict[str, float]:
    return {"wall": run["wall"], "cpu": run["cpu"]}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
