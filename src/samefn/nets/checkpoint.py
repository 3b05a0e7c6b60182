"""Weights for a net from the bytes of a checkpoint: safetensors, or torch's format of which only tensors are read."""

import io
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.nets.torch_outline import outline
from samefn.nets.zip_entries import require_honest_zip

# Under these keys training scripts keep the weights beside an optimiser, an epoch and so on.
NESTED = ("state_dict", "model_state_dict", "model")
# What wrappers put into names: before all of them, or before those of the part that they wrap.
WRAPPERS = ("module", "_orig_mod")
# How many batches a BatchNorm was trained on; files of old versions of torch lack it, and no answer depends on it.
COUNTER = "num_batches_tracked"


def fitting_state(data: bytes, path: Path, net: nn.Module) -> tuple[dict[str, Tensor], list[str]]:
    """The weights in a checkpoint, as the net names them.

    Args:
        data: a safetensors file, or one that `torch.save` wrote; of the latter only tensors are read, nothing is
            unpickled but plain containers.
        path: where they come from, for errors.
        net: the net that the weights are for.

    Returns:
        The net's state, and what was done to get it, one sentence each.

    Raises:
        InputError: not a checkpoint, or weights that do not fit the net.
    """
    notes: list[str] = []
    state = _unwrapped(_state(data, path, notes), net, notes)
    state = _counted(state, net, notes)
    _require_fit(state, net, path)
    return state, notes


def _state(data: bytes, path: Path, notes: list[str]) -> dict[str, Tensor]:
    try:
        return load(data)
    except SafetensorError as error:
        if path.suffix == ".safetensors":
            raise InputError("SF7025", f"is not a safetensors file ({error})", where=str(path)) from error
    if zipfile.is_zipfile(io.BytesIO(data)):
        require_honest_zip(io.BytesIO(data), str(path))
    try:
        content: Any = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        without_numbers = outline(data)
    except Exception as error:  # (a hostile file may fail in any way)
        raise InputError(
            "SF7026",
            "is neither a safetensors file nor a checkpoint that can be read without running code",
            where=str(path),
            fix="save model.state_dict() and nothing else",
        ) from error
    state, held = _tensors(content, path, notes), _tensors(without_numbers, path, [])
    for name, tensor in state.items():
        if held[name].device.type != "meta" or tensor.device.type != "cpu" or tensor.layout is not torch.strided:
            raise InputError(
                "SF7027", f"{name!r} is no array in the file", where=str(path), fix="save model.state_dict()"
            )
    return state


def _tensors(content: Any, path: Path, notes: list[str]) -> dict[str, Tensor]:
    if isinstance(content, dict):
        for key in NESTED:
            if isinstance(content.get(key), dict):
                notes.append(f"the weights lay under {key!r} in the checkpoint")
                content = content[key]
                break
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    ):
        raise InputError("SF7028", "holds no state dict", where=str(path), fix="save model.state_dict()")
    return dict(content)


def _unwrapped(state: dict[str, Tensor], net: nn.Module, notes: list[str]) -> dict[str, Tensor]:
    """The weights without what wrappers put into their names, where the net has no such parts itself."""
    own = {part for name in net.state_dict() for part in name.split(".")}
    for wrapper in WRAPPERS:
        found = {".".join(part for part in name.split(".") if part != wrapper): name for name in state}
        if wrapper in own or len(found) < len(state) or found.keys() == state.keys():
            continue
        everywhere = all(name.startswith(f"{wrapper}.") for name in state)
        whose = "every weight's name" if everywhere else "the names of some weights"
        notes.append(f"the prefix '{wrapper}.' was taken off {whose}")
        state = {name: state[wrapped] for name, wrapped in found.items()}
    return state


def _counted(state: dict[str, Tensor], net: nn.Module, notes: list[str]) -> dict[str, Tensor]:
    """The weights with the counters of BatchNorm that a file lacks, as the net has them."""
    missing = {
        name: value
        for name, value in net.state_dict().items()
        if name.rpartition(".")[2] == COUNTER and name not in state
    }
    if missing:
        notes.append(f"{COUNTER} is not in the checkpoint, as in those of old versions of torch: no answer needs it")
    return {**state, **missing}


def _require_fit(state: dict[str, Tensor], net: nn.Module, path: Path) -> None:
    wanted = net.state_dict()
    missing, extra = sorted(wanted.keys() - state.keys()), sorted(state.keys() - wanted.keys())
    if missing or extra:
        said = [
            f"{what} {names[0]!r}{f' and {len(names) - 1} more' if len(names) > 1 else ''}"
            for what, names in (("lacks", missing), ("has an unknown", extra))
            if names
        ]
        raise InputError("SF7029", f"does not fit the net: it {' and '.join(said)}", where=str(path))
    for name, tensor in wanted.items():
        found = state[name]
        if found.shape != tensor.shape:
            raise InputError(
                "SF7030",
                f"does not fit the net: {name!r} is {list(found.shape)}, not {list(tensor.shape)}",
                where=str(path),
            )
        if found.dtype != tensor.dtype:
            raise InputError(
                "SF7031",
                f"{name!r} is {found.dtype}, not {tensor.dtype}",
                where=str(path),
                fix=f"convert it: .to({tensor.dtype})",
            )
        if not torch.isfinite(found).all():
            raise InputError("SF7032", f"{name!r} holds NaN or infinite values", where=str(path))
