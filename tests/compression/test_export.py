import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from samefn.compression.export import export_onnx
from samefn.compression.onnx_files import read_model
from samefn.compression.quantization import quantize_file
from samefn.core.errors import InputError
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact
from samefn.runtimes.torch.logits import torch_logits
from samefn.schema.methods import QuantizationMethod

METHODS: tuple[QuantizationMethod, ...] = ("float16", "int8-dynamic", "int8-static")

# What another process does, elsewhere: load the weights, export and quantise, print the hashes.
ELSEWHERE = """
import hashlib, importlib.util, sys
from pathlib import Path
import numpy as np
spec = importlib.util.spec_from_file_location("fixtures", sys.argv[1])
fixtures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fixtures)
from samefn.compression.export import export_onnx
from samefn.compression.quantization import quantize_file
base = Path("elsewhere.onnx")
export_onnx(fixtures.lenet(), (1, 28, 28), base)
for method in ("float16", "int8-dynamic", "int8-static"):
    quantize_file(base, method, Path(method), np.load(sys.argv[2]))
for file in (base, "float16", "int8-dynamic", "int8-static"):
    print(hashlib.sha256(Path(file).read_bytes()).hexdigest())
"""


@pytest.mark.parametrize("batch_size", [1, 5, 96])
def test_logits_are_those_of_torch_at_any_batch_size(
    base_onnx: Path, net: nn.Sequential, pixels: np.ndarray, batch_size: int
) -> None:
    # Float32 sums of up to 1,600 products in another order: 1e-6 is ten roundings of a logit of size one.
    wanted = torch_logits(net, pixels, 32)
    assert wanted.std() > 0.05
    np.testing.assert_allclose(infer_images(open_exact(base_onnx), pixels, batch_size, "model"), wanted, atol=1e-6)


def test_folded_batch_norm_is_the_same_function(tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU6(),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.BatchNorm2d(8),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 4),
    )
    for norm in (net[1], net[4]):
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.5, 2)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    pixels = np.random.default_rng(0).integers(0, 256, (9, 3, 8, 8), dtype=np.uint8)
    export_onnx(net, (3, 8, 8), tmp_path / "m.onnx")
    np.testing.assert_allclose(
        infer_images(open_exact(tmp_path / "m.onnx"), pixels, 4, "model"), torch_logits(net, pixels, 4), atol=1e-5
    )


def test_mode_and_memory_layout_do_not_reach_the_file_and_the_net_is_untouched(
    base_onnx: Path, net: nn.Sequential, tmp_path: Path
) -> None:
    net.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    export_onnx(net, (1, 28, 28), tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == base_onnx.read_bytes()
    assert all(module.training for module in net.modules())
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())
    with torch.no_grad():
        net.get_parameter("0.weight")[0, 0, 0, 0] += 1
    export_onnx(net, (1, 28, 28), tmp_path / "other.onnx")
    assert (tmp_path / "other.onnx").read_bytes() != base_onnx.read_bytes()


def test_another_process_in_another_folder_writes_the_same_bytes(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "calibration.npy", calibration)
    folder = tmp_path / "another folder"
    folder.mkdir()
    fixtures = Path(__file__).with_name("conftest.py")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, fixtures, tmp_path / "calibration.npy"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [base_onnx]
    for method in METHODS:
        files.append(tmp_path / f"{method}.onnx")
        quantize_file(base_onnx, method, files[-1], calibration)
    assert done.stdout.split() == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    assert done.stderr == ""


@pytest.mark.parametrize("method", [None, *METHODS])
def test_no_path_and_no_metadata_are_in_the_bytes(
    base_onnx: Path, calibration: np.ndarray, tmp_path: Path, method: QuantizationMethod | None
) -> None:
    path = base_onnx
    if method is not None:
        path = tmp_path / "m.onnx"
        quantize_file(base_onnx, method, path, calibration)
    content = path.read_bytes()
    for trace in (
        *(str(p) for p in (Path.home(), Path.cwd(), tmp_path)),
        ".py",
        "samefn",
        "pytorch",
        "onnxruntime",
    ):
        assert trace.encode() not in content
    model = onnx.load(path)
    assert not any((model.producer_name, model.producer_version, model.doc_string, list(model.metadata_props)))
    parts = [
        model.graph,
        *model.graph.node,
        *model.graph.input,
        *model.graph.output,
        *model.graph.initializer,
    ]
    assert not any(part.doc_string or list(part.metadata_props) for part in parts)


def test_the_file_is_one_that_onnx_accepts_with_named_ends(base_onnx: Path) -> None:
    model = read_model(base_onnx)
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["pixels", "logits"]
    shapes = [
        [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in (model.graph.input[0], model.graph.output[0])
    ]
    assert shapes == [["batch", 1, 28, 28], ["batch", 10]]


class _TwoRows(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.reshape(2, -1)


class _OneBatchSize(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.reshape(2, 16)


@pytest.mark.parametrize("net", [_TwoRows(), _OneBatchSize()])
def test_a_net_that_is_tied_to_a_batch_size_is_refused(net: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"{type(net).__name__}.*SF72[01]"):
        export_onnx(net, (1, 4, 4), tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.99])
def test_a_cut_file_is_an_input_error(base_onnx: Path, tmp_path: Path, share: float) -> None:
    content = base_onnx.read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="SF723"):
        read_model(path)


def test_weights_in_other_files_and_a_missing_file_are_refused(base_onnx: Path, tmp_path: Path) -> None:
    onnx.save_model(onnx.load(base_onnx), tmp_path / "m.onnx", save_as_external_data=True, location="weights")
    with pytest.raises(InputError, match="SF724"):
        read_model(tmp_path / "m.onnx")
    with pytest.raises(InputError, match=r"missing\.onnx.*SF723"):
        read_model(tmp_path / "missing.onnx")
