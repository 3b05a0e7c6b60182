"""The projection of the paper's time: what is counted and reckoned is right, and a tiny run measures and shows."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from samefn.config.read import read_spec
from samefn.config.suite import SuiteSpec
from samefn.datasets.dataset import numbered_images, study_dataset
from samefn.nets.build import build_net
from samefn.studies.environment import find_machine
from samefn.studies.plan.study import plan_study

ROOT = Path(__file__).parents[2]


class Benchmark:
    """The benchmark's modules by name."""

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"gpu.{name}")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Benchmark:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return Benchmark()


def test_the_pairs_are_the_papers_and_need_what_a_plan_trains(gpu: Benchmark) -> None:
    pairs, suite = gpu.pairs.paper_pairs(), read_spec("paper")
    assert isinstance(suite, SuiteSpec)
    assert len(pairs) * gpu.pairs.PAPER["trainings"] == 42
    assert [pair.title for pair in pairs] == [pair.title for pair in suite.pairs]
    for pair, member in zip(pairs, suite.members(), strict=True):
        pixels = np.zeros((600, *pair.shape), np.uint8)
        names = tuple(map(str, range(pair.classes)))
        images = numbered_images("train", pixels, np.arange(600) % pair.classes)
        plan = plan_study(member.spec, study_dataset(pair.title, names, images, images, ""), "0", find_machine("cpu"))
        kinds = [task.kind for task in plan.tasks]
        assert pair.preset == {"trainings": kinds.count("train"), "teachers": kinds.count("teach")}
        assert gpu.pairs.read_pair(json.loads(json.dumps(pair.record()))) == pair
    with pytest.raises(ValueError, match=r"'mnist'.*\bmnist-lenet, "):
        gpu.pairs.chosen(["mnist"])


def test_operations_of_lenet(gpu: Benchmark) -> None:
    pair, *_ = gpu.pairs.chosen(["mnist-lenet"])
    # A product and a sum for each kernel's number at each place of its output; dense layers once.
    first, second, dense = 2 * 9 * 32 * 26 * 26, 2 * 9 * 32 * 64 * 11 * 11, 2 * (1600 * 128 + 128 * 10)
    forward = first + second + dense
    # Backward as much again for the weights, and for the inputs of all but the first layer, whose are the images.
    assert gpu.flops.operations(pair) == {"evaluation": forward, "step": 3 * forward - first}


@pytest.mark.parametrize("title", ["cifar10-mobilenet", "cifar100-resnet50"])
def test_operations_of_a_net_are_those_of_its_layers(gpu: Benchmark, title: str) -> None:
    (pair,) = gpu.pairs.chosen([title])
    needed: list[int] = []

    def count(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        # Each number of an output is a sum over one kernel, depthwise or not.
        needed.append(2 * output.numel() * layer.weight[0].numel())  # type: ignore[index, union-attr, operator]

    net = build_net(pair.net, pair.shape, pair.classes, seed=0).eval()
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.no_grad():
        net(torch.zeros(1, *pair.shape))
    assert gpu.flops.operations(pair) == {"evaluation": sum(needed), "step": 3 * sum(needed) - needed[0]}


def results(gpu: Benchmark, *titles: str) -> dict[str, Any]:
    """As measured where a step takes 1 ms alone and 1.5 ms beside another, and eight do not fit."""

    def answer(slower: float) -> dict[str, Any]:
        times = {"steps": 0.010 * slower, "evaluation": 0.2 * slower, "checkpoint": 0.5}
        return {**times, "memory": {"process": 2**30, "device": 3 * 2**30}}

    runs = [
        # Of three rounds the median counts.
        {"processes": 1, "fits": True, "parameters": 5, "rounds": [[answer(1)], [answer(9)], [answer(1)]]},
        {"processes": 2, "fits": True, "parameters": 5, "rounds": [[answer(1.4), answer(1.6)]] * 3},
        {"processes": 8, "fits": False},
    ]
    operations = {"step": 3_000_000, "evaluation": 1_000_000}
    device = {"kind": "cuda", "gpu": "A GPU", "memory": 2**34, "cuda": "1", "cudnn": 2, "cpu": "A CPU", "cores": 4}
    return {
        "device": {**device, "torch": "3"},
        "rates": {"float32": [1e12, 2e12, 3e12], "tf32": [8e12]},
        "load": 0.0,
        "sizes": {"steps": 10, "evaluation": 100, "rounds": 3},
        "pairs": [{**pair.record(), "operations": operations, "runs": runs} for pair in gpu.pairs.chosen(titles)],
    }


def test_a_projection_is_what_it_says(gpu: Benchmark) -> None:
    found = results(gpu, "mnist-lenet")
    one = gpu.projection.project(found, found["pairs"], 1, preset=False)
    # 25 epochs of 938 steps (60,000 images by 64, the last batch half), 26 times 10,000 images at 2 ms and 0.5 s.
    training, teaching = 25 * 938 * 0.001 + 26 * (20 + 0.5), 120
    assert one.trainings == 6
    assert one.seconds == one.whole == pytest.approx(6 * training + teaching)
    assert one.chain == pytest.approx(2 * training + teaching)
    needed = 6 * (25 * 60_000 * 3e6 + 26 * 10_000 * 1e6) + 60_000 * 1e6
    assert one.lower_bound == pytest.approx(needed / 2e12)
    # Two at once: everything but the checkpoint takes half as long again, and two are made in that time.
    two = gpu.projection.project(found, found["pairs"], 2, preset=False)
    slower, taught = 25 * 938 * 0.0015 + 26 * (30 + 0.5), 180
    assert two.seconds == pytest.approx((6 * slower + taught) / 2)
    whole = gpu.projection.project(found, found["pairs"], 2, preset=True)
    assert whole.trainings == 19
    assert whole.seconds == pytest.approx((19 * slower + 2 * taught) / 2)
    assert gpu.projection.project(found, found["pairs"], 8, preset=False) is None


def test_no_number_of_processes_beats_the_longest_chain(gpu: Benchmark) -> None:
    found = results(gpu, "mnist-lenet")
    found["pairs"][0]["runs"][1]["processes"] = 6
    six = gpu.projection.project(found, found["pairs"], 6, preset=False)
    assert six.whole == six.chain > six.seconds


def test_what_did_not_fit_is_said_and_the_rest_shown(gpu: Benchmark) -> None:
    shown = gpu.table.markdown(results(gpu, "mnist-lenet", "cifar10-resnet50"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines() if line[:1] == "|"]
    widths = {len(row) for row in rows}
    assert widths == {12, 7}
    assert ["cifar10-resnet50", "8", "no memory", "", "", "", ""] in rows
    # Two at 1.5 ms a step.
    assert ["cifar10-resnet50", "2", "1,333.3", "85,333", "1.33", "1,024", "3,072"] in rows
    one, whole, preset = (next(r for r in rows if r[0].startswith(name)) for name in ("mnist-", "all pairs", "all tr"))
    assert (whole[1], preset[1]) == ("12", "38")
    assert [row for row in rows if row[0] == "mnist-lenet"][-1][4] == whole[4] == preset[4] == "no memory"
    assert one[0] == "mnist-lenet"
    assert "2,000 GFLOP/s in float32, 8,000 GFLOP/s in TF32, which samefn does not use" in shown


@pytest.mark.parametrize(
    ("ends", "error", "words"),
    [
        ("raise MemoryError", "NoMemoryError", "^$"),
        ("import os; os.kill(os.getpid(), 9)", "NoMemoryError", "^$"),
        ("class OutOfMemoryError(RuntimeError): pass\nraise OutOfMemoryError('CUDA')", "NoMemoryError", "^$"),
        ("raise ValueError('a mistake')", "SystemExit", "(?s)ended with status 1:.*ValueError: a mistake"),
    ],
)
def test_only_a_process_without_memory_is_passed_over(
    gpu: Benchmark, tmp_path: Path, ends: str, error: str, words: str
) -> None:
    kind: type[BaseException] = SystemExit if error == "SystemExit" else gpu.rounds.NoMemoryError
    command, pipe = [sys.executable, "-c", ends], subprocess.PIPE
    with (
        (tmp_path / "log").open("w+") as log,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True) as process,
        pytest.raises(kind, match=words),
    ):
        gpu.rounds.Process(process, log).answer()


@pytest.mark.slow
def test_a_tiny_run_measures_and_shows(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "paper_gpu.py")]
    sizes = ["--device=cpu", "--pairs=mnist-lenet", "--processes=2", "--steps=2", "--evaluation=10", "--rounds=1"]
    done = subprocess.run([*command, *sizes, "--json", str(out)], check=True, capture_output=True, text=True)
    found = json.loads(out.read_text(encoding="utf-8"))
    [pair] = found["pairs"]
    [run] = pair["runs"]
    assert (run["processes"], run["fits"], run["parameters"]) == (2, True, 225_034)
    [answers] = run["rounds"]
    assert len(answers) == 2
    for answer in answers:
        assert min(answer["steps"], answer["evaluation"], answer["checkpoint"], answer["memory"]["process"]) > 0
    assert found["device"]["kind"] == "cpu"
    assert list(found["rates"]) == ["float32"]
    again = subprocess.run([*command, "--markdown", str(out)], check=True, capture_output=True, text=True)
    assert again.stdout == done.stdout
