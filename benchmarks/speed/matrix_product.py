"""The machine's own rate: a large float32 matrix product, by the library that our training uses too."""

import torch

from speed.options import read_options
from speed.stopwatch import Stopwatch

SIDE = 2048
PRODUCTS = 10
# A multiplication and an addition each.
OPERATIONS = PRODUCTS * 2 * SIDE**3

if __name__ == "__main__":
    given = read_options()
    torch.manual_seed(0)
    torch.set_num_threads(given.threads)
    left, right = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    product = torch.empty(SIDE, SIDE)
    stopwatch = Stopwatch(0, {"torch": torch.__version__})
    while True:
        stopwatch.wait()
        for _ in range(PRODUCTS):
            torch.mm(left, right, out=product)
        stopwatch.trained()
        stopwatch.evaluated()
        stopwatch.answer(None)
