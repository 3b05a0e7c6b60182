"""Batch normalisation is Keras's: written out in NumPy, and where torch's own refuses."""

import numpy as np
import pytest
import torch
from torch import nn

from samefn.nets.batch_norm import BatchNorm


def keras_formula(features, scale, shift, mean, variance, epsilon):
    """One step of keras.layers.BatchNormalization in float64: the answer and the new running statistics."""
    axes = (0, 2, 3)
    batch_mean, batch_variance = features.mean(axes), features.var(axes)  # (NumPy's is the biased one)
    shape = (1, -1, 1, 1)
    answer = (features - batch_mean.reshape(shape)) / np.sqrt(batch_variance.reshape(shape) + epsilon)
    answer = answer * scale.reshape(shape) + shift.reshape(shape)
    return answer, 0.99 * mean + 0.01 * batch_mean, 0.99 * variance + 0.01 * batch_variance


def randomised(channels, epsilon):
    layer = BatchNorm(channels, epsilon)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    layer.running_mean.normal_()
    layer.running_var.uniform_(0.5, 2)
    return layer


@pytest.mark.parametrize("shape", [(64, 3, 1, 1), (2, 3, 1, 1), (1, 3, 2, 2), (1, 3, 1, 1), (5, 3, 4, 2)])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_a_training_step_is_the_formula(shape, memory_format):
    torch.manual_seed(0)
    layer = randomised(3, 1e-3)
    features = (torch.randn(shape) * 3 + 1).to(memory_format=memory_format)
    before = {name: value.double().numpy().copy() for name, value in layer.state_dict().items()}
    answer, mean, variance = keras_formula(
        features.double().numpy(), *(before[name] for name in ("weight", "bias", "running_mean", "running_var")), 1e-3
    )
    # Two values a channel that nearly meet are divided by their distance: float32 loses a few digits there.
    np.testing.assert_allclose(layer(features).detach().numpy(), answer, rtol=1e-4, atol=1e-4)
    # The new part is a hundredth; 1e-6 of the whole is 1e-4 of it, and torch's variance would be off by 1/63 and more.
    np.testing.assert_allclose(layer.running_mean.numpy(), mean, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(layer.running_var.numpy(), variance, rtol=1e-6)


def test_torchs_own_has_another_variance():
    features = torch.randn(2, 3, 1, 1, generator=torch.Generator().manual_seed(0))
    ours, theirs = BatchNorm(3, 1e-3), nn.BatchNorm2d(3, 1e-3, momentum=0.01)
    torch.testing.assert_close(ours(features), theirs(features))
    # Of two values the unbiased variance is twice the biased one.
    torch.testing.assert_close(2 * (ours.running_var - 0.99), theirs.running_var - 0.99, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(ours.running_var, theirs.running_var, rtol=1e-3)


def test_evaluation_uses_the_running_statistics_and_leaves_them():
    torch.manual_seed(0)
    layer = randomised(3, 1e-3).eval()
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    features = torch.randn(4, 3, 2, 2)
    mean, variance, scale, shift = (
        before[name].view(1, 3, 1, 1) for name in ("running_mean", "running_var", "weight", "bias")
    )
    torch.testing.assert_close(layer(features), (features - mean) / (variance + 1e-3).sqrt() * scale + shift)
    assert all(torch.equal(before[name], value) for name, value in layer.state_dict().items())


def test_the_gradient_is_that_of_the_formula():
    torch.manual_seed(0)
    layer = randomised(2, 1e-3).double()
    features = torch.randn(3, 2, 2, 1, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w, b: _with(layer, w, b)(x), (features, layer.weight, layer.bias))


def _with(layer, weight, bias):
    return lambda x: torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))


def test_one_value_a_channel_gives_the_shift_and_no_gradient():
    torch.manual_seed(0)
    layer = randomised(3, 1.001e-5)
    features = torch.randn(1, 3, 1, 1, requires_grad=True)
    answer = layer(features)
    torch.testing.assert_close(answer.flatten(), layer.bias)
    answer.square().sum().backward()
    assert not features.grad.any()
    assert not layer.weight.grad.any()
    torch.testing.assert_close(layer.bias.grad, 2 * layer.bias.detach())
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm2d(3)(features)
