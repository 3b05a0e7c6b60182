"""What a model is by its content."""

from samefn.comparison.model_identity import model_content, model_identity
from samefn.config.comparison import ModelSource
from samefn.runtimes.adapters import find_adapter
from samefn.sandbox.limits import default_limits

NETS = "from torch import nn\n\n\ndef a():\n    return nn.Flatten()\n\n\ndef b():\n    return nn.Identity()\n"


def identity(path):
    source = ModelSource(path=path)
    return of(source)


def of(source):
    adapter = find_adapter(source)
    return model_identity(source, adapter.name, 64, model_content(source, adapter, default_limits()))


def test_two_functions_of_one_file_are_two_models(tmp_path, monkeypatch):
    (tmp_path / "two_nets_in_one.py").write_text(NETS)
    monkeypatch.syspath_prepend(tmp_path)
    first, second = (identity(f"two_nets_in_one:{name}") for name in "ab")
    assert first != second
    assert first == identity("two_nets_in_one:a")


def test_the_path_and_the_name_of_a_file_are_no_content(tmp_path):
    for name in ("a.onnx", "b.onnx"):
        (tmp_path / name).write_bytes(b"content that is not read")
    assert content(tmp_path / "a.onnx") == content(tmp_path / "b.onnx")


def content(path):
    source = ModelSource(path=str(path), runtime="predictions")
    return of(source).content


def test_whether_its_maker_is_trusted_is_no_content(tmp_path):
    (tmp_path / "a.onnx").write_bytes(b"content that is not read")
    source = ModelSource(path=str(tmp_path / "a.onnx"), runtime="predictions")
    trusted = source.model_copy(update={"trust": True})
    assert of(source) == of(trusted)
