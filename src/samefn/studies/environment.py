"""The machine of a study: its numeric environment, which enters keys, and its description in the report."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import cast

import torch
from pydantic import JsonValue

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.host import cpu_name, int8_flags, usable_cores
from samefn.runtimes.onnx.session import onnx_facts
from samefn.sandbox.confine import means
from samefn.schema.environment import Devices, Environment

LIBRARIES = ("numpy", "scipy", "scikit-learn", "polars", "onnx", "onnxscript", "onnxruntime", "safetensors")


@dataclass(frozen=True)
class Machine:
    """Where tasks run.

    Attributes:
        device: `cpu` or `cuda`.
    """

    device: str

    @property
    def torch(self) -> dict[str, Json]:
        """What can change results of torch: always one thread, so that they do not depend on the number of cores."""
        return {"torch": torch.__version__.split("+")[0], "device": self.device, "threads": 1}

    @property
    def torch_predictions(self) -> dict[str, Json]:
        """What can change predictions by torch."""
        return {**self.torch, "cpu": int8_flags()}

    @property
    def onnx(self) -> dict[str, Json]:
        """What can change predictions by ONNX Runtime."""
        return onnx_facts()

    @property
    def export(self) -> dict[str, Json]:
        """What can change the bytes of an exported file."""
        return {name: version(name).split("+")[0] for name in ("torch", "onnx", "onnxscript")}

    @property
    def quantize(self) -> dict[str, Json]:
        """What can change the bytes of a quantised file."""
        return {name: version(name) for name in ("onnx", "onnxruntime")}

    def numeric_environment(self) -> dict[str, Json]:
        """All that can change results; a worker on another machine must have the same."""
        groups = {"torch": self.torch_predictions, "onnx": self.onnx, "export": self.export, "quantize": self.quantize}
        return {f"{group}: {name}": value for group, facts in groups.items() for name, value in facts.items()}

    def environment(self) -> Environment:
        """The machine in the report; no host name, no paths."""
        gpu = torch.cuda.get_device_name(0) if self.device == "cuda" else None
        return Environment(
            python=platform.python_version(),
            system=f"{platform.system()} {platform.machine()}",
            cpu=cpu_name(),
            cpu_flags=int8_flags(),
            sandbox=means(),
            devices=Devices(
                training=self.device,
                threads_a_model=1,
                cores=usable_cores(),
                gpu=gpu,
                tf32=None if gpu is None else False,
            ),
            versions={"torch": torch.__version__, **{name: version(name) for name in LIBRARIES}},
            runtimes={
                "torch": {"version": torch.__version__, "threads": 1, "device": self.device},
                "onnxruntime": cast("dict[str, JsonValue]", onnx_facts()),
            },
        )


def find_machine(device: str) -> Machine:
    """The machine for `auto`, `cpu` or `cuda`; `auto` takes a GPU where there is one.

    Raises:
        InputError: another name, or cuda where there is none.
    """
    if device not in {"auto", "cpu", "cuda"}:
        raise InputError("SF701", f"unknown device {device!r}", where="--device", fix="use auto, cpu or cuda")
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise InputError("SF702", "torch finds no CUDA device", where="--device cuda", fix="use --device cpu")
    return Machine("cuda" if available and device != "cpu" else "cpu")
