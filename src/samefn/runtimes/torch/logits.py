"""Logits of a net of samefn's own, on any device."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.runtimes.inference import infer_batches
from samefn.runtimes.model import Array
from samefn.runtimes.torch.settings import evaluating


def torch_logits(
    net: torch.nn.Module, pixels: NDArray[np.uint8], batch_size: int, device: str = "cpu"
) -> NDArray[np.float32]:
    """The net's logits, computed in float32 without gradients.

    Args:
        net: takes float32 [examples, channels, height, width] in [0, 1]; moved to `device`, where it stays.
        pixels: images, uint8, [examples, channels, height, width]; divided by 255 on the device.
        batch_size: images per batch, in the given order; the last batch may be smaller.
        device: torch's name of the device.

    Returns:
        Raw logits, float32, [examples, classes].

    Raises:
        InputError: images of another type or shape, or a net whose output is not one row of logits per image.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 4:
        raise InputError(
            "SF317",
            f"images must be uint8 with four dimensions, not {pixels.dtype} of shape {list(pixels.shape)}",
            fix="give them as [examples, channels, height, width], 0 to 255",
        )
    net.to(device)

    def run(arrays: Mapping[str, Array]) -> Array:
        images = torch.from_numpy(np.ascontiguousarray(arrays[IMAGE])).to(device)
        # As in training: bytes are copied to the device and divided there, channels last.
        logits = net(images.to(torch.float32, memory_format=torch.channels_last) / 255)
        return np.asarray(logits.cpu().numpy())

    with evaluating(net), torch.inference_mode():
        return infer_batches(run, {IMAGE: pixels}, batch_size, type(net).__name__)
