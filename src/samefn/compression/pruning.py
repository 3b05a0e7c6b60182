"""Global unstructured L1 pruning: the smallest weights of the whole net become zero."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.schema.methods import Pruned, PruningScope

_KERNEL_MODULES = (
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
    nn.Linear,
)


def kernel_names(net: nn.Module) -> tuple[str, ...]:
    """Names, as in the state dict, of the weights of convolutions and dense layers, without biases.

    >>> kernel_names(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2)))
    ('0.weight', '3.weight')
    """
    return tuple(
        f"{name}.weight" if name else "weight"
        for name, module in net.named_modules()
        if isinstance(module, _KERNEL_MODULES)
    )


def prune_state(
    state: Mapping[str, Tensor],
    kernels: Sequence[str],
    parameters: Sequence[str],
    fraction: float,
    scope: PruningScope,
) -> tuple[dict[str, Tensor], Pruned]:
    """Set the weights of smallest magnitude to zero, ranked over all tensors of the scope together.

    Args:
        state: a net's state dict; it is not changed.
        kernels: names of the convolution and dense kernels: the scope `kernels`.
        parameters: names of everything that is trained: the scope `parameters`.
        fraction: share of the ranked weights, 0 to 1.
        scope: what is ranked; `everything` is every floating tensor of the state, running statistics too.

    Returns:
        A new state, and what was done. Exactly round(fraction * ranked) weights are chosen; of equal
        magnitudes those that come first go first, in the order of the names, then of the positions.

    Raises:
        InputError: a name that is repeated or that the state lacks, a tensor that is not floating or holds
            NaN, nothing to rank, or a fraction outside 0 to 1.
    """
    if not 0 <= fraction <= 1:
        raise InputError("SF730", f"the fraction of weights to prune is {fraction}", fix="set it from 0 to 1")
    floating = tuple(name for name, tensor in state.items() if tensor.is_floating_point())
    names = {"kernels": tuple(kernels), "parameters": tuple(parameters), "everything": floating}[scope]
    for name in names:
        if name not in floating:
            raise InputError("SF731", "the state has no floating-point tensor of this name", where=name)
    if not names or len(set(names)) != len(names):
        raise InputError(
            "SF731", f"the scope {scope} names no tensor, or one tensor twice", where=", ".join(names) or None
        )

    magnitudes = torch.cat([state[name].detach().cpu().flatten().to(torch.float64) for name in names]).abs()
    if magnitudes.isnan().any():
        raise InputError("SF732", "the weights hold NaN and cannot be ranked")
    count = round(fraction * len(magnitudes))
    threshold = float(magnitudes.kthvalue(count).values) if count else 0.0
    chosen = magnitudes < threshold
    ties = (magnitudes == threshold).nonzero().flatten()
    chosen[ties[: count - int(chosen.sum())]] = True

    pruned = {name: tensor.detach().clone() for name, tensor in state.items()}
    start = 0
    for name in names:
        tensor = pruned[name]
        mask = chosen[start : start + tensor.numel()]
        tensor.masked_fill_(mask.view(tensor.shape).to(tensor.device), 0)
        start += tensor.numel()
    return pruned, Pruned(
        scope=scope,
        fraction=fraction,
        ranked=len(magnitudes),
        zeroed=count,
        threshold=threshold,
        sparsity=_zeros(pruned, names),
        model_sparsity=_zeros(pruned, floating),
    )


def _zeros(state: Mapping[str, Tensor], names: Sequence[str]) -> float:
    """Share of zeros among the values of the named tensors."""
    total = sum(state[name].numel() for name in names)
    return sum(int((state[name] == 0).sum()) for name in names) / total
