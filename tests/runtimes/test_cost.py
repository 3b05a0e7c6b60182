"""Latency by a clock that the fake models move, and the memory of a process of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.core.process import kilobytes
from samefn.runtimes.cost import latency
from samefn.runtimes.cost.latency import MAX_RUNS, WARM_UP_RUNS, measure_cost
from samefn.runtimes.cost.memory import measure_memory
from samefn.runtimes.model import TensorSpec, WeightStats
from samefn.sandbox.limits import default_limits


class Clock:
    """Time that passes only when a model runs."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which latencies are measured."""
    clock = Clock()
    monkeypatch.setattr(latency, "perf_counter", clock)
    return clock


class Slow:
    """A model whose n-th run takes `seconds(batch, n)`; it keeps a log of whose turn it was."""

    resolution = None
    outputs: tuple[TensorSpec, ...] = ()
    notes: tuple[str, ...] = ()

    def __init__(self, clock: Clock, name: str, log: list[tuple[str, int]], seconds: Any, batch: int | None = None):
        self.clock, self.name, self.log, self.seconds, self.count = clock, name, log, seconds, {}
        self.inputs = (TensorSpec("x", "float32", (batch, 2)),)

    def run(self, feeds: Mapping[str, Any]) -> Mapping[str, Any]:
        batch = len(feeds["x"])
        number = self.count[batch] = self.count.get(batch, 0) + 1
        self.log.append((self.name, batch))
        self.clock.now += self.seconds(batch, number)
        return {}

    def facts(self) -> Mapping[str, Any]:
        return {}

    def weights(self) -> WeightStats:
        return WeightStats(0)


def feed(count: int) -> dict[str, Any]:
    return {"x": np.zeros((count, 2), np.float32)}


def test_median_and_quartiles_leave_the_first_runs_out(clock: Clock):
    log: list[tuple[str, int]] = []
    # Cold runs take 5 s; after that 1, 2, 3, ... seconds, scaled by the batch.
    model = Slow(clock, "m", log, lambda batch, n: 5.0 if n <= WARM_UP_RUNS else float(batch * (n - WARM_UP_RUNS)))
    found = measure_cost({"m": model}, {"m": feed}, 4, 2 * (5.0 * WARM_UP_RUNS + 15.0))["m"]
    # Batch 1 has 30 s: 15 cold, then 1 + 2 + 3 + 4 = 10; with 5 s left and 4 the longest, one more is begun: 5 s.
    assert found.one is not None
    assert (found.one.batch, found.one.runs, found.one.median) == (1, 5, 3.0)
    assert (found.one.low, found.one.high) == (2.0, 4.0)
    # Batch 4: 4 + 8 = 12 of 15 seconds; 3 s are left for a run that took 8: none is begun.
    assert found.whole is not None
    assert (found.whole.batch, found.whole.runs, found.whole.median) == (4, 2, 6.0)
    assert found.notes == ()


def test_models_take_turns_and_the_first_changes(clock: Clock):
    log: list[tuple[str, int]] = []
    models = {name: Slow(clock, name, log, lambda batch, n: 1.0) for name in "abc"}
    measure_cost(models, dict.fromkeys(models, feed), 1, 6.0)
    turns = ["".join(name for name, _ in log[start : start + 3]) for start in range(0, len(log), 3)]
    assert turns == ["abc", "bca", "cab", "abc", "bca", "cab"]  # six seconds each, one second a run


def test_no_model_takes_more_than_its_time_and_a_slow_one_says_so(clock: Clock):
    log: list[tuple[str, int]] = []
    models = {
        "fast": Slow(clock, "fast", log, lambda batch, n: 0.01 * batch),
        "slow": Slow(clock, "slow", log, lambda batch, n: 7.0),
    }
    found = measure_cost(models, dict.fromkeys(models, feed), 8, 10.0)
    spent = {name: sum(0.01 * batch if name == "fast" else 7.0 for who, batch in log if who == name) for name in models}
    assert spent["fast"] <= 10.0
    assert spent["slow"] == 14.0  # one run at either size: nobody knew how long it takes
    assert found["fast"].one is not None
    assert found["fast"].one.runs == MAX_RUNS
    assert found["slow"].whole is not None
    assert found["slow"].whole.runs == 1
    assert ["batch 1 " in note for note in found["slow"].notes] == [True, False]
    assert ["batch 8 " in note for note in found["slow"].notes] == [False, True]


def test_a_fixed_batch_has_no_batch_of_one_and_says_why(clock: Clock):
    log: list[tuple[str, int]] = []
    found = measure_cost({"m": Slow(clock, "m", log, lambda batch, n: 1.0, batch=16)}, {"m": feed}, 64, 10.0)["m"]
    assert {batch for _, batch in log} == {16}
    assert found.one is None
    assert found.whole is not None
    assert found.whole.batch == 16
    assert ["16 only" in note for note in found.notes] == [True, False]
    assert ["of 16, not 64" in note for note in found.notes] == [False, True]


def test_fixed_to_one_and_asked_for_one_are_measured_once(clock: Clock):
    log: list[tuple[str, int]] = []
    found = measure_cost({"m": Slow(clock, "m", log, lambda batch, n: 1.0)}, {"m": feed}, 1, 10.0)["m"]
    assert found.one == found.whole
    assert len(log) == 10


def test_a_model_that_fails_leaves_the_others(clock: Clock):
    class Broken(Slow):
        def run(self, feeds: Mapping[str, Any]) -> Mapping[str, Any]:
            if len(feeds["x"]) == 1:
                raise InputError("SF315", "wants more than one")
            return super().run(feeds)

    log: list[tuple[str, int]] = []
    models = {"broken": Broken(clock, "broken", log, lambda b, n: 1.0), "m": Slow(clock, "m", log, lambda b, n: 1.0)}
    found = measure_cost(models, dict.fromkeys(models, feed), 2, 20.0)
    assert found["broken"].one is None
    assert found["broken"].whole is not None
    [note] = found["broken"].notes
    assert note.endswith("batch 1: wants more than one")
    assert found["m"].one is not None


@pytest.mark.parametrize(("batch", "seconds"), [(0, 1.0), (1, 0.0), (1, float("nan"))])
def test_nonsense_is_refused(batch: int, seconds: float):
    with pytest.raises(InputError, match="SF310"):
        measure_cost({}, {}, batch, seconds)


def test_memory_counts_the_weights(tmp_path: Path):
    # 24 MiB of weights must be resident while they are multiplied; the libraries' own memory is not counted.
    weights = np.ones((2048, 3072), np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2048])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3072])],
        [numpy_helper.from_array(weights, "w")],
    )
    path = tmp_path / "m.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    found = measure_memory(ModelSource(path=str(path)), {"x": np.zeros((1, 2048), np.float32)}, default_limits())
    assert found.memory is not None, found.notes
    assert weights.nbytes * 0.9 < found.memory < weights.nbytes * 8


def test_memory_of_what_is_no_model_is_a_note(tmp_path: Path):
    path = tmp_path / "m.onnx"
    path.write_bytes(b"not a model")
    found = measure_memory(ModelSource(path=str(path)), {}, default_limits())
    assert found.memory is None
    assert found.notes[0].startswith("no peak memory: ")


def test_a_size_is_read_by_its_whole_name():
    status = "Name:\tVmRSS: 7 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"
    assert kilobytes(status, "VmRSS") == 1024
    assert kilobytes(status, "VmHWM") == 2048
    assert kilobytes(status, "VmR") is None
