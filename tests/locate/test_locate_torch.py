"""Locating in torch modules: the layer that was spoiled is found, and all swaps together are the other model."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from samefn.core.errors import InputError
from samefn.locate.locate import locate
from samefn.locate.torch_pair import TorchPair


def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(256, 16), nn.ReLU(),
        nn.Linear(16, 5),
    )  # fmt: skip


def rounded(base: nn.Module, steps: dict[str, int]) -> nn.Module:
    """Weights rounded to so many steps on either side of zero."""
    made = copy.deepcopy(base)
    for name, count in steps.items():
        weight = made.get_submodule(name).weight
        with torch.no_grad():
            step = weight.abs().max() / count
            weight.copy_((weight / step).round() * step)
    return made


INPUTS = {"x": np.random.default_rng(1).normal(size=(200, 1, 8, 8)).astype(np.float32)}
FINE, COARSE = 127, 1


@pytest.mark.parametrize("spoiled", ["0", "4", "6"])
def test_the_spoiled_layer_is_first_both_ways(spoiled: str):
    base = net()
    candidate = rounded(base, {name: COARSE if name == spoiled else FINE for name in ("0", "4", "6")})
    found = locate(base, candidate, INPUTS, 64, candidate_id="c")
    for direction in ("forward", "backward"):
        ranked = [entry for entry in found if entry.direction == direction]
        assert {entry.group for entry in ranked} == {"0", "4", "6"}  # the batch norm is equal in both: no group
        assert ranked[0].group == spoiled
        assert ranked[0].share is not None
        assert ranked[0].share > 0.8
        assert max(entry.share or 0.0 for entry in ranked[1:]) < 0.2
    for entry in found:
        assert entry.candidate == "c"
        assert entry.examples == 200
        assert entry.disagreement_low <= entry.disagreement <= entry.disagreement_high
        assert entry.total_variation_low <= entry.total_variation <= entry.total_variation_high


def test_all_swapped_is_the_other_model_and_the_given_ones_are_left_alone():
    base = net()
    candidate = rounded(base, {"0": 3, "4": 3, "6": 3})
    before = {name: tensor.clone() for name, tensor in (base.state_dict() | candidate.state_dict()).items()}
    pair = TorchPair(base, candidate)
    names = [layer.name for layer in pair.layers]
    with torch.inference_mode():
        ours, theirs = (model.eval()(torch.from_numpy(INPUTS["x"])).numpy() for model in (base, candidate))
    np.testing.assert_array_equal(pair.forward(names, INPUTS, 200), theirs)
    np.testing.assert_array_equal(pair.backward(names, INPUTS, 200), ours)
    np.testing.assert_array_equal(pair.forward((), INPUTS, 200), ours)  # what was swapped in is out again
    assert all(torch.equal(tensor, candidate.state_dict()[name]) for name, tensor in before.items())


def test_share_and_total_variation_by_hand():
    # Two classes, one input 1: the base says sigmoid(0) = 0.5. Layer "b" of the candidate adds ln 3 to the first
    # logit: 0.75. Total variation is 0.25, all of it by "b"; "a" is equal in both and is no group.
    class Sum(nn.Module):
        def __init__(self, first: float) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(1, 2, bias=False), nn.Linear(1, 2, bias=False)
            with torch.no_grad():
                self.a.weight.copy_(torch.tensor([[1.0], [1.0]]))
                self.b.weight.copy_(torch.tensor([[first], [0.0]]))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.a(x) + self.b(x)

    found = locate(Sum(0.0), Sum(float(np.log(3))), {"x": np.ones((4, 1), np.float32)}, 2, returns="logits")
    assert [(entry.group, entry.direction) for entry in found] == [("b", "forward"), ("b", "backward")]
    assert found[0].total_variation == pytest.approx(0.25, abs=1e-6)
    assert found[0].share == pytest.approx(1.0)
    assert found[1].total_variation == pytest.approx(0.0, abs=1e-7)
    assert found[1].share == pytest.approx(1.0)


def test_float16_costs_two_bytes_a_number():
    base = net()
    found = locate(base, copy.deepcopy(base).half(), INPUTS, 100)
    costs = {entry.group: entry.bytes for entry in found}
    # Half the bytes of every stored number: conv 4*9 + 4, dense 256*16 + 16 and 16*5 + 5. The batch norm holds
    # numbers that float16 has exactly, so it does not differ.
    assert costs == {"0": 2 * 40, "4": 2 * 4112, "6": 2 * 85}


def test_equal_models_have_nothing_to_locate():
    base = net()
    assert locate(base, copy.deepcopy(base), INPUTS, 100) == ()


def test_other_modules_are_refused_by_name():
    with pytest.raises(InputError, match=r"'7\.bias'.*SF561"):
        TorchPair(net(), nn.Sequential(*net(), nn.BatchNorm1d(5, affine=True)))
    other = net()
    other[6] = nn.Linear(16, 7)
    with pytest.raises(InputError, match=r"'6\.weight'.*\[5, 16\].*\[7, 16\].*SF561"):
        TorchPair(net(), other)


@pytest.mark.parametrize("inputs", [{}, {"x": np.ones((0, 1))}, {"x": np.ones((2, 1)), "y": np.ones((3, 1))}])
def test_inputs_without_one_length_are_refused(inputs: dict[str, np.ndarray]):
    with pytest.raises(InputError, match="SF312"):
        locate(net(), net(), inputs, 2)
