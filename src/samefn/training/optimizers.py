"""Optimisers at the spec's settings."""

from collections.abc import Iterable

import torch
from torch.nn import Parameter

from samefn.schema.training import Optimizer


def build_optimizer(settings: Optimizer, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
    """The optimiser a spec names; Adam and SGD in torch's fused form, one pass over the weights a step.

    Torch adds epsilon behind the bias correction and Keras before it, which differs by a factor of at most 32 on
    an epsilon of 1e-7 in the first steps and fades: far below the noise of a seed.
    """
    if settings.name == "adam":
        return torch.optim.Adam(parameters, lr=settings.learning_rate, eps=settings.epsilon, fused=True)
    if settings.name == "adamax":
        return torch.optim.Adamax(parameters, lr=settings.learning_rate, eps=settings.epsilon)
    return torch.optim.SGD(parameters, lr=settings.learning_rate, momentum=settings.momentum, fused=True)
