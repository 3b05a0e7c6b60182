"""Nets: sizes, starts, and the user's own."""

import sys

import pytest
import torch

from samefn.core.errors import InputError
from samefn.nets.build import build_net, net_sha256
from samefn.nets.lenet import LeNet


@pytest.mark.parametrize(
    ("shape", "classes", "parameters"),
    [
        # 32*1*9+32 + 64*32*9+64 + 1600*128+128 + 128*10+10
        ((1, 28, 28), 10, 225034),
        # 32*3*9+32 + 64*32*9+64 + 2304*128+128 + 128*100+100
        ((3, 32, 32), 100, 327332),
    ],
)
def test_lenet_has_the_papers_size(shape, classes, parameters):
    assert sum(p.numel() for p in LeNet(shape, classes).parameters()) == parameters


def test_relu_behind_the_pool_is_the_same_function_and_gradient():
    net = LeNet((1, 28, 28), 10)
    images = torch.randn(8, 1, 28, 28)

    def relu_first(pixels):
        features = torch.max_pool2d(torch.relu(net.conv1(pixels)), 2)
        features = torch.max_pool2d(torch.relu(net.conv2(features)), 2)
        return net.dense2(torch.relu(net.dense1(features.flatten(1))))

    grads = []
    for forward in (net, relu_first):
        net.zero_grad()
        logits = forward(images)
        logits.logsumexp(1).sum().backward()
        grads.append((logits.detach(), [p.grad.clone() for p in net.parameters()]))
    torch.testing.assert_close(grads[0][0], grads[1][0])
    for a, b in zip(grads[0][1], grads[1][1], strict=True):
        torch.testing.assert_close(a, b)


def test_weights_start_as_keras_starts_them():
    net = build_net("lenet", (1, 28, 28), 10, seed=0)
    for name, tensor in net.state_dict().items():
        if name.endswith("bias"):
            assert not tensor.any()
        else:
            fan_in, fan_out = torch.nn.init._calculate_fan_in_and_fan_out(tensor)
            limit = (6 / (fan_in + fan_out)) ** 0.5
            assert float(tensor.abs().max()) <= limit
            assert float(tensor.abs().max()) > 0.95 * limit
            # The variance of a uniform on [-limit, limit] is limit^2 / 3.
            assert float(tensor.var()) == pytest.approx(limit**2 / 3, rel=0.2)


def test_the_seed_decides_and_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    a, b, c = (build_net("lenet", (1, 28, 28), 10, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(a.state_dict()["conv1.weight"], b.state_dict()["conv1.weight"])
    assert not torch.equal(a.state_dict()["conv1.weight"], c.state_dict()["conv1.weight"])


@pytest.fixture
def own_nets(tmp_path, monkeypatch):
    (tmp_path / "own_nets.py").write_text(
        "from torch import nn\n"
        "def small(shape, classes):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(shape[0] * shape[1] * shape[2], classes))\n"
        "def wrong(shape, classes):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(7, classes))\n"
        "def short(shape, classes):\n"
        "    return small(shape, classes - 1)\n"
        "def raises(shape, classes):\n"
        "    raise KeyError('x')\n"
        "number = 7\n"
        "def text(shape, classes):\n"
        "    return 'net'\n"
    )
    (tmp_path / "broken_on_import.py").write_text("def net(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "own_nets.py"
    sys.modules.pop("own_nets", None)


def test_a_net_of_ones_own(own_nets):
    net = build_net("own_nets:small", (1, 4, 4), 3, seed=0)
    assert net(torch.zeros(2, 1, 4, 4)).shape == (2, 3)
    before = net_sha256("own_nets:small")
    own_nets.write_text(own_nets.read_text() + "# changed\n")
    assert net_sha256("own_nets:small") != before


@pytest.mark.parametrize(
    ("name", "code", "fact"),
    [
        ("own_nets:wrong", "SF0", "4x4 with 1 channel"),
        ("own_nets:short", "SF743", "[2, 2]"),
        ("own_nets:text", "SF740", "str"),
        ("own_nets:nosuch", "SF0", "'nosuch'"),
        ("own_nets:raises", "SF0", "KeyError"),
        ("own_nets:number", "SF740", "int"),
        ("math:sin", "SF740", "builtin_function_or_method"),
        ("broken_on_import:net", "SF0", "SyntaxError"),
        ("lenett", "SF742", "did you mean lenet"),
        ("lenet", "SF0", "4x4 with 1 channel"),
    ],
)
@pytest.mark.usefixtures("own_nets")
def test_nets_that_do_not_fit(name, code, fact):
    with pytest.raises(InputError, match=code) as caught:
        build_net(name, (1, 4, 4), 3, seed=0)
    assert fact in str(caught.value)
