"""Checkpoints that others have written: read as hostile files, weights only."""

import hashlib
from pathlib import Path

from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.nets.checkpoint import fitting_state


def read_checkpoint(path: Path, net: nn.Module, sha256: str) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The weights in a checkpoint, as the net names them.

    Args:
        path: a safetensors file, or one that `torch.save` wrote; of the latter only tensors are read, nothing is
            unpickled but plain containers.
        net: the net that the weights are for.
        sha256: of the file as it was when the study was planned.

    Returns:
        The net's state, and what was done to get it, a sentence each.

    Raises:
        InputError: no such file, another file than planned, not a checkpoint, or weights that do not fit the net.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "SF7044", f"cannot be read ({(error.strerror or str(error)).lower()})", where=str(path)
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("SF7045", "changed while the study ran", where=str(path), fix="start it again")
    state, notes = fitting_state(data, path, net)
    return state, tuple(notes)
