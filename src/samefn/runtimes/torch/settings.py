"""Run a torch net."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.runtimes.cpu import int8_flags
from samefn.runtimes.inference import infer_batches
from samefn.runtimes.model import Array


@contextmanager
def evaluating(net: torch.nn.Module) -> Iterator[None]:
    """The net in evaluation mode (no dropout, fixed statistics); each module's own mode returns after."""
    modes = {module: module.training for module in net.modules()}
    net.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


def settle_torch() -> None:
    """One thread, deterministic kernels and no TF32, for this process from now on.

    Matrix products have no TF32 by default, but an environment variable that some containers set turns it on.
    """
    torch.set_num_threads(1)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def torch_logits(
    net: torch.nn.Module, pixels: NDArray[np.uint8], batch_size: int, device: str = "cpu"
) -> NDArray[np.float32]:
    """The net's logits, computed in float32 without gradients.

    Args:
        net: takes float32 [examples, channels, height, width] in [0, 1]; moved to `device`, where it stays.
        pixels: images, uint8, [examples, channels, height, width]; divided by 255 on the device.
        batch_size: images a batch, cut in the given order; the last batch may be smaller.
        device: torch's name of the device.

    Returns:
        Raw logits, float32, [examples, classes].

    Raises:
        InputError: images of another type or shape, or a net whose output is not a row of logits an image.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 4:
        raise InputError(
            "SF3099",
            f"images must be uint8 of four dimensions, not {pixels.dtype} of shape {list(pixels.shape)}",
            fix="give them as [examples, channels, height, width], 0 to 255",
        )
    net.to(device)

    def run(arrays: Mapping[str, Array]) -> Array:
        images = torch.from_numpy(np.ascontiguousarray(arrays[IMAGE])).to(device)
        # As in training: bytes cross to the device and are divided there, channels last.
        logits = net(images.to(torch.float32, memory_format=torch.channels_last) / 255)
        return np.asarray(logits.cpu().numpy())

    with evaluating(net), torch.inference_mode():
        return infer_batches(run, {IMAGE: pixels}, batch_size, type(net).__name__)


def torch_provenance(batch_size: int, device: str = "cpu") -> dict[str, Json]:
    """What can change the numbers of `torch_logits`: version, device, threads, batch size, CPU flags."""
    return {
        "runtime": "torch",
        "version": torch.__version__,
        "device": device,
        "threads": torch.get_num_threads(),
        "batch_size": batch_size,
        "cpu": int8_flags(),
    }
