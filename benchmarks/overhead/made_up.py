"""The files that are compared: a ResNet-50 in ONNX, two candidates with slightly other weights, and made-up images."""

from pathlib import Path

import numpy as np
import torch

from samefn.compression.export import export_onnx
from samefn.nets.build import build_net

CLASSES = 10
# Of each weight: enough that some answers change, far too little for another function.
MOVED = {"candidate.onnx": 0.01, "second.onnx": 0.02}


def make(folder: Path, side: int, images: int) -> int:
    """Write base.onnx, candidate.onnx, second.onnx, x.npz and, to warm up, few.npz; the same for the same arguments.

    Args:
        folder: an empty folder.
        side: of the square images in three colours.
        images: how many.

    Returns:
        How many parameters the net has.
    """
    shape = (3, side, side)
    net = build_net("resnet50", shape, CLASSES, seed=0)
    export_onnx(net, shape, folder / "base.onnx")
    start = [weights.detach().clone() for weights in net.parameters()]
    generator = torch.Generator().manual_seed(1)
    for name, share in MOVED.items():
        with torch.no_grad():
            for weights, first in zip(net.parameters(), start, strict=True):
                weights.copy_(first * (1 + share * torch.randn(first.shape, generator=generator)))
        export_onnx(net, shape, folder / name)
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (images, *shape), dtype=np.uint8)
    y = random.integers(0, CLASSES, images)
    np.savez(folder / "x.npz", x=x, y=y)
    np.savez(folder / "few.npz", x=x[:64], y=y[:64])
    return sum(weights.numel() for weights in start)
