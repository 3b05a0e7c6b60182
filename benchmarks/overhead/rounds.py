"""Run the bare loop and `samefn compare` side by side: at the same time, each with one thread, on a core of its own.

A shared machine may become twice as slow from one minute to the next; what runs at the same moment is slowed alike.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import onnxruntime as ort

from overhead.made_up import make
from samefn.studies.environment import Machine

BATCH = 64
BARE = Path(__file__).with_name("bare.py")
# What `samefn compare` and its worker import before they do anything.
IMPORTS = {
    "command": "import samefn.cli.compare",
    "worker": "import samefn.engine.local, samefn.comparison.tasks, samefn.runtimes.onnx.model",
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
    machine = Machine("cpu").environment().model_dump()
    return {
        "machine": {
            **{key: machine[key] for key in ("cpu", "system", "python")},
            "cores": machine["devices"]["cores"],
            "load": [round(load, 1) for load in os.getloadavg()],
        },
        "versions": {"onnxruntime": ort.__version__},
        "sizes": {"side": side, "images": images, "batch": BATCH, "parameters": parameters},
        "rounds": found,
    }


def _round(folder: Path, data: str) -> dict[str, Any]:
    """The bare loop beside a comparison without a store; one with the base stored; with all stored; imports."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    loop = _start([str(BARE), "base.onnx", "candidate.onnx", data, str(BATCH)], folder)
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(_ended, loop)
        first = _compare("candidate.onnx", data, folder)
        bare = other.result()
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
    return _ended(_start(arguments, folder))


@dataclass
class _Started:
    process: "subprocess.Popen[str]"
    out: IO[str]
    err: IO[str]
    started: float


def _start(arguments: list[str], folder: Path) -> _Started:
    out, err = (tempfile.TemporaryFile("w+", encoding="utf-8") for _ in range(2))  # noqa: SIM115  (`_ended` closes)
    process = subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=out, stderr=err, text=True)
    return _Started(process, out, err, time.perf_counter())


def _ended(one: _Started) -> dict[str, Any]:
    """Wait for a process: its seconds, those of the processes that it started too, and what it wrote."""
    _, status, used = os.wait4(one.process.pid, 0)
    wall = time.perf_counter() - one.started
    one.process.returncode = os.waitstatus_to_exitcode(status)
    said = []
    for stream in (one.out, one.err):
        stream.seek(0)
        said.append(stream.read())
        stream.close()
    if one.process.returncode:
        raise SystemExit(f"{one.process.args!r} failed:\n{said[1]}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "out": said[0], "err": said[1]}


def _times(run: dict[str, Any]) -> dict[str, float]:
    return {"wall": run["wall"], "cpu": run["cpu"]}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
