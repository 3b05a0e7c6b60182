"""Keras's weights under our names and in our order of axes."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# In LeNet the map that Keras flattens: rows, columns, channels.
LENET_MAP = (5, 5, 64)
_OURS = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def our_name(net: str, layer: str, variable: str) -> str:
    """Where a variable of Keras's stands in our state dict.

    >>> our_name("resnet50", "conv2_block1_0_bn", "gamma")
    'features.conv2_block1.shortcut.bn.weight'
    >>> our_name("resnet50", "conv2_block1_3_conv", "bias")
    'features.conv2_block1.residual.conv3.bias'
    """
    if net != "lenet":
        layer = re.sub(r"(conv\d_block\d)_0_(\w+)", r"\1.shortcut.\2", layer)
        layer = re.sub(r"(conv\d_block\d)_(\d)_(\w+)", r"\1.residual.\3\2", layer)
        layer = f"head.{layer}" if layer.startswith("dense") else f"features.{layer}"
    return f"{layer}.{_OURS[variable]}"


def our_axes(net: str, layer: str, variable: str, values: NDArray[Any]) -> NDArray[Any]:
    """A variable of Keras's with its axes as torch has them."""
    if variable != "kernel":
        return values
    if values.ndim == 2:
        if net == "lenet" and layer == "dense1":  # Keras flattens channels last, torch channels first
            values = values.reshape(*LENET_MAP, -1).transpose(2, 0, 1, 3).reshape(values.shape)
        return values.T
    # Rows, columns, in, out; of a depthwise kernel rows, columns, channels, 1.
    depthwise = "_dw_" in layer
    return values.transpose(2, 3, 0, 1) if depthwise else values.transpose(3, 2, 0, 1)


def our_state(net: str, found: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, Tensor]:
    """Keras's variables of a prefix (`prefix/layer/variable`) as a state dict of ours."""
    state = {}
    for key in found:
        kind, _, rest = key.partition("/")
        if kind == prefix:
            layer, variable = rest.split("/")
            values = our_axes(net, layer, variable, found[key])
            state[our_name(net, layer, variable)] = torch.from_numpy(np.ascontiguousarray(values))
    return state
