"""Weights for a net from the bytes of a checkpoint: safetensors, or torch's format, of which only tensors are read."""

import io
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.nets.checkpoint.outline import outline_checkpoint
from samefn.nets.checkpoint.zip_entries import require_safe_zip

# Keys of the weights in checkpoints that also hold an optimiser, an epoch and so on.
NESTED = ("state_dict", "model_state_dict", "model")
# Wrappers add these to the names of the weights: to all, or to those of the wrapped part.
WRAPPERS = ("module", "_orig_mod")
# The number of batches a BatchNorm was trained on. Old versions of torch do not save it; no prediction depends on it.
COUNTER = "num_batches_tracked"


def read_state_dict(data: bytes, path: Path, net: nn.Module) -> tuple[dict[str, Tensor], list[str]]:
    """The weights in a checkpoint, as the net names them.

    Args:
        data: a safetensors file, or one that `torch.save` wrote; of the latter only tensors and plain containers are
            unpickled.
        path: the checkpoint, for errors.
        net: the net that the weights are for.

    Returns:
        The net's state, and one note for each change that was made to names or entries.

    Raises:
        InputError: not a checkpoint, or weights that do not fit the net.
    """
    notes: list[str] = []
    state = _without_wrappers(_state(data, path, notes), net, notes)
    state = _with_counters(state, net, notes)
    _require_same_weights(state, net, path)
    return state, notes


def _state(data: bytes, path: Path, notes: list[str]) -> dict[str, Tensor]:
    try:
        return load(data)
    except SafetensorError as error:
        if path.suffix == ".safetensors":
            raise InputError("SF750", f"is not a safetensors file ({error})", where=str(path)) from error
    if zipfile.is_zipfile(io.BytesIO(data)):
        require_safe_zip(io.BytesIO(data), str(path))
    try:
        content: Any = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        without_numbers = outline_checkpoint(data)
    except Exception as error:  # (a damaged or hostile file may raise anything)
        raise InputError(
            "SF750",
            "is neither a safetensors file nor a checkpoint that can be read without running code",
            where=str(path),
            fix="save model.state_dict() and nothing else",
        ) from error
    state, in_file = _tensors(content, path, notes), _tensors(without_numbers, path, [])
    for name, tensor in state.items():
        if in_file[name].device.type != "meta" or tensor.device.type != "cpu" or tensor.layout is not torch.strided:
            raise InputError(
                "SF751", f"{name!r} is not a dense array in the file", where=str(path), fix="save model.state_dict()"
            )
    return state


def _tensors(content: Any, path: Path, notes: list[str]) -> dict[str, Tensor]:
    if isinstance(content, dict):
        for key in NESTED:
            if isinstance(content.get(key), dict):
                notes.append(f"the weights were under {key!r} in the checkpoint")
                content = content[key]
                break
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in content.items()
    ):
        raise InputError("SF751", "does not hold a state dict", where=str(path), fix="save model.state_dict()")
    return dict(content)


def _without_wrappers(state: dict[str, Tensor], net: nn.Module, notes: list[str]) -> dict[str, Tensor]:
    """The weights without the wrappers in their names, where the net has no parts of that name itself."""
    net_parts = {part for name in net.state_dict() for part in name.split(".")}
    for wrapper in WRAPPERS:
        shortened = {".".join(part for part in name.split(".") if part != wrapper): name for name in state}
        if wrapper in net_parts or len(shortened) < len(state) or shortened.keys() == state.keys():
            continue
        everywhere = all(name.startswith(f"{wrapper}.") for name in state)
        which = "all weights" if everywhere else "some weights"
        notes.append(f"the prefix '{wrapper}.' was removed from the names of {which}")
        state = {name: state[wrapped] for name, wrapped in shortened.items()}
    return state


def _with_counters(state: dict[str, Tensor], net: nn.Module, notes: list[str]) -> dict[str, Tensor]:
    """The weights with the counters of BatchNorm that a file lacks, as the net has them."""
    missing = {
        name: value
        for name, value in net.state_dict().items()
        if name.rpartition(".")[2] == COUNTER and name not in state
    }
    if missing:
        notes.append(f"{COUNTER} is not in the checkpoint (an old version of torch?); no prediction depends on it")
    return {**state, **missing}


def _require_same_weights(state: dict[str, Tensor], net: nn.Module, path: Path) -> None:
    expected = net.state_dict()
    missing, extra = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    if missing or extra:
        differences = [
            f"{what} {names[0]!r}{f' and {len(names) - 1} more' if len(names) > 1 else ''}"
            for what, names in (("lacks", missing), ("has an unknown", extra))
            if names
        ]
        raise InputError("SF752", f"does not fit the net: it {' and '.join(differences)}", where=str(path))
    for name, tensor in expected.items():
        weight = state[name]
        if weight.shape != tensor.shape:
            raise InputError(
                "SF752",
                f"does not fit the net: {name!r} is {list(weight.shape)}, not {list(tensor.shape)}",
                where=str(path),
            )
        if weight.dtype != tensor.dtype:
            raise InputError(
                "SF752",
                f"{name!r} is {weight.dtype}, not {tensor.dtype}",
                where=str(path),
                fix=f"convert it: .to({tensor.dtype})",
            )
        if not torch.isfinite(weight).all():
            raise InputError("SF753", f"{name!r} holds NaN or infinite values", where=str(path))
