"""How torch runs: evaluation mode, threads, deterministic kernels; and what of that can change its numbers."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from samefn.core.canonical import Json
from samefn.runtimes.host import int8_flags


@contextmanager
def evaluating(net: torch.nn.Module) -> Iterator[None]:
    """The net in evaluation mode (no dropout, fixed statistics); afterwards each module has its own mode again."""
    modes = {module: module.training for module in net.modules()}
    net.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """So many threads within one operator; afterwards as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def make_deterministic() -> None:
    """One thread, deterministic kernels and no TF32, for this process from now on.

    Matrix products have no TF32 by default, but an environment variable that some containers set turns it on.
    """
    torch.set_num_threads(1)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


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
