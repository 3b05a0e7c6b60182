"""TorchScript as a hostile hand writes it, and as torch writes it for ordinary nets."""

import copy
import io
import itertools
import warnings
import zipfile
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.torch.torchscript import open_torchscript

Records = dict[str, bytes]
MODULE = "code/__torch__.py"
DATA = b"\x80\x02c__torch__\nM\nq\x00)\x81}b."
EMPTY = b"\x80\x02)."
NAMES = itertools.count()
PLANE = torch.zeros(127, 127)


@pytest.fixture(autouse=True)
def _no_deprecation() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
        yield


def written(path: Path, records: Records) -> ModelSource:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in records.items():
            archive.writestr(f"m/{name}", content)
    return ModelSource(path=str(path))


def script(code: str, **records: bytes) -> Records:
    return {"data.pkl": DATA, "constants.pkl": EMPTY, "version": b"3\n", MODULE: code.encode(), **records}


def module(body: str) -> str:
    """A module whose `forward` has this body; `PATH` in it is where a file must not appear."""
    return f"class M(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    {body}\n    return x\n"


# Each of them wrote or read a file, or is another way to say the same.
BODIES = {
    "octal": 'getattr(torch, "sa\\166e")(x, "PATH")',
    "concatenation": 'getattr(torch, "sa" "ve")(x, "PATH")',
    "octal, to read": 'x = getattr(torch, "from\\137file")("PATH", True, 4)',
    "plain": 'torch.save(x, "PATH")',
    "by namespace": 'ops.aten.save(x, "PATH")',
    "by namespace and getattr": 'getattr(ops.aten, "sa" "ve")(x, "PATH")',
    "namespace by getattr": 'getattr(getattr(ops, "at" "en"), "save")(x, "PATH")',
    "as a method": 'x.save("PATH")',
    "as a method by getattr": 'getattr(x, "sa" "ve")("PATH")',
    "alias": 'f = torch.save\n    f(x, "PATH")',
    "alias of torch": 't = torch\n    t.save(x, "PATH")',
    "alias of ops": 'o = ops\n    o.aten.save(x, "PATH")',
    "alias of a namespace": 'a = ops.aten\n    a.save(x, "PATH")',
    "autograd": 'torch.autograd.save(x, "PATH")',
    "default argument": 'def g(y: str="PATH"):\n      torch.save(x, y)\n      return x\n    z = g()',
    "fork": 'f = fork(torch.save, x, "PATH")',
    "subscript": '(torch.save)(x, "PATH")',
    "print": 'print("PATH")',
    "print of its own": 'ops.aten._print("PATH")',
    "an operator that is none": "y = ops.evil.load(x)",
    "a remote call": 'y = ops.prim.rpc_sync("host", x)',
    "a comment": '# \n    torch.save(x, "PATH")',
    "a type comment": "# type: (Tensor) -> Tensor",
    "three quotes": '"""\n    """\n    torch.save(x, "PATH")',
    "single quotes": "torch.save(x, 'PATH')",
    "two lines in one": 'y = x; torch.save(x, "PATH")',
    "line continued": 'torch.sa\\\nve(x, "PATH")',
    "carriage return": 'y = x\r    torch.save(x, "PATH")',
    "full width": 'torch.\uff53ave(x, "PATH")',
    "comprehension": "y = [x for x in [x]]",
    "lambda": "y = lambda: x",
    "a class of torch's own": 'y = __torch__.torch.classes.dist.FileStore("PATH")',
    "part of a name": "n = __torch__.torch",
    "import": "import os",
}


@pytest.mark.parametrize("body", BODIES)
def test_code_that_does_more_than_compute_is_refused(tmp_path: Path, body: str) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"untouched")
    source = written(tmp_path / "m.pt", script(module(BODIES[body].replace("PATH", str(target)))))
    with pytest.raises(InputError) as caught:
        open_torchscript(source).run({"x": np.zeros((1, 4), np.float32)})
    assert caught.value.code in ("SF381", "SF382")
    assert "--trust" in caught.value.fix
    assert "\n" not in str(caught.value)
    assert target.read_bytes() == b"untouched"


SAVING = 'class M(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    torch.save(x, "PATH")\n    return x\n'
CLEAN = module("pass")
OTHER = 'def f(x: Tensor) -> Tensor:\n  torch.save(x, "PATH")\n  return x\n'
PLACES: dict[str, Callable[[str], Records]] = {
    "while it is loaded": lambda path: script(
        "class M(Module):\n  a : int\n  def forward(self, x: Tensor) -> Tensor:\n    return x\n"
        "  def __getstate__(self) -> int:\n    return 1\n"
        f'  def __setstate__(self, a: int) -> NoneType:\n    self.a = a\n    torch.save(a, "{path}")\n'
        "    return None\n",
        **{"data.pkl": b"\x80\x02c__torch__\nM\nq\x00)\x81K\x01b."},
    ),
    "a module beside it": lambda path: script(
        module("y = __torch__.a.b.f(x)"), **{"code/__torch__/a/b.py": OTHER.replace("PATH", path).encode()}
    ),
    "a hook": lambda path: script(
        'class M(Module):\n  __forward_pre_hooks__ = ["h", ]\n  def forward(self, x: Tensor) -> Tensor:\n    return x\n'
        "  def h(self, a: Tuple[Tensor]) -> NoneType:\n" + f'    torch.save(a, "{path}")\n    return None\n'
    ),
    "a method called save": lambda path: script(
        module(f'x.save("{path}")') + "  def save(self, x: str) -> str:\n    return x\n"
    ),
    "a class that takes the place of torch's own": lambda path: script(
        module(f'y = __torch__.torch.classes.dist.Store.save(x, "{path}")'),
        **{"code/__torch__/torch/classes/dist.py": b"class Store:\n  a : int\n"},
    ),
    "capitals": lambda path: {
        **{name: content for name, content in script("").items() if name != MODULE},
        "CODE/__torch__.PY": SAVING.replace("PATH", path).encode(),
    },
    "capitals of its ending": lambda path: {
        **{name: content for name, content in script("").items() if name != MODULE},
        "code/__torch__.PY": SAVING.replace("PATH", path).encode(),
    },
    "the form of 2018": lambda path: script(
        CLEAN, **{"model.json": b"{}", "x.py": SAVING.replace("PATH", path).encode()}
    ),
    "a byte order mark": lambda path: script("\ufeff" + SAVING.replace("PATH", path)),
    "sixteen bits": lambda path: script("", **{MODULE: SAVING.replace("PATH", path).encode("utf-16")}),
    "a null": lambda path: script(SAVING.replace("PATH", path) + "\0"),
    "pickled code": lambda path: script(
        CLEAN, **{"data.pkl": f"\x80\x02cbuiltins\nopen\n(S'{path}'\nS'w'\ntR.".encode()}
    ),
    "a pickled class of torch's own": lambda path: script(
        CLEAN, **{"data.pkl": b"\x80\x02c__torch__.torch.classes._nnapi\nCompilation\nq\x00)\x81}b."}
    ),
    "a pickled class, its name cut elsewhere": lambda path: script(
        CLEAN, **{"data.pkl": b"\x80\x02c__torch__\ntorch.classes._nnapi.Compilation\nq\x00)\x81}b."}
    ),
    "a remote value": lambda path: script(CLEAN, **{"data.pkl": b"\x80\x02ctorch.distributed.rpc\nrref\n)R."}),
    "a table of four billion places": lambda path: script(CLEAN, **{"constants.pkl": b"\x80\x02)r\xff\xff\xff\xff."}),
    "deep code": lambda path: script(module("y = " + "(" * 5000 + "x" + ")" * 5000)),
    "long code": lambda path: script(module("y = x\n    " * (2**20))),
}


@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_lies(tmp_path: Path, place: str) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"untouched")
    with pytest.raises(InputError) as caught:
        open_torchscript(written(tmp_path / "m.pt", PLACES[place](str(target)))).run(
            {"x": np.zeros((1, 4), np.float32)}
        )
    assert "--trust" in caught.value.fix
    assert target.read_bytes() == b"untouched"


def test_two_records_of_one_name_and_two_tables_of_contents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SF754"):
        open_torchscript(written(tmp_path / "m.pt", {**script(CLEAN), "Code/__torch__.py": SAVING.encode()}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(tmp_path / "n.pt", "w") as archive:
            for name, content in (*script(CLEAN).items(), (MODULE, SAVING.encode())):
                archive.writestr(f"m/{name}", content)
    with pytest.raises(InputError, match="SF754"):
        open_torchscript(ModelSource(path=str(tmp_path / "n.pt")))


def test_what_is_trusted_is_run_as_it_is_and_said(tmp_path: Path) -> None:
    target = tmp_path / "target"
    source = written(tmp_path / "m.pt", script(SAVING.replace("PATH", str(target))))
    model = open_torchscript(source.model_copy(update={"trust": True}))
    model.run({"x": np.zeros((1, 4), np.float32)})
    assert target.exists()
    assert len(model.notes) == 1
    assert not open_torchscript(written(tmp_path / "c.pt", script(CLEAN))).notes


class Holding(nn.Module):
    """One tensor."""

    def __init__(self, held: Tensor) -> None:
        super().__init__()
        self.register_buffer("held", held)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.held


def saved(net: nn.Module) -> Records:
    stream = io.BytesIO()
    torch.jit.save(torch.jit.script(net.eval()), stream)
    with zipfile.ZipFile(stream) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def with_pickle(old: bytes, new: bytes, held: Tensor = PLANE) -> Records:
    """An archive that holds a tensor, and another text in its pickle."""
    records = saved(Holding(held))
    assert records["data.pkl"].count(old) == 1
    return {**records, "data.pkl": records["data.pkl"].replace(old, new)}


# (5 is "0", the record; 6 is "cpu". `M` and two bytes is a number, `J` and four one with a sign.)
LENGTH, SIZE, STRIDE = b"M\x01\x3f", b"(K\x7fK\x7ft", b"(K\x7fK\x01t"
BEYOND: dict[str, Callable[[], Records]] = {
    "a short record": lambda: {**saved(Holding(PLANE)), "data/0": bytes(60)},
    "a short constant": lambda: {
        **saved(Holding(PLANE)),
        "constants.pkl": b"\x80\x02((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpuK\x10tQt.",
        "constants/0": bytes(60),
    },
    "no record": lambda: {name: content for name, content in saved(Holding(PLANE)).items() if name != "data/0"},
    "a greater type": lambda: with_pickle(b"FloatStorage", b"DoubleStorage"),
    "a greater length": lambda: with_pickle(LENGTH, b"M\x02\x3f"),
    "a length below zero": lambda: with_pickle(LENGTH, b"J\xff\xff\xff\xff"),
    "a greater size": lambda: with_pickle(SIZE, b"(K\x80K\x7ft"),
    "a size below zero": lambda: with_pickle(SIZE, b"(J\xff\xff\xff\xffJ\xff\xff\xff\xfft"),
    "a greater stride": lambda: with_pickle(STRIDE, b"(K\x80K\x01t"),
    "a stride below zero": lambda: with_pickle(STRIDE, b"(K\x7fJ\xff\xff\xff\xfft"),
    "an offset": lambda: with_pickle(b"K\x00" + SIZE, b"K\x01" + SIZE),
    "an offset below zero": lambda: with_pickle(b"K\x00" + SIZE, b"J\xff\xff\xff\xff" + SIZE),
    "indices": lambda: {
        **saved(Holding(torch.eye(2).to_sparse())),
        "data/0": np.array([[0, 2**20], [0, 2**20]]).tobytes(),
    },
    "a number that is a function": lambda: with_pickle(b"_v2\nq\x02", b"_v2\nq\x02K\x01"),
    "a member that is none": lambda: with_enum(b"K\x03"),
}


def with_enum(member: bytes) -> Records:
    records = saved(Coloured())
    assert records["data.pkl"].count(b"K\x02R") == 1
    return {**records, "data.pkl": records["data.pkl"].replace(b"K\x02R", member + b"R")}


@pytest.mark.parametrize("case", BEYOND)
def test_tensors_that_reach_beyond_their_records_are_refused(tmp_path: Path, case: str) -> None:
    with pytest.raises(InputError, match=r"SF383|SF381") as caught:
        open_torchscript(written(tmp_path / "m.pt", BEYOND[case]()))
    assert "\n" not in str(caught.value)


HELD = {
    "nothing": torch.zeros(0, 4),
    "one": torch.tensor(3.0),
    "spread": torch.ones(1).expand(5, 4),
    "turned": torch.ones(4, 5).t(),
    "a part": torch.arange(300, dtype=torch.float64)[250:254],
    "a part in other numbers": torch.arange(7, dtype=torch.uint8)[:4].view(torch.int32),
    "half": torch.ones(4, dtype=torch.bfloat16),
    "true": torch.ones(4, dtype=torch.bool),
    "complex": torch.ones(4, dtype=torch.complex64),
}


@pytest.mark.parametrize("held", HELD)
def test_tensors_of_every_form_are_taken(tmp_path: Path, held: str) -> None:
    model = open_torchscript(written(tmp_path / "m.pt", saved(Holding(HELD[held]))))
    assert torch.equal(model.call.held, HELD[held])


class Coloured(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.colour = Colour.BLUE

    def forward(self, x: Tensor) -> Tensor:
        return x if self.colour == Colour.BLUE else -x


def test_a_member_of_an_enumeration_is_taken(tmp_path: Path) -> None:
    assert open_torchscript(written(tmp_path / "m.pt", with_enum(b"K\x02"))).inputs


class Point(NamedTuple):
    a: Tensor
    b: Tensor


class Colour(Enum):
    RED = 1
    BLUE = 2


class Flow(nn.Module):
    """What TorchScript can say besides layers."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.named = nn.ModuleDict({"b-c": nn.ReLU(), "last": nn.Linear(4, 3)})
        self.names = ["x", "y"]

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Point:
        found: list[Tensor] = []
        for part in self.parts:
            x = part(x)
            x = nn.functional.relu(x) if x.sum() > 0 else torch.sigmoid(x).clamp(min=0.1)
            found.append(x)
        count = 0
        while count < x.shape[0]:
            count += 1
            if count == 3:
                continue
            if count == 8:
                break
        if mask is not None:
            x = x.masked_fill(mask, 0.0)
        assert x.dim() == 2, f"bad {x.dim()}"
        if x.shape[1] != 4:
            raise ValueError("no")
        table: dict[str, int] = {"u": len(self.names)}
        for value in table.values():
            count += value
        if Colour.RED == Colour.BLUE:
            count += 1
        x[:, 0] = torch.einsum("ij,kj->ik", x, x)[:, 0] + torch.div(x, 2, rounding_mode="floor")[:, 1]
        waiting = torch.jit.fork(torch.relu, x)
        return Point(self.named["last"](torch.jit.wait(waiting)) + count, torch.stack(found).mean(0))


class Kept(nn.Module):
    """State of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.ones(4)

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, bool]:
        return self.weight, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, bool]) -> None:
        self.weight, self.training = state[0], state[1]

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.dense = nn.LSTM(4, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        found, _ = self.lstm(x.unsqueeze(1))
        return self.dense(found[:, -1])


def images() -> nn.Module:
    return nn.Sequential(
        *(nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 4, 3, padding="same"), nn.BatchNorm2d(4), nn.GELU()),
        *(nn.Upsample(scale_factor=2.0, mode="bilinear"), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(4)),
        *(nn.Dropout(), nn.Linear(4, 3)),
    )


def encoder() -> nn.Module:
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    return nn.Sequential(nn.Unflatten(1, (1, 4)), nn.TransformerEncoder(layer, 2), nn.Flatten())


def quantised(net: nn.Module, *kinds: type) -> nn.Module:
    return torch.ao.quantization.quantize_dynamic(copy.deepcopy(net).eval(), set(kinds))


def scripted(net: nn.Module) -> torch.jit.ScriptModule:
    return torch.jit.script(net.eval())


def traced(net: nn.Module) -> torch.jit.ScriptModule:
    return torch.jit.trace(net.eval(), torch.ones(2, 4))


NETS: dict[str, Callable[[], torch.jit.ScriptModule]] = {
    "control flow": lambda: scripted(Flow()),
    "state of its own": lambda: scripted(Kept()),
    "images, scripted": lambda: scripted(images()),
    "images, traced": lambda: traced(images()),
    "images, frozen": lambda: torch.jit.freeze(scripted(images())),
    "images, for inference": lambda: torch.jit.optimize_for_inference(traced(images())),
    "recurrent, scripted": lambda: scripted(Recurrent()),
    "recurrent, traced": lambda: traced(Recurrent()),
    "recurrent, dynamic": lambda: scripted(quantised(Recurrent(), nn.LSTM, nn.Linear)),
    "transformer": lambda: scripted(encoder()),
    "dynamic": lambda: traced(quantised(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)), nn.Linear)),
}


@pytest.mark.parametrize("net", NETS)
def test_ordinary_nets_are_taken(tmp_path: Path, net: str) -> None:
    torch.manual_seed(0)
    built, path = NETS[net](), tmp_path / f"n{next(NAMES)}.pt"
    torch.jit.save(built, path)
    x = torch.linspace(-1, 1, 8).reshape(2, 4)
    wanted = built(x)
    model = open_torchscript(ModelSource(path=str(path)))
    found = next(iter(model.run({model.inputs[0].name: x.numpy()}).values()))
    wanted = wanted[0] if isinstance(wanted, tuple) else wanted
    np.testing.assert_allclose(found, wanted.detach().numpy(), rtol=1e-5, atol=1e-6)
