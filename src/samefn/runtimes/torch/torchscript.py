"""TorchScript archives: loaded once their code is found to only compute."""

import warnings
from pathlib import Path

import torch

from samefn.config.comparison import ModelSource
from samefn.core.user_code import user_code
from samefn.runtimes.model import TensorSpec
from samefn.runtimes.torch.model import TorchModel, weight_stats
from samefn.runtimes.torch.safety.archive_reader import UNCHECKED
from samefn.runtimes.torch.safety.check_torchscript import refuse_unsafe_script
from samefn.runtimes.torch.trails import script_trail
from samefn.runtimes.unused_settings import refuse_unused_settings


def open_torchscript(source: ModelSource) -> TorchModel:
    """A TorchScript archive, loaded by `torch.jit.load`, on the CPU.

    Raises:
        InputError: not such an archive, one whose code does more than compute and is not trusted, or settings that
            it does not have.
    """
    refuse_unused_settings(source, "torchscript")
    path = Path(source.path)
    if not source.trust:
        refuse_unsafe_script(path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        with user_code("torch cannot load it as TorchScript", source.path):
            module = torch.jit.load(source.path, map_location="cpu")  # type: ignore[no-untyped-call]
            for part in module.modules():
                if hasattr(part, "training"):  # (a frozen module has no mode)
                    part.training = False
    required = [argument for argument in module.forward.schema.arguments[1:] if not argument.has_default_value()]
    return TorchModel(
        module,
        source.path,
        "torchscript",
        weight_stats(module, path.stat().st_size),
        tuple(TensorSpec(argument.name) for argument in required) or (TensorSpec("0"),),
        keywords=frozenset(argument.name for argument in required if argument.kwarg_only),
        threads=source.threads,
        notes=(UNCHECKED,) if source.trust else (),
        trails={"": script_trail(module)},
    )
