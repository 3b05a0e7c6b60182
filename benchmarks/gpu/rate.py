"""The device and its own rate: a large matrix product in float32, on CUDA also in TF32."""

import json
import sys
import time

import torch

from samefn.runtimes.host import cpu_name, usable_cores
from samefn.runtimes.torch.settings import make_deterministic

# Large enough to be bound by arithmetic: 17 and 1,100 thousand million operations.
SIDES = {"cpu": 2048, "cuda": 8192}
ROUNDS = 5


def facts(device: str) -> dict[str, object]:
    """What a reader wants to know of the device."""
    known: dict[str, object] = {"kind": device, "cpu": cpu_name(), "cores": usable_cores(), "torch": torch.__version__}
    if device == "cuda":
        gpu = torch.cuda.get_device_properties(0)
        known |= {"gpu": gpu.name, "memory": gpu.total_memory, "multiprocessors": gpu.multi_processor_count}
        cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
        known |= {"cuda": torch.version.cuda, "cudnn": cudnn}
    return known


def rates(device: str) -> dict[str, list[float]]:
    """Floating-point operations a second, a figure a round, by the format of the product.

    On a CPU by all cores, which is what several processes of one thread share.
    """
    make_deterministic()
    torch.set_num_threads(usable_cores())
    found = {"float32": _rounds(device)}
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        found["tf32"] = _rounds(device)
        torch.backends.cuda.matmul.allow_tf32 = False
    return found


def _rounds(device: str) -> list[float]:
    """One round that does not count, and those that do."""
    side = SIDES[device]
    left, right = (torch.rand(side, side, device=device) for _ in range(2))
    product = torch.empty(side, side, device=device)
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        torch.mm(left, right, out=product)
        product[0, 0].item()  # the device is done
        seconds.append(time.perf_counter() - start)
    # A multiplication and an addition each.
    return [2 * side**3 / one for one in seconds[1:]]


if __name__ == "__main__":
    print(json.dumps({"device": facts(sys.argv[1]), "rates": rates(sys.argv[1])}))
