"""One input that must be refused, and what the cases share: small files that are right, and ways to spoil them."""

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

LOGITS = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
PROBS = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
TRUE = np.array([0, 1, 2, 0, 1, 2])
IDS = np.array(list("abcdef"))
IMAGES = np.random.default_rng(1).integers(0, 256, (6, 1, 4, 4), dtype=np.uint8)

Write = Callable[[Path], Sequence[str]]


@dataclass(frozen=True)
class Bad:
    """One input that must be refused.

    Attributes:
        name: what is wrong with it, in few words.
        write: writes its files into the folder, which is the command's working folder; gives the command's words.
        says: parts of the error's line: the place (a file, an option), figures, the code; ` ... ` stands for any text.
        skip: why it cannot be tried here; empty where it can.
    """

    name: str
    write: Write
    says: tuple[str, ...]
    skip: Callable[[], str] = lambda: ""


def base(folder: Path) -> None:
    """The base's predictions, with nothing wrong."""
    np.savez(folder / "base.npz", logits=LOGITS, ids=IDS, labels=TRUE)


def against_base(name: str, content: bytes | Callable[[Path], object], *options: str) -> Write:
    """A candidate beside predictions that are right."""

    def write(folder: Path) -> Sequence[str]:
        base(folder)
        put(folder / name, content)
        return ("compare", "base.npz", name, *options)

    return write


def put(path: Path, content: bytes | Callable[[Path], object]) -> None:
    """Write a file, or let a function do it."""
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)


def arrays(**named: object) -> Callable[[Path], object]:
    """What writes an npz file, objects pickled."""
    return lambda path: np.savez(path, **named, allow_pickle=True)  # type: ignore[arg-type]


def npy_header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    """The beginning of an npy file that promises so much."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def cut(content: bytes, share: float = 0.5) -> bytes:
    """The first part of it."""
    return content[: int(len(content) * share)]


def of_file(writer: Callable[[Path], object], change: Callable[[bytes], bytes] = cut) -> Callable[[Path], object]:
    """A file that a library writes, changed."""

    def write(path: Path) -> None:
        writer(path)
        path.write_bytes(change(path.read_bytes()))

    return write


class Runs:
    """When it is unpickled, a file `ran` appears in the working folder."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("ran",)


def spec(**keys: object) -> bytes:
    """A TOML file of these keys."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()).encode()


def onnx_file(path: Path, outputs: int = 3, external: str = "") -> None:
    """A net that takes `IMAGES` and gives logits; its weights may be said to lie in another file."""
    weight = numpy_helper.from_array(
        np.random.default_rng(zlib.crc32(path.name.encode())).normal(size=(16, outputs)).astype(np.float32), "w"
    )
    if external:
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=external)
    nodes = [helper.make_node("Flatten", ["image"], ["flat"]), helper.make_node("MatMul", ["flat", "w"], ["logits"])]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 4, 4])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", outputs])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    path.write_bytes(model.SerializeToString())


def llama_logits(n_ctx: int = 4, n_vocab: int = 6, chunks: int = 2) -> bytes:
    """A file of llama.cpp's log-probabilities, all alike."""
    tokens = np.zeros((chunks, n_ctx), "<i4").tobytes()
    record = struct.pack("<ff", 0, -np.log(n_vocab)) + bytes(2 * ((n_vocab + 1) // 2) * 2)
    return (
        b"_logits_"
        + struct.pack("<iii", n_ctx, n_vocab, chunks)
        + tokens
        + record * (chunks * (n_ctx - 1 - n_ctx // 2))
    )


def with_data(candidate: str, *options: str, data: str = "test.npz") -> Write:
    """A candidate beside a model and data that are right; `near.onnx` is right too."""

    def write(folder: Path) -> Sequence[str]:
        onnx_file(folder / "base.onnx")
        onnx_file(folder / "near.onnx")
        np.savez(folder / "test.npz", x=IMAGES, y=TRUE)
        return "compare", "base.onnx", candidate, "--data", data, *options

    return write


def model(
    name: str, path: str, content: bytes | Callable[[Path], object], *says: str, options: Sequence[str] = ()
) -> Bad:
    """A candidate in a file."""

    def write(folder: Path) -> Sequence[str]:
        put(folder / path, content)
        return with_data(path, *options)(folder)

    return Bad(name, write, (path, *says))
