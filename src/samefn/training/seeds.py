"""Random numbers that depend only on a purpose and a seed, so that a resumed training gets the same ones."""

import hashlib

import torch
from torch import Tensor


def derive_seed(purpose: str, *parts: int) -> int:
    """A 63-bit seed from a purpose and whole numbers.

    >>> derive_seed("order", 0, 1) != derive_seed("order", 1, 0)
    True
    """
    text = ":".join([purpose, *map(str, parts)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def epoch_order(seed: int, epoch: int, examples: int) -> Tensor:
    """The order in which an epoch visits the examples: a permutation of 0..examples-1, int64."""
    generator = torch.Generator().manual_seed(derive_seed("order", seed, epoch))
    return torch.randperm(examples, generator=generator)
