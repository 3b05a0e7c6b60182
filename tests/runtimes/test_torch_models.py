"""Torch's models through their openers: what they compute, what they say of themselves, and what they refuse."""

import collections
import itertools
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.model import TensorSpec, WeightStats
from samefn.runtimes.torch.callables import open_callable, open_factory
from samefn.runtimes.torch.exported import open_exported
from samefn.runtimes.torch.model import TorchModel
from samefn.runtimes.torch.torchscript import open_torchscript

_NUMBERS = itertools.count()
MODULE = """
import torch

class Net(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.dense = torch.nn.Linear(4, width)
        self.norm = torch.nn.BatchNorm1d(width)
        self.drop = torch.nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(self.norm(self.dense(x)))

def net(width="3"):
    return Net(int(width))

def broken():
    raise RuntimeError("no such thing\\nand more")

def text():
    return "text"

def threads():
    class Asking(torch.nn.Module):
        def forward(self, x):
            return torch.full((len(x), 1), float(torch.get_num_threads()))
    return Asking()

number = 3
"""


class Two(nn.Module):
    """Two inputs, two named outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 3)
        self.dense = nn.Linear(4, 3)

    def forward(self, values: Tensor, token: Tensor) -> dict[str, Tensor]:
        return {"logits": self.dense(values) + self.table(token), "token": token + 1}


class Dense(nn.Module):
    def __init__(self, kind: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.dense = nn.Linear(4, 3, dtype=kind)
        self.dense.weight.data[0, :2] = 0

    def forward(self, x: Tensor) -> Tensor:
        return self.dense(x)


class Dropped(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.dropout(x, 0.5, self.training)


class Tuple(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x.sum(dim=1)


def exported(path: Path, net: nn.Module, *inputs: Tensor, free: bool = True) -> str:
    batch = {0: torch.export.Dim("batch")} if free else None
    torch.export.save(torch.export.export(net, inputs, dynamic_shapes=(batch,) * len(inputs)), path)
    return str(path)


def source(path: Path | str, **settings) -> ModelSource:
    return ModelSource(path=str(path), **settings)


def refusal(loader: Callable[[ModelSource], TorchModel], source: ModelSource) -> str:
    with pytest.raises(InputError) as caught:
        loader(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def values() -> np.ndarray:
    found = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    found.setflags(write=False)  # as a mapped file is
    return found


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a user's module that can be imported."""
    name = f"nets_of_a_user_{next(_NUMBERS)}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_an_exported_program_takes_and_gives_what_the_module_does(tmp_path: Path, values: np.ndarray) -> None:
    net = Two().eval()
    token = np.array([0, 4, 2, 2, 1, 3])
    path = exported(tmp_path / "m.pt2", net, torch.zeros(2, 4), torch.zeros(2, dtype=torch.int64))
    model = open_exported(source(path))
    assert model.inputs == (TensorSpec("values", "float32", (None, 4)), TensorSpec("token", "int64", (None,)))
    assert model.outputs == (TensorSpec("logits", "float32", (None, 3)), TensorSpec("token", "int64", (None,)))
    with torch.no_grad():
        wanted = net(torch.tensor(values), torch.tensor(token))["logits"].numpy()
    for rows in (slice(0, 6), slice(0, 1)):
        found = model.run({"token": token[rows], "values": values[rows]})
        assert list(found) == ["logits", "token"]
        np.testing.assert_allclose(found["logits"], wanted[rows], atol=1e-6)
        np.testing.assert_array_equal(found["token"], token[rows] + 1)
    # 5 * 3 of the table, 4 * 3 + 3 of the dense layer.
    assert model.weights() == WeightStats(Path(path).stat().st_size, 30, 30)
    assert model.notes == ()
    with pytest.raises(InputError, match="cannot run on") as caught:
        model.run({"token": token, "values": values[:, :3]})
    assert "\n" not in str(caught.value)


def test_an_exported_program_of_keyword_inputs_gets_them_by_name(tmp_path: Path, values: np.ndarray) -> None:
    class Keyword(nn.Module):
        def forward(self, x: Tensor, *, scale: Tensor, shift: Tensor) -> Tensor:
            return x * scale + shift

    given = (torch.zeros(6, 4),), {"shift": torch.zeros(6, 4), "scale": torch.zeros(6, 4)}
    torch.export.save(torch.export.export(Keyword(), *given), tmp_path / "m.pt2")
    model = open_exported(source(tmp_path / "m.pt2"))
    assert {spec.name for spec in model.inputs} == {"x", "scale", "shift"}
    found = model.run({"scale": np.full_like(values, 2), "x": values, "shift": np.full_like(values, 1)})
    np.testing.assert_array_equal(found["0"], values * 2 + 1)


def test_a_fixed_batch_and_places_of_a_tuple_are_declared(tmp_path: Path, values: np.ndarray) -> None:
    model = open_exported(source(exported(tmp_path / "m.pt2", Tuple(), torch.zeros(6, 4), free=False)))
    assert model.inputs == (TensorSpec("x", "float32", (6, 4)),)
    assert model.outputs == (TensorSpec("0", "float32", (6, 4)), TensorSpec("1", "float32", (6,)))
    found = model.run({"x": values})
    np.testing.assert_array_equal(found["0"], values)
    np.testing.assert_allclose(found["1"], values.sum(axis=1), atol=1e-6)
    with pytest.raises(InputError, match="cannot run on"):
        model.run({"x": values[:3]})


def test_numbers_that_arrays_cannot_hold_come_out_as_float32(tmp_path: Path) -> None:
    class Half(nn.Module):
        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return x.to(torch.bfloat16), x.to(torch.float16)

    model = open_exported(source(exported(tmp_path / "m.pt2", Half(), torch.zeros(2, 2))))
    assert [spec.dtype for spec in model.outputs] == ["float32", "float16"]
    found = model.run({"x": np.array([[1.0, 257.0]], np.float32)})
    # bfloat16 has 8 bits: 257 becomes 256. float16 has 11 bits.
    assert found["0"].dtype == np.float32
    assert found["0"].tolist() == [[1, 256]]
    assert found["1"].dtype == np.float16
    assert found["1"].tolist() == [[1, 257]]
    path = exported(tmp_path / "b.pt2", Dense(torch.bfloat16), torch.zeros(2, 4, dtype=torch.bfloat16))
    message = refusal(open_exported, source(path))
    assert "bfloat16" in message
    assert "SF331" in message


def test_a_program_exported_in_training_mode_is_warned_of(tmp_path: Path) -> None:
    net = Dropped()
    evaluated = open_exported(source(exported(tmp_path / "a.pt2", net.eval(), torch.zeros(2, 4))))
    training = open_exported(source(exported(tmp_path / "b.pt2", net.train(), torch.zeros(2, 4))))
    assert evaluated.notes == ()
    assert "training mode" in training.notes[0]


def test_inputs_inside_lists_are_refused(tmp_path: Path) -> None:
    class Listed(nn.Module):
        def forward(self, both: list[Tensor]) -> Tensor:
            return both[0] + both[1]

    torch.export.save(torch.export.export(Listed(), ([torch.zeros(2), torch.zeros(2)],)), tmp_path / "m.pt2")
    assert "SF331" in refusal(open_exported, source(tmp_path / "m.pt2"))


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scripts")
    net = Dense().eval()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        made = {
            "script": torch.jit.script(net),
            "trace": torch.jit.trace(net, torch.zeros(1, 4)),
            "frozen": torch.jit.freeze(torch.jit.script(net)),
            "training": torch.jit.script(Dropped().train()),
            "two": torch.jit.script(Two().eval()),
        }
        for name, script in made.items():
            torch.jit.save(script, folder / f"{name}.pt")
    torch.save(net.state_dict(), folder / "state.pt")
    return {path.stem: path for path in folder.iterdir()}


@pytest.mark.parametrize("form", ["script", "trace", "frozen"])
def test_torchscript_answers_as_its_module(scripts: dict[str, Path], values: np.ndarray, form: str) -> None:
    model = open_torchscript(source(scripts[form]))
    assert model.inputs == (TensorSpec("x"),)
    state = torch.load(scripts["state"], weights_only=True)
    wanted = values @ state["dense.weight"].numpy().T + state["dense.bias"].numpy()
    np.testing.assert_allclose(model.run({"x": values})["0"], wanted, atol=1e-6)
    # 4 * 3 + 3 numbers, of which two were set to zero; a frozen module has made constants of them.
    counts = (None, None) if form == "frozen" else (15, 13)
    assert model.weights() == WeightStats(scripts[form].stat().st_size, *counts)
    assert model.facts()["runtime"] == "torchscript"


def test_torchscript_is_asked_in_evaluation_mode(scripts: dict[str, Path], values: np.ndarray) -> None:
    np.testing.assert_array_equal(open_torchscript(source(scripts["training"])).run({"x": values})["0"], values)


def test_torchscript_of_several_inputs_takes_them_by_name(scripts: dict[str, Path], values: np.ndarray) -> None:
    model = open_torchscript(source(scripts["two"]))
    assert [spec.name for spec in model.inputs] == ["values", "token"]
    found = model.run({"token": np.arange(6) % 5, "values": values})
    np.testing.assert_array_equal(found["token"], np.arange(6) % 5 + 1)


@pytest.mark.parametrize("loader", [open_exported, open_torchscript])
def test_archives_that_are_none_are_refused_in_one_line(
    tmp_path: Path, scripts: dict[str, Path], loader: Callable[[ModelSource], TorchModel]
) -> None:
    whole = scripts["script"].read_bytes()
    for content in (b"", b"PK\x03\x04", b"not an archive", whole[: len(whole) // 2], scripts["state"].read_bytes()):
        (tmp_path / "m").write_bytes(content)
        assert str(tmp_path / "m") in refusal(loader, source(tmp_path / "m"))
    assert "is a folder" in refusal(loader, source(tmp_path))
    assert "no such file" in refusal(loader, source(tmp_path / "missing"))
    assert "SF306" in refusal(loader, source(scripts["script"], options={"a": "b"}))
    assert "SF306" in refusal(loader, source(scripts["script"], weights="w.pt"))


def test_a_factory_builds_with_options_and_takes_a_checkpoint(tmp_path: Path, module: str, values: np.ndarray) -> None:
    path = f"{module}:net"
    plain = open_factory(source(path, options={"width": "5"}))
    assert plain.run({"x": values})["0"].shape == (6, 5)
    assert plain.facts()["options"] == {"width": "5"}
    net = sys.modules[module].net()
    net.norm.running_mean[:] = torch.tensor([1.0, 2.0, 3.0])
    safetensors.torch.save_file(net.state_dict(), tmp_path / "w.safetensors")
    torch.save({"epoch": 3, "model": net.state_dict()}, tmp_path / "w.pt")
    with torch.no_grad():
        wanted = net.eval()(torch.tensor(values)).numpy()
    for weights in ("w.safetensors", "w.pt"):
        model = open_factory(source(path, weights=str(tmp_path / weights)))
        np.testing.assert_array_equal(model.run({"x": values})["0"], wanted)
        # 4 * 3 + 3 of the dense layer and 2 * 3 of the norm, whose shift is zero.
        assert model.weights() == WeightStats((tmp_path / weights).stat().st_size, 21, 18)
    (note,) = model.notes
    assert "'model'" in note
    assert "options" not in model.facts()


def test_a_factory_without_a_checkpoint_gives_the_same_weights_each_time(module: str, values: np.ndarray) -> None:
    state = torch.random.get_rng_state()
    answers = []
    for _ in range(2):
        answers.append(open_factory(source(f"{module}:net")).run({"x": values})["0"])
        torch.rand(1)
    np.testing.assert_array_equal(*answers)
    torch.random.set_rng_state(state)
    open_factory(source(f"{module}:net"))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_threads_are_those_of_the_source_and_then_as_before(module: str, values: np.ndarray) -> None:
    before = torch.get_num_threads()
    model = open_factory(source(f"{module}:threads", threads=before + 1))
    assert model.run({"x": values})["0"][0, 0] == before + 1
    assert torch.get_num_threads() == before
    assert model.facts()["threads"] == before + 1


@pytest.mark.parametrize(
    ("factory", "settings", "message"),
    [
        ("nett", {}, "has no 'nett'"),
        ("broken", {}, "(RuntimeError: no such thing and more)"),
        ("text", {}, "a str, not a torch.nn.Module [SF319]"),
        ("number", {}, "SF319"),
        ("net", {"options": {"widht": "3"}}, "width? [SF307]"),
        ("net", {"options": {"width": "three"}}, "(ValueError"),
        ("net", {"weights": "missing.pt"}, "no such file"),
    ],
)
def test_factories_that_cannot_be_used_are_refused(module: str, factory: str, settings: dict, message: str) -> None:
    assert message in refusal(open_factory, source(f"{module}:{factory}", **settings))


def test_a_module_that_cannot_be_imported_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    (tmp_path / f"{module}_broken.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    assert "cannot be imported (ZeroDivisionError" in refusal(open_factory, source(f"{module}_broken:net"))
    assert "cannot be found" in refusal(open_factory, source("no_such_module_at_all:net"))


def test_checkpoints_that_do_not_fit_are_refused_with_the_keys(tmp_path: Path, module: str) -> None:
    good = open_factory(source(f"{module}:net")).call.state_dict()
    cases: dict[str, dict[str, Tensor]] = {
        "lacks 'dense.bias'": {name: value for name, value in good.items() if name != "dense.bias"},
        "has an unknown 'other'": {**good, "other": torch.zeros(1)},
        "'dense.weight' is [3, 5], not [3, 4]": {**good, "dense.weight": torch.zeros(3, 5)},
        "'dense.bias' is torch.float16": {**good, "dense.bias": torch.zeros(3, dtype=torch.float16)},
        "'dense.bias' holds NaN": {**good, "dense.bias": torch.full((3,), torch.nan)},
    }
    for number, (message, state) in enumerate(cases.items()):
        path = tmp_path / f"{number}.safetensors"
        safetensors.torch.save_file(state, path)
        assert message in refusal(open_factory, source(f"{module}:net", weights=str(path)))


class Marking:
    """When it is unpickled, a file appears."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return (open, (str(self.marker), "w"))


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path, module: str) -> None:
    marker, path = tmp_path / "marker", tmp_path / "w.pt"
    torch.save({"dense.weight": Marking(marker)}, path)
    message = refusal(open_factory, source(f"{module}:net", weights=str(path)))
    assert "without running code" in message
    assert not marker.exists()
    for content in (b"", b"\x80\x02", path.read_bytes()[:200]):
        path.write_bytes(content)
        assert "neither a safetensors" in refusal(open_factory, source(f"{module}:net", weights=str(path)))


def test_a_module_is_asked_in_evaluation_mode_and_gets_its_mode_back(values: np.ndarray) -> None:
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(4, 3).requires_grad_())
    net[0].train()
    net[1].eval()
    model = open_callable("net", net)
    wanted = values @ net[1].weight.detach().numpy().T + net[1].bias.detach().numpy()
    np.testing.assert_allclose(model.run({"input": values})["0"], wanted, atol=1e-6)
    assert (net[0].training, net[1].training) == (True, False)
    assert model.weights() == WeightStats(15 * 4, 15, 15)
    assert model.inputs == (TensorSpec("input"),)


def test_a_function_gets_arrays_in_their_own_type(values: np.ndarray) -> None:
    seen: list[np.ndarray] = []

    def function(tokens: np.ndarray, pixels: np.ndarray, *, mask: np.ndarray, temperature: float = 2) -> np.ndarray:
        seen.extend((tokens, pixels, mask))
        return pixels * mask / temperature

    model = open_callable("function", function)
    assert [spec.name for spec in model.inputs] == ["tokens", "pixels", "mask"]
    feeds = {"pixels": values, "mask": np.ones((6, 1), np.float32), "tokens": np.arange(6, dtype=np.int16)}
    np.testing.assert_array_equal(model.run(feeds)["0"], values / 2)
    assert all(given is feeds[name] for given, name in zip(seen, ("tokens", "pixels", "mask"), strict=True))
    assert model.weights() == WeightStats(0)
    assert model.facts()["runtime"] == "python"


def test_what_the_signature_hides_is_one_input_without_a_name(values: np.ndarray) -> None:
    assert open_callable("f", lambda *arrays: arrays[0]).inputs == (TensorSpec("0"),)
    assert open_callable("f", np.negative).run({open_callable("f", np.negative).inputs[0].name: values})["0"].shape == (
        6,
        4,
    )

    def optional(input_ids: np.ndarray | None = None, mask: np.ndarray | None = None) -> np.ndarray | None:
        return input_ids

    assert open_callable("f", optional).inputs == (TensorSpec("input_ids"),)


Pair = collections.namedtuple("Pair", ["logits", "boxes"])


@pytest.mark.parametrize(
    ("returned", "names"),
    [
        (torch.ones(2, 3), ["0"]),
        ((np.ones((2, 3)), torch.ones(2)), ["0", "1"]),
        ([None, torch.ones(2, 3)], ["1"]),
        ({"logits": torch.ones(2, 3), "cache": ((torch.ones(1),),), "none": None}, ["logits"]),
        (Pair(torch.ones(2, 3), np.ones(2)), ["logits", "boxes"]),
        (types.SimpleNamespace(logits=torch.ones(2, 3), loss=torch.ones(1)), ["logits"]),
    ],
)
def test_outputs_have_names(returned: object, names: list[str]) -> None:
    found = open_callable("f", lambda x: returned).run({"x": np.zeros(2)})
    assert list(found) == names
    assert all(isinstance(array, np.ndarray) for array in found.values())
    np.testing.assert_array_equal(found[names[-1] if names == ["1"] else names[0]], np.ones((2, 3)))


@pytest.mark.parametrize("returned", ["text", None, 3, (), {"a": "b"}, types.SimpleNamespace(logits="text")])
def test_what_is_no_output_is_refused(returned: object) -> None:
    with pytest.raises(InputError, match="SF318"):
        open_callable("f", lambda x: returned).run({"x": np.zeros(2)})


def test_what_a_callable_raises_is_one_line() -> None:
    def failing(x: np.ndarray) -> np.ndarray:
        raise KeyError("first\nsecond")

    with pytest.raises(InputError) as caught:
        open_callable("failing", failing).run({"x": np.zeros((2, 3), np.float32)})
    assert "\n" not in str(caught.value)
    assert "float32 [2, 3] (KeyError" in str(caught.value)


def test_gradients_are_off_and_big_endian_arrays_are_taken(values: np.ndarray) -> None:
    seen = []

    class Looking(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            seen.append((torch.is_inference_mode_enabled(), x.dtype))
            return x

    model = open_callable("looking", Looking())
    for dtype in (">f4", "int8", "int64", "float64", "bool"):
        found = model.run({"x": values.astype(dtype)})["0"]
        np.testing.assert_array_equal(found, values.astype(dtype))
    kinds = [torch.float32, torch.int8, torch.int64, torch.float64, torch.bool]
    assert seen == [(True, kind) for kind in kinds]
