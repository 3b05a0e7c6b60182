"""Sessions of ONNX Runtime: their options, what can change their numbers, and their errors."""

import re

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from samefn.core.canonical import Json
from samefn.runtimes.host import int8_flags

# "1": exact sums of 8-bit products on every x86 CPU. By default CPUs without VNNI sum pairs in 16 bits, which
# saturates: the predictions of one file then differ from one machine to the next.
X64_QUANT_PRECISION = "1"
CPU_PROVIDER = "CPUExecutionProvider"

# ONNX Runtime's errors have no common base class.
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


# What ONNX Runtime puts before its message: a code, and a line of its own source.
_PREFIX = re.compile(
    r"\[ONNXRuntimeError\] : \d+ : \w+ : "
    r"|/\S+\.(?:cc|h):\d+ .*?\w+\((?:[^()]|\([^()]*\))*\)(?: const)?\s"
    r"|\b\w+\.(?:cc|h):\d+ \w+\s",
    re.DOTALL,
)


def ort_message(error: Exception) -> str:
    """The first 400 characters of an error's message, without ONNX Runtime's own source lines."""
    return " ".join(_PREFIX.sub(" ", str(error)).split())[:400]


# The values of the option `graph_optimization`.
GRAPH_OPTIMIZATIONS = {
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "disable": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
}


def session_options(
    threads: int = 1, x64quantprecision: str = X64_QUANT_PRECISION, graph_optimization: str = "all"
) -> ort.SessionOptions:
    """Options with which the same file, inputs and machine give the same numbers; logs are off."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = GRAPH_OPTIMIZATIONS[graph_optimization]
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.x64quantprecision", x64quantprecision)
    options.log_severity_level = 4  # errors are raised; nothing is printed
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
