"""The same study on a Ray cluster of two machines: the same report, and one engine goes on where another was killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'samefn[ray]'")

from ray.cluster_utils import Cluster  # noqa: E402

from samefn.store.store import Store  # noqa: E402

from .conftest import TINY, without_times  # noqa: E402

SAMEFN = str(Path(sys.executable).with_name("samefn"))


@pytest.fixture(scope="module")
def cluster():
    """Two machines with a core each."""
    found = Cluster()
    for _ in range(2):
        found.add_node(num_cpus=1, include_dashboard=False)
    yield found
    found.shutdown()


def start(folder, *options, source=TINY):
    command = [SAMEFN, "study", source, "--out", folder / "out", "--store", folder / "store", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder)


def finish(process, code=0):
    _, errors = process.communicate(timeout=300)
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    return errors


def kill_after_the_first_training(process, store):
    """With all its children, in the middle of what follows."""
    deadline = time.monotonic() + 120
    while not list((store / "objects").glob("*/*/final.safetensors")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_the_report_is_that_of_local_processes(tiny, tmp_path, cluster):
    errors = finish(start(tmp_path, "--engine", "ray", "--address", cluster.address))
    assert without_times(tmp_path / "out") == tiny.json()
    assert "[21/21]" in errors


@pytest.mark.parametrize("first", ["local", "ray"])
def test_a_study_killed_on_one_engine_finishes_on_the_other(tiny, tmp_path, cluster, first):
    options = {"local": ("--workers", "2"), "ray": ("--engine", "ray", "--address", cluster.address)}
    kill_after_the_first_training(start(tmp_path, *options.pop(first)), tmp_path / "store")
    before = {key: made(tmp_path, key) for key in Store(tmp_path / "store").keys()}  # noqa: SIM118
    assert before
    [second] = options.values()
    finish(start(tmp_path, *second))
    assert without_times(tmp_path / "out") == tiny.json()
    assert {key: made(tmp_path, key) for key in before} == before, "something was done twice"


def made(folder, key):
    return Store(folder / "store").manifest(key)["made"]


def test_what_fails_three_times_is_a_hole_in_the_report(tmp_path, cluster, monkeypatch):
    """A net whose module kills the process that imports it; everything else is made."""
    (tmp_path / "deadly.py").write_text(
        "import os, sys\n"
        "def net(shape, classes):\n"
        "    if any('default_worker' in word for word in sys.argv):\n"
        "        os._exit(1)\n"
        "    from samefn.nets.lenet import LeNet\n"
        "    return LeNet(shape, classes)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    options = ["--set", "distillation.net=deadly:net", "--set", "distillation.control=false"]
    errors = finish(start(tmp_path, "--engine", "ray", "--address", cluster.address, *options), code=1)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    [(failed, error)] = [(one["model"], one["error"]) for one in report["failures"] if "student-a0.5" in one["model"]]
    assert "its worker process died" in error
    assert "tried 3 times" in error
    assert "pruned-50" in {model["id"] for model in report["models"]}
    assert failed in errors or "student, alpha 0.5" in errors


def test_status_tells_how_far_a_run_is(tmp_path, cluster):
    process = start(tmp_path, "--engine", "ray", "--address", cluster.address, "--set", "training.epochs=40")
    deadline, said = time.monotonic() + 120, ""
    while " running, " not in said or " 0 running" in said:
        assert time.monotonic() < deadline, said
        assert process.poll() is None
        time.sleep(0.5)
        said = subprocess.run(
            [SAMEFN, "status", tmp_path / "store"], capture_output=True, text=True, check=False
        ).stdout
    assert "out (ray, " in said
    assert "  running  " in said
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    said = subprocess.run([SAMEFN, "status", tmp_path / "store"], capture_output=True, text=True, check=True).stdout
    assert "; stopped; " in said
