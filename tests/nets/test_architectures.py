"""ResNet-50 and MobileNet: Keras's counts, shapes, starts, and what the other rooms do with them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from samefn.compression.export import export_onnx
from samefn.compression.pruning import kernel_names, prune_state
from samefn.compression.quantization import quantize_file
from samefn.core.errors import InputError
from samefn.nets.batch_norm import BatchNorm
from samefn.nets.build import build_net
from samefn.nets.head import Head
from samefn.nets.keras_init import keras_init
from samefn.runtimes.inference import infer_images
from samefn.runtimes.onnx.model import open_exact
from samefn.runtimes.torch.logits import torch_logits

SHAPE = (3, 32, 32)
WITHOUT_TOP = {"resnet50": 23_587_712, "mobilenet": 3_228_864}
# Trained: without top Keras names 53,120 and 21,888 numbers that are not, the means and variances; and the head is
# 2048 (1024) * 512 + 512 + 512 * 10 + 10.
TRAINED = {"resnet50": 23_534_592 + 1_054_218, "mobilenet": 3_206_976 + 529_930}
# ResNet-50's 53 convolutions; MobileNet's first, 13 depthwise and 13 pointwise ones; and the two dense layers.
KERNELS = {"resnet50": 53 + 2, "mobilenet": 1 + 13 + 13 + 2}
NAMES = tuple(WITHOUT_TOP)


def made_up(examples: int) -> np.ndarray:
    """Images of patches of 8x8: a net tells them apart, as it does not with noise alone."""
    patches = np.random.default_rng(0).integers(0, 256, (examples, 3, 4, 4), dtype=np.uint8)
    return patches.repeat(8, axis=2).repeat(8, axis=3)


def randomised(net: nn.Module) -> nn.Module:
    """Statistics as a step would leave them, scale and shift at random, so that each of them matters."""
    images = torch.from_numpy(made_up(16)).float() / 255
    generator = torch.Generator().manual_seed(3)
    for module in net.modules():
        if isinstance(module, BatchNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.normal_(module.bias, 0, 0.3, generator=generator)
            module.register_forward_pre_hook(_take_statistics)
    with torch.inference_mode():
        net.eval()(images)
    for module in net.modules():
        module._forward_pre_hooks.clear()
    return net


def beginning(name: str) -> nn.Module:
    """The first layers, strided blocks among them, under a head: each kind of layer that the net has.

    Exporting and quantising all of it says no more and takes a minute.
    """
    layers, channels = {"resnet50": (8, 512), "mobilenet": (23, 128)}[name]
    torch.manual_seed(0)
    net = nn.Sequential(build_net(name, SHAPE, 10, seed=0).features[:layers], Head(channels, 4))
    keras_init(net)
    return randomised(net)


def _take_statistics(module: nn.Module, inputs: tuple[torch.Tensor]) -> None:
    assert isinstance(module, BatchNorm)
    variance, mean = torch.var_mean(inputs[0], (0, 2, 3))
    module.running_mean.copy_(mean)
    module.running_var.copy_(variance + 0.01)


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def net(name: str) -> nn.Module:
    return randomised(build_net(name, SHAPE, 10, seed=0))


def test_numbers_as_keras_counts_them(name: str, net: nn.Module) -> None:
    assert sum(values.numel() for values in net.features.state_dict().values()) == WITHOUT_TOP[name]
    assert sum(values.numel() for values in net.parameters()) == TRAINED[name]


def test_maps_on_small_images(name: str, net: nn.Module) -> None:
    """32x32 becomes 1x1 before the pooling, 64x96 becomes 2x3."""
    channels = {"resnet50": 2048, "mobilenet": 1024}[name]
    with torch.inference_mode():
        assert net.features(torch.zeros(1, *SHAPE)).shape == (1, channels, 1, 1)
        assert net.features(torch.zeros(1, 3, 64, 96)).shape == (1, channels, 2, 3)


def test_initial_weights_are_keras(name: str) -> None:
    """Keras's ranges from Keras's shapes: [rows, columns, in, out], of a depthwise kernel [3, 3, channels, 1]."""
    net = build_net(name, SHAPE, 10, seed=0)
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            kernel = module.weight
            field = kernel[0, 0].numel()
            inputs, outputs = kernel.shape[1], kernel.shape[0]
            if isinstance(module, nn.Conv2d) and module.groups > 1:
                inputs, outputs = module.in_channels, 1
            limit = (6 / (field * (inputs + outputs))) ** 0.5
            # At least 288 uniform numbers: their largest is below 0.95 of the limit once in 3 million.
            assert 0.95 * limit < float(kernel.detach().abs().max()) < 1.000001 * limit
            assert module.bias is None or not module.bias.any()
        elif isinstance(module, BatchNorm):
            assert bool((module.weight == 1).all() and (module.running_var == 1).all())
            assert not module.bias.any()
            assert not module.running_mean.any()


def test_the_seed_decides(name: str) -> None:
    a, b, c = (build_net(name, SHAPE, 10, seed).state_dict()["head.dense1.weight"] for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_mobilenets_first_convolution_pads_as_same_does() -> None:
    """TensorFlow's "same" at stride 2: one zero behind 32 rows, one on each side of 33."""
    for side, padding in ((32, (0, 1, 0, 1)), (33, (1, 1, 1, 1))):
        pad = build_net("mobilenet", (1, side, side), 2, seed=0).features.conv1_pad
        assert isinstance(pad, nn.ZeroPad2d)
        assert pad.padding == padding
    uneven = build_net("mobilenet", (1, 33, 32), 2, seed=0).features.conv1_pad
    assert isinstance(uneven, nn.ZeroPad2d)
    assert uneven.padding == (0, 1, 1, 1)  # left, right, top, bottom


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 8), (4, 1, 1), (1, 31, 50)])
def test_resnet_takes_any_size(shape: tuple[int, int, int]) -> None:
    net = build_net("resnet50", shape, 3, seed=0)
    assert net(torch.zeros(1, *shape)).shape == (1, 3)


def test_mobilenet_refuses_what_leaves_nothing() -> None:
    assert build_net("mobilenet", (1, 31, 31), 3, seed=0)(torch.zeros(1, 1, 31, 31)).shape == (1, 3)
    with pytest.raises(InputError, match=r"mobilenet: .*31x31.*28x40.*SF744"):
        build_net("mobilenet", (1, 28, 40), 3, seed=0)


@pytest.mark.parametrize("shape", [(3, 30, 32), (3, 32, 30)])
def test_mobilenets_limit_is_where_the_maps_end(shape: tuple[int, int, int]) -> None:
    """The check stands for what the layers would do."""
    larger = build_net("mobilenet", SHAPE, 3, seed=0)
    with pytest.raises(RuntimeError, match="size"):
        larger(torch.zeros(1, *shape))


def test_memory_layout_does_not_matter(net: nn.Module) -> None:
    images = torch.from_numpy(made_up(4)).float() / 255
    with torch.inference_mode():
        plain = net(images)
        last = net.to(memory_format=torch.channels_last)(images.to(memory_format=torch.channels_last))
    torch.testing.assert_close(last, plain, rtol=0, atol=1e-4 * float(plain.abs().max()))


@pytest.fixture(scope="module")
def small(name: str) -> nn.Module:
    return beginning(name)


@pytest.fixture(scope="module")
def exported(small: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "base.onnx"
    export_onnx(small, SHAPE, path)
    return path


@pytest.mark.parametrize("batch_size", [1, 5])
def test_the_exported_file_is_the_net(exported: Path, small: nn.Module, batch_size: int) -> None:
    pixels = made_up(9)
    wanted = torch_logits(small, pixels, 4)
    assert wanted.std(axis=0).mean() > 0.05  # (the images differ in the answers)
    np.testing.assert_allclose(
        infer_images(open_exact(exported), pixels, batch_size, "model"), wanted, rtol=1e-4, atol=1e-4
    )
    operators = {node.op_type for node in onnx.load(exported).graph.node}
    assert not operators & {"BatchNormalization", "Pad"}  # folded into the convolutions


@pytest.mark.parametrize(("method", "apart"), [("float16", 0.01), ("int8-dynamic", 0.3), ("int8-static", 0.3)])
def test_quantised_files_are_near(small: nn.Module, exported: Path, tmp_path: Path, method, apart: float) -> None:
    pixels = made_up(16)
    record = quantize_file(exported, method, tmp_path / "q.onnx", pixels.astype(np.float32) / 255)
    assert record.kernels == len(kernel_names(small))
    assert record.float32_kernels == ()
    base, found = (infer_images(open_exact(path), pixels, 16, "model") for path in (exported, tmp_path / "q.onnx"))
    assert 0 < np.abs(found - base).max() < apart * np.abs(base).max()


def test_pruning_ranks_kernels_only_or_everything(name: str, net: nn.Module) -> None:
    state, kernels = net.state_dict(), kernel_names(net)
    parameters = [key for key, _ in net.named_parameters()]
    assert len(kernels) == KERNELS[name]
    assert all(state[key].ndim in {2, 4} for key in kernels)
    if name == "mobilenet":
        assert "features.conv_dw_1.weight" in kernels
    pruned, record = prune_state(state, kernels, parameters, 0.1, "kernels")
    assert record.ranked == sum(state[key].numel() for key in kernels)
    assert all(torch.equal(pruned[key], state[key]) for key in state if key not in kernels)
    _, record = prune_state(state, kernels, parameters, 0.1, "everything")
    assert record.ranked == sum(values.numel() for values in state.values())  # statistics too
    assert record.ranked - TRAINED[name] == {"resnet50": 53_120, "mobilenet": 21_888}[name]
