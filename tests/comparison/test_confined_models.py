"""Models that misbehave: each fails alone and in one line, whatever runs it, and nothing outside is touched."""

import warnings

import numpy as np
import pytest
import torch

from samefn.cli.main import run
from samefn.comparison.run import compare_models
from samefn.config.read_comparison import read_comparison
from samefn.core.paths import Places
from samefn.engine.in_process import InProcessEngine
from samefn.engine.local import LocalEngine
from samefn.sandbox.limits import Limits

LIMITS = Limits(4 * 10**9, 1200.0)
NETS = """
import os, socket, subprocess, sys, time
from pathlib import Path
from torch import nn, ones, tensor

OUTSIDE = Path({outside!r})


class Net(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.act = act

    def forward(self, x):
        if self.act:
            self.act()
        return self.linear(x.float())


def good(): return Net(None)
def leaves(): return Net(lambda: os._exit(0))
def crashes(): return Net(lambda: os.abort())
def writes(): return Net(lambda: (OUTSIDE / "written").write_text("x"))
def reads(): return Net(lambda: (OUTSIDE / "secret").read_text())
def connects(): return Net(lambda: socket.create_connection(("127.0.0.1", 9)))
def runs(): return Net(lambda: subprocess.run(["true"], check=True))
def forks(): return Net(os.fork)
def kills(): return Net(lambda: os.kill(os.getppid(), 9))
def floods():
    print("x" * 10**6)
    return Net(lambda: print("y" * 10**6, file=sys.stderr) or sys.stdin.read())
def builds(): os._exit(0)
"""
# What each does, and what the line of its failure says.
FAILING = {
    "leaves": "exit code 0",
    "crashes": "crashed",
    "writes": "sandbox",
    "reads": "sandbox",
    "connects": "sandbox",
    "runs": "sandbox",
    "forks": "sandbox",
    "kills": "sandbox",
}


@pytest.fixture
def nets(tmp_path, monkeypatch):
    """A module with factories of torch modules, and examples for them."""
    outside, code = tmp_path / "outside", tmp_path / "code"
    outside.mkdir()
    code.mkdir()
    (outside / "secret").write_text("key")
    (code / "naughty_nets.py").write_text(NETS.format(outside=str(outside)))
    monkeypatch.syspath_prepend(code)
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x=rng.normal(size=(40, 4)).astype(np.float32), labels=rng.integers(0, 3, 40))
    return tmp_path


def spec(nets, candidates, **options):
    models = ["naughty_nets:good", *(f"naughty_nets:{name}" for name in candidates)]
    return read_comparison(models, {"data": str(nets / "data.npz"), **options}, [])


@pytest.mark.parametrize("engine", [LocalEngine(2, LIMITS), InProcessEngine(LIMITS)], ids=["local", "in-process"])
def test_each_fails_alone_in_one_line(nets, capfd, engine):
    places = Places(nets / "out", str(nets / "store"), nets / "cache")
    report = compare_models(spec(nets, [*FAILING, "floods"]), places, engine)
    failures = {failure.label.rpartition(":")[2]: failure.error for failure in report.failures}
    assert set(failures) == set(FAILING)
    for name, word in FAILING.items():
        assert word in failures[name], failures[name]
        assert "\n" not in failures[name]
        assert f"naughty_nets:{name}" in failures[name]
    assert [path.name for path in (nets / "outside").iterdir()] == ["secret"]
    assert {model.name.rpartition(":")[2] for model in report.models if model.role == "candidate"} == {"floods"}
    assert "landlock" in report.environment.sandbox
    assert capfd.readouterr() == ("", "")


def command(nets, candidates, *options):
    models = ["naughty_nets:good", *(f"naughty_nets:{name}" for name in candidates)]
    places = ["--out", str(nets / "out"), "--store", str(nets / "store")]
    return run(["compare", *models, "--data", str(nets / "data.npz"), *places, *options])


def test_the_command_says_which_model_failed_and_its_exit_code_is_1(nets, capfd):
    assert command(nets, ["leaves", "floods"]) == 1
    assert "ended its own process (exit code 0)" in capfd.readouterr().out


def test_a_factory_that_ends_its_process_cannot_be_read(nets, capfd):
    assert command(nets, ["builds", "floods"]) == 1
    assert "ended its own process" in capfd.readouterr().out


@pytest.mark.parametrize("name", ["leaves", "crashes", "builds"])
def test_an_explanation_goes_on_after_a_model_that_dies(nets, capfd, name):
    assert command(nets, [name, "floods"], "--explain") == 2
    printed = capfd.readouterr().out
    assert "SF047" in printed
    assert printed.index("SF047") < printed.index("naughty_nets:floods")
    assert "taken for logits" in printed.partition("naughty_nets:floods")[2]


def test_a_limit_that_cannot_be_read_is_refused(nets, capfd):
    assert command(nets, ["good"], "--model-timeout", "soon") == 2
    assert "SF034" in capfd.readouterr().err


class Maps(torch.nn.Module):
    """Maps a file into memory when it runs: with `shared` it could write into it."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        stolen = torch.from_file(self.path, shared=True, size=3, dtype=torch.uint8)
        return x[:, :3] + stolen.float()


def test_a_trusted_script_cannot_reach_other_files(nets):
    good, other, bad = (nets / f"{name}.pt" for name in ("good", "other", "bad"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for path in (good, other):
            torch.jit.script(torch.nn.Sequential(torch.nn.Linear(4, 3))).save(path)
        torch.jit.script(Maps(str(nets / "outside" / "secret"))).save(bad)
    places = Places(nets / "out", str(nets / "store"), nets / "cache")
    options = {"data": str(nets / "data.npz"), "trust": True}
    given = read_comparison([str(good), str(bad), str(other)], options, [])
    report = compare_models(given, places, LocalEngine(2, LIMITS))
    [failure] = report.failures
    assert failure.label == "bad.pt"
    assert (nets / "outside" / "secret").read_text() == "key"


def test_costs_and_layers_are_measured_in_confined_processes(nets, linear):
    matrix = np.random.default_rng(1).normal(size=(4, 3))
    base, other = linear(nets / "base.onnx", matrix), linear(nets / "other.onnx", matrix * 1.01)
    places = Places(nets / "out", str(nets / "store"), nets / "cache")
    given = read_comparison([base, other], {"data": str(nets / "data.npz"), "locate": True}, [])
    report = compare_models(given, places, LocalEngine(2, LIMITS))
    for model in report.models[:2]:
        assert model.cost.whole.median > 0
        assert model.cost.memory > 0
    assert {entry.candidate for entry in report.located} == {"candidate-1"}
