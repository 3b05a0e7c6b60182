"""What a confined process costs: each model in one of its own, beside all models in plain workers.

    python benchmarks/sandbox.py --models 2 6 --rounds 3

The same tasks run once in each way, in turns, each time in a new command. Printed are the medians of CPU seconds and of
the peak of the memory that all processes together hold (PSS: shared pages are divided among those that share them).
The figures are in docs/evidence/sandbox.md.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from samefn.comparison.examples import store_examples
from samefn.comparison.models import compared_models
from samefn.comparison.plan import Piece, prediction_task
from samefn.config.read_comparison import read_comparison
from samefn.core.events import silent
from samefn.datasets.examples.arrays import examples_from_arrays
from samefn.engine.local import LocalEngine
from samefn.engine.run import run_tasks
from samefn.sandbox.fork_server import stop_fork_server
from samefn.sandbox.limits import default_limits
from samefn.store.store import Store

EXAMPLES, FEATURES, CLASSES, WORKERS = 2000, 784, 10, 2
_SAMPLE_SECONDS = 0.05
NETS = f"""
from torch import nn
def small():
    return nn.Sequential(nn.Linear({FEATURES}, 64), nn.ReLU(), nn.Linear(64, {CLASSES}))
"""


def main() -> None:
    """Measure all ways, or one as a command of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--models", type=int, nargs=2, default=(2, 6), help="numbers of models: their difference counts"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument(
        "--runtimes", nargs="+", default=["onnx", "torch"], choices=["onnx", "torch"], help="both, if not said"
    )
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        runtime, way, count = arguments.one
        print(json.dumps(_measured(runtime, int(count), confined=way == "confined")))
        return
    print("| runtime | way | models | CPU s | peak PSS, MB | CPU s a model | MB at the peak, beyond workers |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for runtime in arguments.runtimes:
        _print_runtime(runtime, arguments.models, arguments.rounds)


def _print_runtime(runtime: str, counts: tuple[int, int], rounds: int) -> None:
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    for _ in range(rounds):
        for count in counts:
            for way in ("workers", "confined"):
                command = [sys.executable, __file__, "--one", runtime, way, str(count)]
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found.setdefault((way, count), []).append(json.loads(output))
    median = {
        place: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for place, runs in found.items()
    }
    few, many = counts
    for (way, count), values in median.items():
        slope = (median[way, many]["cpu"] - median[way, few]["cpu"]) / (many - few)
        beyond = values["pss"] - median["workers", count]["pss"]
        print(
            f"| {runtime} | {way} | {count} | {values['cpu']:.2f} | {values['pss']:.0f} | {slope:.2f} | {beyond:+.0f} |"
        )


def _measured(runtime: str, count: int, *, confined: bool) -> dict[str, float]:
    """CPU seconds of this process and its children, and the peak of their memory, for running models."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rng = np.random.default_rng(0)
        data = examples_from_arrays({"x": rng.normal(size=(EXAMPLES, FEATURES)).astype(np.float32)}, None, None)
        store = Store(folder / "store")
        piece = Piece(0, EXAMPLES, store_examples(data, store, silent))
        models = _models(runtime, folder, count)
        spec = read_comparison(models, {"data": "unused.npz"})
        tasks = [prediction_task(model, piece) for model in compared_models(spec, default_limits())]
        tasks = tasks if confined else [replace(task, confined=None) for task in tasks]
        before, watch = _cpu(), _Watch()
        with watch:
            outcome = run_tasks(tasks, [task.key for task in tasks], store, LocalEngine(WORKERS), silent)
        if outcome.failed:
            raise SystemExit(str(outcome.failed))
        stop_fork_server()  # its CPU time counts too
        return {"cpu": _cpu() - before, "pss": watch.peak / 1e3}


def _models(runtime: str, folder: Path, count: int) -> list[str]:
    """Models of one runtime, all different."""
    if runtime == "torch":
        (folder / "benchmark_nets.py").write_text(
            NETS + "".join(f"def net{number}(): return small()\n" for number in range(count))
        )
        sys.path.insert(0, str(folder))
        os.environ["PYTHONPATH"] = str(folder)
        return [f"benchmark_nets:net{number}" for number in range(count)]
    return [_linear(folder / f"model{number}.onnx", number) for number in range(count)]


def _linear(path: Path, seed: int) -> str:
    matrix = np.random.default_rng(seed).normal(size=(FEATURES, CLASSES)).astype(np.float32)
    info, make = onnx.helper.make_tensor_value_info, onnx.helper
    graph = make.make_graph(
        [make.make_node("MatMul", ["x", "w"], ["logits"])],
        "linear",
        [info("x", onnx.TensorProto.FLOAT, ["n", FEATURES])],
        [info("logits", onnx.TensorProto.FLOAT, ["n", CLASSES])],
        [onnx.numpy_helper.from_array(matrix, "w")],
    )
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 18)], ir_version=10), path)
    return str(path)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Watch:
    """Samples the memory of this process's descendants; use it as a context.

    Attributes:
        peak: kilobytes, of all together.
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._end.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(_pss(pid) for pid in _descendants(os.getpid())))


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and so on; not itself."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)] if Path(f"/proc/{child}/task").is_dir() else []
    return found


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    main()
