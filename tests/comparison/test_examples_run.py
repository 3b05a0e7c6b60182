"""The examples of ONNX and torch: the scripts make the models, and every command that they print compares them."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from samefn.cli.main import run
from samefn.reports.read import read_report

EXAMPLES = Path(__file__).parents[2] / "examples"


def printed(script, folder):
    """What an example's script prints, run from the folder above that of its models."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, folder.name],
        cwd=folder.parent,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert f"\ncd {folder.name}\n" in done.stdout
    return done.stdout


def commands(text):
    """The arguments of every printed `samefn` command, by the ending of its first model or file."""
    lines = [shlex.split(line) for line in text.splitlines() if "samefn compare " in line]
    found = [line[line.index("samefn") + 1 :] for line in lines]
    return {line[1].partition(".")[2]: line for line in found}


@pytest.fixture
def compared(tmp_path, monkeypatch):
    """Run a printed command in the folder of its models; the report."""

    def call(command, folder):
        monkeypatch.chdir(folder)
        where = ["--out", str(tmp_path / "out"), "--store", str(tmp_path / "store")]
        assert run([*command, *where, "--workers", "1", "--set", "cost=false"]) == 0
        return read_report(tmp_path / "out")

    return call


def changed(report):
    """The candidate's and the independents' shares of changed predictions."""
    shares = {one.candidate: one.value for one in report.measures if one.measure == "disagreement"}
    return shares["candidate-1"], [value for name, value in shares.items() if name.startswith("independent")]


@pytest.fixture(scope="module")
def torch_models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("torch") / "models"
    return folder, commands(printed("torch/make_models.py", folder))


@pytest.fixture(scope="module")
def saved(torch_models):
    folder, _ = torch_models
    text = printed("torch/compare_modules.py", folder)
    return text, commands(text)


def test_onnx(compared, tmp_path):
    folder = tmp_path / "models"
    [command] = commands(printed("onnx/make_models.py", folder)).values()
    report = compared(command, folder)
    candidate, independents = changed(report)
    assert candidate < min(independents)  # 8 bits move less than another seed
    assert report.model("candidate-1").bytes < report.model("base").bytes / 2


@pytest.mark.parametrize("form", ["pt2", "ts", "toml"])
def test_torch_forms(compared, torch_models, monkeypatch, form):
    folder, by_form = torch_models
    assert set(by_form) == {"pt2", "ts", "toml"}
    monkeypatch.syspath_prepend(EXAMPLES / "torch")  # what PYTHONPATH does for the shell
    report = compared(by_form[form], folder)
    candidate, independents = changed(report)
    assert candidate > max(independents)  # without 90 % of its weights it is farther than another seed
    runtimes = {"pt2": "exported", "ts": "torchscript", "toml": "torch"}
    assert {model.method.adapter for model in report.models} == {runtimes[form]}
    assert report.model("base").accuracy == pytest.approx(plain_accuracy(folder))


def plain_accuracy(folder):
    """The base's accuracy, by its weights in NumPy."""
    weights = load_file(folder / "base.safetensors")
    data = np.load(folder / "digits.npz")
    hidden = np.maximum(data["pixels"].reshape(-1, 64) @ weights["1.weight"].T + weights["1.bias"], 0)
    answers = (hidden @ weights["3.weight"].T + weights["3.bias"]).argmax(axis=1)
    return float((answers == data["labels"]).mean())


def test_modules_in_python_and_their_saved_predictions(compared, torch_models, saved):
    folder, _ = torch_models
    text, by_form = saved
    assert "pruned against base" in text
    [command] = by_form.values()
    kept, here = compared(command, folder), read_report(folder / "modules")
    assert changed(kept) == changed(here)
    assert {model.method.adapter for model in kept.models} == {"predictions"}
    assert kept.verdicts == here.verdicts
