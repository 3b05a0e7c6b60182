"""Nets with batch normalisation in the training loop: the buffers are state, and a last batch may be one image."""

import numpy as np
import pytest
import torch
from torch import nn

from samefn.core.events import silent
from samefn.nets.batch_norm import BatchNorm
from samefn.nets.head import Head
from samefn.nets.keras_init import keras_init
from samefn.schema.training import Training
from samefn.training.loop import ResidentData, train_net
from samefn.training.objectives import cross_entropy

RNG = np.random.default_rng(0)
# Batches of 32 leave one image: 3 * 32 + 1.
PIXELS, LABELS = RNG.integers(0, 256, (97, 3, 8, 8), dtype=np.uint8), RNG.integers(0, 3, 97)


class Sink(dict):
    """A sink in memory that breaks after so many writes."""

    def __init__(self, writes):
        super().__init__()
        self.left = writes

    def write(self, name, data):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        self[name] = data

    def read(self, name):
        return self.get(name)

    def remove(self, name):
        self.pop(name, None)


def evaluate(net):
    with torch.inference_mode():
        return {"test": net.eval()(torch.from_numpy(PIXELS[:20]).float() / 255).numpy()}


def small(norm):
    """A depthwise block whose last map is 1x1, as MobileNet's is on 32x32."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
        norm(8),
        nn.ReLU6(inplace=True),
        nn.Conv2d(8, 8, 4, groups=8, bias=False),
        norm(8),
        nn.ReLU6(inplace=True),
        Head(8, 3),
    )
    keras_init(net)
    return net


def run(net, examples, writes=10**9, sink=None):
    data = ResidentData(PIXELS[:examples], LABELS[:examples], "cpu")
    sink = Sink(writes) if sink is None else sink
    return train_net("m", net, data, cross_entropy, Training(epochs=3, batch_size=32), 7, evaluate, sink, silent)


def ours():
    return small(lambda channels: BatchNorm(channels, 1e-3))


def torchs():
    return small(nn.BatchNorm2d)


def equal(a, b):
    return a.losses == b.losses and all(torch.equal(a.final[key], b.final[key]) for key in a.final)


@pytest.mark.parametrize(("build", "examples"), [(ours, 97), (torchs, 96)])
@pytest.mark.parametrize("writes", [2, 3, 4, 5])
def test_an_interrupted_training_goes_on_to_the_same_bits(build, examples, writes):
    whole, sink = run(build(), examples), Sink(writes)
    with pytest.raises(KeyboardInterrupt):
        run(build(), examples, sink=sink)
    sink.left = 10**9
    again = run(build(), examples, sink=sink)
    assert equal(again, whole)
    assert np.array_equal(again.logits["test"], whole.logits["test"])
    buffers = [key for key in whole.final if "running" in key or "tracked" in key]
    assert buffers
    assert all(not torch.equal(whole.final[key], whole.initial[key]) for key in buffers)


def test_training_repeats_to_the_bit():
    assert equal(run(ours(), 97), run(ours(), 97))


def test_evaluating_does_not_move_the_statistics():
    net = ours()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    evaluate(net)
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())


def test_a_last_batch_of_one_image():
    found = run(ours(), 97)
    assert all(value.isfinite().all() for value in found.final.values())
    assert np.isfinite(found.losses).all()


def test_torchs_own_layer_refuses_a_last_batch_of_one_image():
    """Why ours is another: the message is torch's."""
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        run(torchs(), 97)
