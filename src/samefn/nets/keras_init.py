"""Keras's default initial weights."""

from torch import nn


def keras_init(net: nn.Module) -> None:
    """Glorot-uniform kernels and zero biases for every convolution and dense layer, as Keras starts them.

    Source: Glorot and Bengio 2010; keras.layers.Dense and Conv2D (kernel_initializer="glorot_uniform").
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
