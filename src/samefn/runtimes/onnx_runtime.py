"""Run an ONNX file with ONNX Runtime, always in the same way."""

import re
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.runtimes.batches import batches, joined
from samefn.runtimes.cpu import int8_flags

# "1": exact sums of 8-bit products on every x86 CPU. By default CPUs without VNNI sum pairs in 16 bits, which
# saturates: the same file then answers differently from one machine to the next.
X64_QUANT_PRECISION = "1"

# ONNX Runtime's errors have no common base of their own.
ORT_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotFound,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)


# What ONNX Runtime puts before what it has to say: a code, and where in its own source it stands.
_PREFIX = re.compile(
    r"\[ONNXRuntimeError\] : \d+ : \w+ : "
    r"|/\S+\.(?:cc|h):\d+ .*?\w+\((?:[^()]|\([^()]*\))*\)(?: const)?\s"
    r"|\b\w+\.(?:cc|h):\d+ \w+\s",
    re.DOTALL,
)


def said(error: Exception) -> str:
    """What ONNX Runtime has to say, in a few words."""
    return " ".join(_PREFIX.sub(" ", str(error)).split())[:400]


# What `graph_optimization` may be, by the name that facts and options use.
GRAPH_OPTIMIZATIONS = {
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "disable": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
}


def session_options(
    threads: int = 1, x64quantprecision: str = X64_QUANT_PRECISION, graph_optimization: str = "all"
) -> ort.SessionOptions:
    """Options under which the same file, inputs and machine give the same numbers; logs are off."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = GRAPH_OPTIMIZATIONS[graph_optimization]
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.x64quantprecision", x64quantprecision)
    options.log_severity_level = 4  # what goes wrong is raised; nothing is printed
    return options


def onnx_facts(
    threads: int = 1, x64quantprecision: str = X64_QUANT_PRECISION, graph_optimization: str = "all"
) -> dict[str, Json]:
    """What can change the numbers of ONNX Runtime: version, session options, CPU flags."""
    return {
        "runtime": "onnxruntime",
        "version": ort.__version__,
        "intra_op_threads": threads,
        "inter_op_threads": 1,
        "execution": "sequential",
        "graph_optimization": graph_optimization,
        "x64quantprecision": x64quantprecision,
        "cpu": int8_flags(),
    }


class OnnxModel:
    """An ONNX file ready to run on the CPU: float32 images in [0, 1] in, logits out.

    Args:
        path: the file.
        threads: threads within one operator.

    Raises:
        InputError: no such file, one that ONNX Runtime cannot read or run, or one without exactly one image
            input and one output.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.path, self.threads = path, threads
        if not path.is_file():
            raise InputError("there is no such file", where=str(path))
        try:
            self._session = ort.InferenceSession(
                str(path), session_options(threads), providers=["CPUExecutionProvider"]
            )
        except ORT_ERRORS as error:
            raise InputError(
                f"ONNX Runtime {ort.__version__} cannot load the model: {said(error)}", where=str(path)
            ) from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1 or len(outputs) != 1:
            raise InputError(
                f"the model has {len(inputs)} inputs and {len(outputs)} outputs; wanted one of each",
                where=str(path),
            )
        if inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 4:
            raise InputError(
                f"the model takes {inputs[0].type} {inputs[0].shape}, not float32 images of four dimensions",
                where=str(path),
            )
        self._input: str = inputs[0].name

    def logits(self, pixels: NDArray[np.uint8], batch_size: int) -> NDArray[np.float32]:
        """The model's logits.

        Args:
            pixels: images, uint8, [examples, channels, height, width]; divided by 255 in float32.
            batch_size: images a batch, cut in the given order; the last batch may be smaller. It matters:
                dynamic int8 takes each batch's own range.

        Returns:
            Raw logits, float32, [examples, classes].

        Raises:
            InputError: images or logits of another type or shape than the model's.
        """
        outputs: list[NDArray[np.float32]] = []
        for batch in batches(pixels, batch_size):
            images = batch.astype(np.float32) / np.float32(255)
            try:
                outputs.append(np.asarray(self._session.run(None, {self._input: images})[0]))
            except ORT_ERRORS as error:
                raise InputError(
                    f"the model cannot run on images of shape {list(images.shape)}: {said(error)}",
                    where=str(self.path),
                ) from error
        return joined(outputs, len(pixels), str(self.path))

    def provenance(self, batch_size: int) -> dict[str, Json]:
        """What can change the numbers: `onnx_facts`, the providers and the batch size."""
        return {
            **onnx_facts(self.threads),
            "providers": list(self._session.get_providers()),
            "batch_size": batch_size,
        }
