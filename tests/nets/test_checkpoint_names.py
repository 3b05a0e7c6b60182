"""Checkpoints as people have them: names that wrappers changed, and counters that old versions of torch lack."""

import io
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn

from samefn.core.errors import InputError
from samefn.nets.checkpoint.weights import read_state_dict


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
        self.fc = nn.Linear(2, 3)


def read(state, net):
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return read_state_dict(buffer.getvalue(), Path("old.th"), net)


def test_what_data_parallel_and_old_versions_write_fits():
    net = Net()
    wanted = net.state_dict()
    old = {f"module.{name}": value for name, value in wanted.items() if "num_batches" not in name}
    state, notes = read({"state_dict": OrderedDict(old), "best_prec1": 91.7}, net)
    assert state.keys() == wanted.keys()
    assert all(torch.equal(state[name], value) for name, value in wanted.items())
    assert len(notes) == 3


def test_a_part_alone_may_be_wrapped():
    net = Net()
    part = {name.replace("features.", "features.module."): value for name, value in net.state_dict().items()}
    assert read(part, net)[0].keys() == net.state_dict().keys()


def test_a_part_that_is_called_module_keeps_its_name():
    net = nn.ModuleDict({"module": nn.Linear(2, 2)})
    state, notes = read(net.state_dict(), net)
    assert (set(state), notes) == ({"module.weight", "module.bias"}, [])


def test_weights_are_no_counters():
    net = Net()
    state = net.state_dict()
    del state["features.1.running_mean"]
    with pytest.raises(InputError, match=r"lacks 'features\.1\.running_mean'.*SF752"):
        read(state, net)
