"""Floating-point operations of a step and of an evaluation, by torch's own counter."""

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count

from gpu.pairs import Pair
from samefn.nets.build import build_net
from samefn.training.objectives import cross_entropy

_IMAGES = 2  # what is counted is proportional to them, and batch normalisation cannot train on one


def operations(pair: Pair) -> dict[str, int]:
    """Of one image: the forward pass (`evaluation`) and its part of a step (`step`); a product and a sum are two.

    Convolutions and dense layers, which are nearly all of it.
    """
    net = build_net(pair.net, pair.shape, pair.classes, seed=0)
    pixels, labels = torch.zeros(_IMAGES, *pair.shape), torch.zeros(_IMAGES, dtype=torch.int64)
    with _counter() as forward, torch.no_grad():
        net(pixels)
    with _counter() as step:
        cross_entropy(net(pixels), labels, labels).backward()  # type: ignore[no-untyped-call]
    return {"evaluation": forward.get_total_flops() // _IMAGES, "step": step.get_total_flops() // _IMAGES}


def _counter() -> FlopCounterMode:
    return FlopCounterMode(display=False, custom_mapping={torch.ops.aten.convolution_backward: _backward})


def _backward(gradient: Sequence[int], pixels: Sequence[int], kernels: Sequence[int], *rest: Any, **_: Any) -> int:
    """Of a convolution's backward pass: for either gradient as many operations as forward.

    Torch's own formula takes a depthwise convolution's weight gradient for that of a full one, which is hundreds of
    times too much.
    """
    wanted: Sequence[bool] = rest[-1]
    return int(conv_flop_count(list(pixels), list(kernels), list(gradient))) * sum(wanted[:2])
