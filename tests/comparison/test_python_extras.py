"""From Python, costs and layers as the command has them: of files, and of modules of this process."""

import numpy as np
import torch
from torch import nn

import samefn
from samefn.comparison import costs

INPUTS = np.random.default_rng(0).normal(size=(60, 6)).astype(np.float32)


def test_layers_and_costs_of_modules(monkeypatch):
    monkeypatch.setattr(costs, "SECONDS", 0.05)
    torch.manual_seed(0)
    base = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))
    moved = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))
    moved.load_state_dict(base.state_dict())
    with torch.no_grad():
        moved[2].weight += 0.5 * torch.randn(4, 8)
    result = samefn.compare(base, [moved], data=INPUTS, cost=True, locate=True)
    assert {(one.group, one.direction) for one in result.report.located} == {("2", "forward"), ("2", "backward")}
    [back] = [one for one in result.report.located if one.direction == "backward"]
    assert back.disagreement == 0
    for model in ("base", "candidate-1"):
        cost = result.report.model(model).cost
        assert cost.whole.median > 0
        assert cost.parameters == 6 * 8 + 8 + 8 * 4 + 4
        # Its process is the caller's own.
        assert cost.memory is None


def test_predictions_have_neither_and_the_report_warns_of_it():
    draw = np.random.default_rng(1).normal(size=(60, 4))
    base, near = (
        samefn.Predictions.from_logits(name, draw + by, range(60)) for name, by in (("base", 0), ("near", 0.1))
    )
    report = samefn.compare(base, [near], cost=True, locate=True).report
    assert report.located == ()
    about = [one for one in report.warnings if "only" in one and "predictions" in one]
    assert len(about) == 2
    assert report.base.cost is None
