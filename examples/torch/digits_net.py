"""The net of this example. `digits_net:build` is a factory: a function that returns the module."""

from torch import nn


def build():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
