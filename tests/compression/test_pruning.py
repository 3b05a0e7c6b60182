from collections import OrderedDict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import prune as torch_prune

from samefn.compression.pruning import kernel_names, prune_state
from samefn.core.errors import InputError


def normed() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 5))


def parameter_names(net: nn.Module) -> list[str]:
    return [name for name, _ in net.named_parameters()]


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_kernels_are_pruned_as_torch_prunes_them(net: nn.Sequential, fraction: float) -> None:
    pruned, record = prune_state(net.state_dict(), kernel_names(net), parameter_names(net), fraction, "kernels")
    torch_prune.global_unstructured(
        [(net[i], "weight") for i in (0, 3, 7, 10)],
        pruning_method=torch_prune.L1Unstructured,
        amount=fraction,
    )
    zeros = 0
    for i in (0, 3, 7, 10):
        weight = torch.as_tensor(net[i].weight).detach()  # the mask applied
        assert torch.equal(pruned[f"{i}.weight"], weight)
        assert torch.equal(pruned[f"{i}.bias"], net.get_parameter(f"{i}.bias"))
        zeros += int((weight == 0).sum())
    # 288 + 18,432 + 204,800 + 1,280 kernel weights, and 234 biases that stay.
    assert (record.ranked, record.zeroed) == (224_800, zeros)
    assert record.sparsity == pytest.approx(fraction, abs=1e-5)
    assert record.model_sparsity == pytest.approx(zeros / 225_034)


def test_of_equal_magnitudes_the_first_go_first() -> None:
    state = {
        "b": torch.tensor([[1.0, -1.0], [3.0, 1.0]]),
        "a": torch.tensor([-1.0, 0.5, 1.0]),
        "n": torch.tensor(7),
    }
    # Ranked: 1, -1, 3, 1 | -1, 0.5, 1. round(0.5 * 7) = 4: 0.5 and the first three of the ones.
    pruned, record = prune_state(state, ["b", "a"], [], 0.5, "kernels")
    assert pruned["b"].tolist() == [[0, 0], [3, 0]]
    assert pruned["a"].tolist() == [-1, 0, 1]
    assert (record.zeroed, record.threshold, record.sparsity) == (4, 1.0, 4 / 7)
    # The other order of names makes another choice among the ones.
    pruned, _ = prune_state(state, ["a", "b"], [], 0.5, "kernels")
    assert pruned["a"].tolist() == [0, 0, 0]
    assert pruned["b"].tolist() == [[0, -1], [3, 1]]


@given(
    values=st.lists(st.lists(st.integers(-3, 3), min_size=1, max_size=8), min_size=1, max_size=4),
    fraction=st.floats(0, 1),
)
def test_it_is_the_plain_sort_by_magnitude_then_position(values: list[list[int]], fraction: float) -> None:
    state = OrderedDict((str(i), torch.tensor(row, dtype=torch.float32)) for i, row in enumerate(values))
    flat = [value for row in values for value in row]
    count = round(fraction * len(flat))
    order = sorted(range(len(flat)), key=lambda position: (abs(flat[position]), position))
    for position in order[:count]:
        flat[position] = 0
    pruned, record = prune_state(state, [], [], fraction, "everything")
    assert torch.cat(list(pruned.values())).tolist() == flat
    assert record.sparsity == record.model_sparsity == flat.count(0) / len(flat)


def test_each_scope_ranks_what_its_name_says() -> None:
    net = normed()
    state = net.state_dict()
    state["1.running_mean"] = torch.full((4,), 1e-9)  # the smallest of all, once everything is ranked
    before = {name: tensor.clone() for name, tensor in state.items()}
    ranked = {}
    for scope in ("kernels", "parameters", "everything"):
        pruned, record = prune_state(state, kernel_names(net), parameter_names(net), 0.1, scope)
        ranked[scope] = record.ranked
        assert bool((pruned["1.running_mean"] == 0).all()) == (scope == "everything")
        assert list(pruned) == list(state)
        assert torch.equal(pruned["1.num_batches_tracked"], state["1.num_batches_tracked"])
    # Kernels 36 + 80; biases 4 + 5, BatchNorm's 4 + 4; its statistics 4 + 4. Its counter is an integer.
    assert ranked == {"kernels": 116, "parameters": 133, "everything": 141}
    assert all(torch.equal(tensor, before[name]) for name, tensor in state.items())


def test_a_zero_that_was_there_counts_as_chosen_first() -> None:
    state: dict[str, Tensor] = {"w": torch.tensor([5.0, 0.0, 4.0, 3.0])}
    pruned, record = prune_state(state, ["w"], [], 0.25, "kernels")
    assert pruned["w"].tolist() == [5, 0, 4, 3]
    assert (record.zeroed, record.threshold) == (1, 0.0)


def test_float16_weights_are_ranked_and_stay_float16() -> None:
    values = torch.tensor(np.arange(1, 11), dtype=torch.float16)
    pruned, _ = prune_state({"w": values}, ["w"], [], 0.3, "kernels")
    assert pruned["w"].dtype == torch.float16
    assert pruned["w"].tolist() == [0, 0, 0, 4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("kernels", "fraction", "code", "fact"),
    [
        (["missing"], 0.5, "SF731", "missing"),
        (["count"], 0.5, "SF731", "count"),
        (["w", "w"], 0.5, "SF731", "w, w"),
        ([], 0.5, "SF731", "kernels"),
        (["nan"], 0.5, "SF732", "NaN"),
        (["w"], 1.5, "SF730", "1.5"),
    ],
)
def test_what_cannot_be_ranked_is_refused(kernels: list[str], fraction: float, code: str, fact: str) -> None:
    state = {"w": torch.ones(3), "count": torch.tensor(1), "nan": torch.tensor([1.0, float("nan")])}
    with pytest.raises(InputError, match=code) as caught:
        prune_state(state, kernels, [], fraction, "kernels")
    assert fact in str(caught.value)


def test_kernel_names_are_names_in_the_state_at_any_depth() -> None:
    net = nn.Sequential(normed(), nn.ModuleDict({"head": nn.Linear(5, 2, bias=False)}), nn.Embedding(2, 2))
    assert kernel_names(net) == ("0.0.weight", "0.3.weight", "1.head.weight")
    assert set(kernel_names(net)) <= set(net.state_dict())
    assert kernel_names(nn.Linear(2, 2)) == ("weight",)
