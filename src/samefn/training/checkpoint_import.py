"""Import a checkpoint that was trained elsewhere. The file is not trusted: only weights are read."""

import hashlib
from pathlib import Path

from torch import Tensor, nn

from samefn.core.errors import InputError
from samefn.nets.checkpoint.weights import read_state_dict


def read_checkpoint(path: Path, net: nn.Module, sha256: str) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The weights in a checkpoint, as the net names them.

    Args:
        path: a safetensors file, or one that `torch.save` wrote; of the latter only tensors and plain containers are
            unpickled.
        net: the net that the weights are for.
        sha256: of the file when the study was planned.

    Returns:
        The net's state, and one note for each change that was made to names or entries.

    Raises:
        InputError: no such file, a file that changed since, not a checkpoint, or weights that do not fit the net.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "SF750", f"cannot be read ({(error.strerror or str(error)).lower()})", where=str(path)
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("SF755", "changed while the study ran", where=str(path), fix="start the study again")
    state, notes = read_state_dict(data, path, net)
    return state, tuple(notes)
