"""Archives of torch that must be refused, and folders and files of runtimes that are extras."""

import io
import json
import pickle
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from bad_case import Bad, Runs, cut, model, with_data, zipped


class Net(torch.nn.Module):
    """Takes `IMAGES` and gives logits."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = torch.nn.Linear(16, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.dense(image.flatten(1))


@cache
def exported() -> dict[str, bytes]:
    """The records of a program of torch.export."""
    stream, batch = io.BytesIO(), {0: torch.export.Dim("batch")}
    torch.export.save(torch.export.export(Net().eval(), (torch.zeros(2, 1, 4, 4),), dynamic_shapes=(batch,)), stream)
    with zipfile.ZipFile(stream) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@cache
def scripted() -> dict[str, bytes]:
    """The records of a TorchScript archive."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.trace(Net().eval(), torch.zeros(2, 1, 4, 4)), stream)  # type: ignore[no-untyped-call]
    with zipfile.ZipFile(stream) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def program(name: str, change: Callable[[dict[str, bytes]], Mapping[str, bytes] | bytes], *says: str) -> Bad:
    """A candidate in a .pt2 file, spoilt."""
    return model(name, "bad.pt2", lambda path: path.write_bytes(packed(change(dict(exported())))), *says)


def script(name: str, change: Callable[[dict[str, bytes]], Mapping[str, bytes] | bytes], *says: str) -> Bad:
    """A candidate in a TorchScript file, spoilt."""
    return model(name, "bad.pt", lambda path: path.write_bytes(packed(change(dict(scripted())))), *says)


def packed(records: Mapping[str, bytes] | bytes) -> bytes:
    if isinstance(records, bytes):
        return records
    return zipped({f"m/{name}": content for name, content in records.items()}, zipfile.ZIP_STORED)


def pickled(content: object = None) -> bytes:
    stream = io.BytesIO()
    torch.save(Runs() if content is None else content, stream)
    return stream.getvalue()


WEIGHT = torch.zeros(3, 16)
PROGRAM, SAMPLES = "models/model.json", "data/sample_inputs/model.pt"
FORWARD = "class M(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    return "
FROM_FILE = f'{FORWARD}torch.from_file("/etc/passwd", False, 4)\n'.encode()
HIDDEN = f'{FORWARD}getattr(torch, "sa\\166e")(x, "ran")\n'.encode()
CALL = b"cos\nmkdir\n(S'ran'\ntR."


def renamed(records: dict[str, bytes]) -> Mapping[str, bytes]:
    """The program's last call made one of the system."""
    content = json.loads(records[PROGRAM])
    content["graph_module"]["graph"]["nodes"][-1]["target"] = "torch.os.system"
    return {**records, PROGRAM: json.dumps(content).encode()}


def extra(name: str, module: str, path: str, content: bytes, what: str) -> Bad:
    """A model whose runtime is not installed."""

    def there() -> str:
        return f"{module} is installed" if find_spec(module) else ""

    made = model(name, path, content, what)
    return Bad(name, made.write, (what,), there)


def folder(name: str, config: bytes, what: str) -> Bad:
    """A folder of transformers."""

    def write(place: Path) -> Sequence[str]:
        (place / "bad").mkdir()
        (place / "bad" / "config.json").write_bytes(config)
        return with_data("bad")(place)

    return Bad(name, write, ("bad", what))


CASES = (
    # Archives of torch.
    model("a checkpoint without its net", "bad.pth", pickled({"1.weight": WEIGHT}), "module:function"),
    model("code that is pickled, called pth", "bad.pth", pickled(), "SF301"),
    model("code that is pickled, called pkl", "bad.pkl", pickle.dumps(Runs()), "SF301"),
    model(
        "code that is pickled, said to be TorchScript",
        "bad.pth",
        pickled(),
        "SF381",
        options=("--set", "candidates.1.runtime=torchscript"),
    ),
    model(
        "code that is pickled, said to be a program",
        "bad.pth",
        pickled(),
        "SF380",
        options=("--set", "candidates.1.runtime=exported"),
    ),
    program("a program cut short", lambda records: cut(packed(records)), "SF302"),
    program("a program with pickled inputs", lambda records: {**records, SAMPLES: pickled()}, "SF381"),
    program("a program with machine code", lambda r: {**r, "data/aotinductor/model/x.so": b"\x7fELF"}, "SF381"),
    program("a program beside a second one", lambda r: {**r, "models/other.json": r[PROGRAM]}, "SF381"),
    program("a program that calls the system", renamed, "SF381"),
    program("a program that is no JSON", lambda r: {**r, PROGRAM: b"{"}, "cannot be read"),
    program("a program with a path that leaves it", lambda r: {**r, "../../ran": b"x"}, "SF754"),
    script("a script cut short", lambda records: cut(packed(records)), "SF302"),
    script(
        "a script that reads a file",
        lambda r: {**r, "code/__torch__.py": FROM_FILE},
        "SF381",
        "--trust",
    ),
    script("a script that hides what it writes", lambda r: {**r, "code/__torch__.py": HIDDEN}, "'save' ... SF381"),
    script("a script with pickled code", lambda r: {**r, "data.pkl": CALL}, "SF381"),
    script("a script with pickled constants", lambda r: {**r, "constants.pkl": CALL}, "SF381"),
    script("a script without its code", lambda r: {k: v for k, v in r.items() if "code/" not in k}, "SF022"),
    model(
        "a script with weights apart",
        "bad.pt",
        lambda p: p.write_bytes(packed(scripted())),
        "SF306",
        options=("--set", "candidates.1.weights=test.npz"),
    ),
    # Runtimes of extras.
    extra(
        "a TFLite file without its runtime",
        "ai_edge_litert",
        "bad.tflite",
        b"\x1c\0\0\0TFL3" + bytes(40),
        "'samefn[litert]' ... SF304",
    ),
    extra(
        "a Keras file without its runtime",
        "keras",
        "bad.keras",
        zipped({"metadata.json": b"{}", "config.json": b"{}"}),
        "'samefn[keras]' ... SF304",
    ),
    folder("a configuration that is no JSON", b"{", "SF370"),
    folder("a configuration of another shape", b"[1]", "SF370"),
    folder("a configuration nested without end", b"[" * 100_000, "SF370"),
    folder("a configuration of 2 MB", b" " * 2**21, "1,048,576 ... SF004"),
)
