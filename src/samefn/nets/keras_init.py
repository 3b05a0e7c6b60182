"""Keras's default initial weights."""

from torch import nn


def keras_init(net: nn.Module) -> None:
    """Glorot-uniform kernels and zero biases for every convolution and dense layer, as Keras starts them.

    A depthwise kernel is [3, 3, channels, 1] in Keras and [channels, 1, 3, 3] in torch, so the fan-in of one is the
    fan-out of the other; the range depends on their sum, which is the same.

    Source: Glorot and Bengio 2010; keras.layers.Dense, Conv2D and DepthwiseConv2D ("glorot_uniform").
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
