"""Which runtime runs a file: told from small real files of every form."""

import io
import os
import socket
import sys
import types
import warnings
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import onnx
import polars as pl
import pytest
import safetensors.numpy
import torch
from onnx import TensorProto, helper

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes import adapters as table
from samefn.runtimes.adapters import ADAPTERS, Adapter, adapters, find_adapter, import_loader, open_model
from samefn.runtimes.file_types import file_type


def _onnx(path: Path) -> None:
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2]) for name in ("x", "logits")]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["logits"])], "g", sides[:1], sides[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9), path)


def _exported(path: Path) -> None:
    stream = io.BytesIO()
    torch.export.save(torch.export.export(torch.nn.ReLU(), (torch.zeros(2, 2),)), stream)
    path.write_bytes(stream.getvalue())


def _torchscript(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        torch.jit.save(torch.jit.trace(torch.nn.ReLU(), torch.zeros(2)), str(path))


def _keras(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            archive.writestr(name, b"{}")


def _npy(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(2))


def _npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, logits=np.zeros((2, 3)), ids=np.array(["a", "b"]))


def _folder(architectures: str) -> object:
    def make(path: Path) -> None:
        path.mkdir()
        (path / "config.json").write_text(f'{{"architectures": {architectures}}}')

    return make


FORMS = {
    "onnx": (_onnx, "m.onnx", "onnx"),
    "exported": (_exported, "m.bin", "exported"),
    "torchscript": (_torchscript, "m.bin", "torchscript"),
    # The mark of TensorFlow Lite's flatbuffers, after the offset of the root table.
    "tflite": (lambda path: path.write_bytes(b"\x1c\0\0\0TFL3" + bytes(40)), "m.bin", "litert"),
    "keras": (_keras, "m.bin", "keras"),
    "transformers": (_folder('["ViTForImageClassification"]'), "folder", "transformers"),
    "causal-lm": (_folder('["GPT2LMHeadModel"]'), "folder", "causal-lm"),
    "llama-logits": (lambda path: path.write_bytes(b"_logits_" + bytes(40)), "m.bin", "llama-logits"),
    "npy": (_npy, "m.bin", "predictions"),
    "npz": (_npz, "m.bin", "predictions"),
    "safetensors": (
        lambda path: safetensors.numpy.save_file({"logits": np.zeros((2, 3), np.float32)}, path),
        "m.bin",
        "predictions",
    ),
    "parquet": (lambda path: pl.DataFrame({"id": ["a"]}).write_parquet(path), "m.bin", "predictions"),
    "csv": (lambda path: path.write_text("id,label\na,1\n"), "m.csv", "predictions"),
    "jsonl": (lambda path: path.write_text("{}\n"), "m.JSONL", "predictions"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_told_from_its_content(tmp_path: Path, form: str) -> None:
    make, name, runtime = FORMS[form]
    make(tmp_path / name)
    assert file_type(tmp_path / name) == form
    assert find_adapter(ModelSource(path=str(tmp_path / name))).name == runtime


def test_every_form_that_a_runtime_reads_was_tried() -> None:
    assert {file_type for adapter in ADAPTERS.values() for file_type in adapter.file_types} == {*FORMS, "factory"}


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    _npy(path)
    assert file_type(path) == "npy"


@pytest.mark.parametrize("content", [b"\x80\x02}.", b"some text", bytes(100), b"<html>", b"\xff" * 100])
def test_what_no_runtime_reads_is_refused_with_their_names(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes(content)
    assert file_type(path) == "unknown"
    with pytest.raises(InputError, match="SF301") as caught:
        find_adapter(ModelSource(path=str(path)))
    assert all(name in caught.value.fix for name in ADAPTERS)


def test_a_checkpoint_of_torch_and_an_empty_zip_are_no_models(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(2)}, tmp_path / "w.pt")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    assert file_type(tmp_path / "w.pt") == file_type(tmp_path / "empty.zip") == "unknown"


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        file_type(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert "SF302" in refusal(tmp_path / "empty")
    assert "no such file" in refusal(tmp_path / "missing")
    assert "no such file" in refusal(tmp_path / "empty" / "inside")
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))
    assert "cannot be read" in refusal(Path("nul\0byte"))
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be read" in refusal(tmp_path / "loop")
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    assert "SF302" in refusal(tmp_path / "cut.zip")


def test_a_fifo_and_a_socket_are_refused_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "a pipe" in refusal(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # (a socket's path is short)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert "a pipe" in refusal(Path("socket"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_said(tmp_path: Path) -> None:
    path = tmp_path / "closed" / "m.onnx"
    path.parent.mkdir()
    path.write_bytes(b"content")
    path.chmod(0)
    assert "Permission denied" in refusal(path)
    path.parent.chmod(0)
    try:
        assert "Permission denied" in refusal(path)
    finally:
        path.parent.chmod(0o700)


def test_a_folder_is_read_by_its_config_only(tmp_path: Path) -> None:
    assert file_type(tmp_path) == "unknown"
    config = tmp_path / "config.json"
    for content in (b"{", b"[1]", b'{"architectures": 3}', b"\xff\xfe", b"[" * 100_000):
        config.write_bytes(content)
        assert "SF370" in refusal(tmp_path)
    config.write_bytes(b" " * (2**20 + 1))
    assert "1,048,576 bytes" in refusal(tmp_path)
    config.write_text("{}")
    assert file_type(tmp_path) == "transformers"


def test_a_named_runtime_goes_before_the_content(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    _onnx(path)
    assert find_adapter(ModelSource(path=str(path), runtime="keras")).name == "keras"
    with pytest.raises(InputError, match=r"'onx'.*onnx"):
        find_adapter(ModelSource(path=str(path), runtime="onx"))


def test_a_factory_is_told_by_its_name_unless_there_is_such_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_adapter(ModelSource(path="my.nets:small")).name == "torch"
    for path in ("my nets:small", "my.nets:", "C:\\nets:small", "a:b:c", "x" * 300):
        with pytest.raises(InputError):
            find_adapter(ModelSource(path=path))
    _onnx(Path("nets.onnx"))
    Path("nets.onnx").rename("nets:onnx")
    with pytest.raises(InputError, match="SF301"):
        find_adapter(ModelSource(path="nets:onnx"))
    _npy(Path("nets:npy"))
    assert find_adapter(ModelSource(path="nets:npy")).name == "predictions"


def third_party(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    """Let entry points of the group name what is in `values`."""
    module = types.ModuleType("somebody_elses_runtime")
    for name, value in values.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    points = [EntryPoint(name, f"{module.__name__}:{name}", table.ENTRY_POINT_GROUP) for name in values]
    monkeypatch.setattr(table, "entry_points", lambda group: points if group == table.ENTRY_POINT_GROUP else [])


def test_a_third_party_adds_a_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = Adapter("tiny", "somebody_elses_runtime:opened", ("unknown",), distributions=("tiny",))
    third_party(monkeypatch, tiny=added)
    sys.modules["somebody_elses_runtime"].opened = lambda source: f"model of {Path(source.path).name}"
    path = tmp_path / "m.tiny"
    path.write_bytes(b"tiny model")
    source = ModelSource(path=str(path))
    assert list(adapters()) == [*ADAPTERS, "tiny"]
    for found in (find_adapter(source), find_adapter(ModelSource(path=str(path), runtime="tiny"))):
        assert found is added
        assert open_model(source, found) == "model of m.tiny"
    _onnx(path)
    path = path.rename(tmp_path / "m.onnx")
    assert find_adapter(ModelSource(path=str(path))).name == "onnx"


@pytest.mark.parametrize("value", ["text", Adapter("onnx", "a:b", ("onnx",))])
def test_an_entry_point_that_is_no_runtime_is_refused(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    third_party(monkeypatch, one=value)
    with pytest.raises(InputError, match="SF303") as caught:
        adapters()
    assert caught.value.where == "entry point one"


def test_an_entry_point_that_cannot_be_loaded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for target in ("no_module_of_this_name:x", "math:no_such_thing", "math"):
        point = EntryPoint("one", target, table.ENTRY_POINT_GROUP)
        monkeypatch.setattr(table, "entry_points", lambda group, point=point: [point])
        with pytest.raises(InputError, match="SF303") as caught:
            adapters()
        assert caught.value.where == "entry point one"


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "adapter_of_a_missing_extra.py").write_text("import a_package_that_nobody_has")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="SF304") as caught:
        import_loader(Adapter("tiny", "adapter_of_a_missing_extra:opened", (), extra="tiny"))
    assert caught.value.fix == "pip install 'samefn[tiny]'"
