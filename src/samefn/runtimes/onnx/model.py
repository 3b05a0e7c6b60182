"""ONNX files, run by ONNX Runtime."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as MissingKernel

from samefn.config.comparison import ModelSource
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.core.plain_files import require_file
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.host import CpuFlags, int8_flags
from samefn.runtimes.model import Array, TensorSpec, WeightStats, output_trail
from samefn.runtimes.onnx.file import OnnxFile, inspect_onnx
from samefn.runtimes.onnx.session import (
    CPU_PROVIDER,
    GRAPH_OPTIMIZATIONS,
    ORT_ERRORS,
    X64_QUANT_PRECISION,
    onnx_facts,
    ort_message,
    session_options,
)
from samefn.runtimes.onnx.weights import onnx_weight_stats
from samefn.runtimes.unused_settings import refuse_unused_weights

OPTIONS = ("graph_optimization", "providers", "x64quantprecision")
# NumPy's names of ONNX Runtime's types.
_DTYPES = {
    "float": "float32",
    "double": "float64",
    **{
        name: name
        for name in ("float16", "bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
    },
}
_SATURATION = (
    "On x86 CPUs without VNNI, such as this one, ONNX Runtime adds pairs of 8-bit products in 16 bits unless "
    "session.x64quantprecision is 1, and such sums saturate."
)
_EXACT_HERE = (
    f"It multiplies signed by signed 8-bit numbers (S8S8). {_SATURATION} Here it is 1, so the sums are exact; where "
    "the model is deployed without it on such a CPU, its predictions can be very different."
)
_SATURATES = (
    f"It computes with 8-bit numbers, and x64quantprecision is 0. {_SATURATION} Its predictions can be far off."
)
_ONLY_DEFAULT = (
    "It multiplies signed by signed 8-bit numbers (S8S8) in an operator that ONNX Runtime has no kernel for on this "
    "CPU with session.x64quantprecision at 1: it was loaded with 0."
)


def open_onnx(source: ModelSource) -> "OnnxModel":
    """An ONNX file, ready to run.

    Args:
        source: its `threads` are those within one operator. All `options` are optional:
            `x64quantprecision`, `1` (exact sums of 8-bit products; samefn's default) or `0` (ONNX Runtime's own
            default); `graph_optimization`, `all`, `extended`, `basic` or `disable`; `providers`, names of execution
            providers with commas between them, the CPU's by default.

    Raises:
        InputError: an unknown option, a file that ONNX Runtime cannot load, or one whose external data lies outside
            its folder.
    """
    options = _options(source)
    refuse_unused_weights(source, "onnx")
    path = Path(source.path)
    require_file(path)
    file = inspect_onnx(path)
    precision = options["x64quantprecision"] or X64_QUANT_PRECISION
    notes: tuple[str, ...] = ()
    try:
        session = _session(source, options, precision)
    except MissingKernel as error:
        # With "1" weights become unsigned, and no QLinear operator multiplies signed by unsigned numbers.
        if options["x64quantprecision"] or not file.signed_by_signed:
            raise _cannot_load(source, error) from error
        precision = "0"
        session = _retry_session(source, options, precision)
        notes = (_ONLY_DEFAULT,)
    except ORT_ERRORS as error:
        raise _cannot_load(source, error) from error
    _require_numeric_inputs(source, session)
    notes = notes or _notes(file, precision, int8_flags())
    return OnnxModel(source, session, precision, options["graph_optimization"], notes, file.trails)


def open_exact(path: Path) -> "OnnxModel":
    """An ONNX file of samefn's own, on one thread and always with exact sums of 8-bit products.

    Raises:
        InputError: as `open_onnx`, or an operator without a kernel for exact sums.
    """
    return open_onnx(ModelSource(path=str(path), options={"x64quantprecision": X64_QUANT_PRECISION}))


def _options(source: ModelSource) -> dict[str, str]:
    """The options with their defaults; `x64quantprecision` is empty where it is not set."""
    for name in source.options:
        if name not in OPTIONS:
            raise InputError(
                "SF307", f"the runtime onnx has no option {name!r}", where=source.path, fix=suggest(name, OPTIONS)
            )
    options = {"graph_optimization": "all", "providers": CPU_PROVIDER, "x64quantprecision": "", **source.options}
    allowed = {"graph_optimization": tuple(GRAPH_OPTIMIZATIONS), "x64quantprecision": ("0", "1")}
    for name, values in allowed.items():
        if name in source.options and options[name] not in values:
            raise InputError(
                "SF307",
                f"{name} cannot be {options[name]!r}",
                where=source.path,
                fix=f"set it to {', '.join(values[:-1])} or {values[-1]}",
            )
    for provider in _providers(options):
        if provider not in ort.get_available_providers():
            raise InputError(
                "SF307",
                f"this ONNX Runtime has no execution provider {provider!r}",
                where=source.path,
                fix=suggest(provider, ort.get_available_providers()),
            )
    return options


def _providers(options: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in options["providers"].split(",")]


def _session(source: ModelSource, options: Mapping[str, str], precision: str) -> ort.InferenceSession:
    return ort.InferenceSession(
        source.path,
        session_options(source.threads, precision, options["graph_optimization"]),
        providers=_providers(options),
    )


def _retry_session(source: ModelSource, options: Mapping[str, str], precision: str) -> ort.InferenceSession:
    try:
        return _session(source, options, precision)
    except ORT_ERRORS as error:
        raise _cannot_load(source, error) from error


def _require_numeric_inputs(source: ModelSource, session: ort.InferenceSession) -> None:
    for declared in session.get_inputs():
        if not _spec(declared).dtype:
            raise InputError(
                "SF331",
                f"its input {declared.name!r} is a {declared.type}, not an array of numbers",
                where=source.path,
            )


def _cannot_load(source: ModelSource, error: Exception) -> InputError:
    return InputError(
        "SF330", f"ONNX Runtime {ort.__version__} cannot load it ({ort_message(error)})", where=source.path
    )


def _notes(file: OnnxFile, precision: str, flags: CpuFlags) -> tuple[str, ...]:
    """The warning about saturation, where this CPU saturates and the file multiplies signed 8-bit weights."""
    if flags["avx2"] is not True or any(flags[name] is True for name in ("avx512_vnni", "avx_vnni", "amx_int8")):
        return ()
    if precision == "0" and file.signed_weights:
        return (_SATURATES,)
    return (_EXACT_HERE,) if file.signed_by_signed else ()


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """An ONNX file in a session of ONNX Runtime.

    Attributes:
        source: where it is, and its settings.
        session: the session.
        precision: session.x64quantprecision.
        optimization: of the graph.
        notes: what a reader of its numbers should know.
        trails: how it computes each output, by name.
    """

    source: ModelSource
    session: ort.InferenceSession
    precision: str
    optimization: str
    notes: tuple[str, ...] = ()
    trails: Mapping[str, OutputTrail] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Its inputs, in the file's order."""
        return tuple(map(_spec, self.session.get_inputs()))

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Its outputs, in the file's order."""
        return tuple(map(_spec, self.session.get_outputs()))

    @property
    def resolution(self) -> float | None:
        """The quantisation step of its output, where that is a softmax."""
        trail = output_trail(self, self.source.output)
        return trail.step if trail.kind == "probabilities" else None

    def run(self, feeds: Mapping[str, Array]) -> Mapping[str, Array]:
        """Run one batch; outputs that are not arrays are left out.

        Raises:
            InputError: ONNX Runtime cannot run the model on it.
        """
        try:
            outputs = self.session.run(None, dict(feeds))
        except (*ORT_ERRORS, ValueError, TypeError, RuntimeError) as error:
            shapes = ", ".join(f"{name} {array.dtype} {list(array.shape)}" for name, array in feeds.items())
            raise InputError(
                "SF315", f"cannot run on {shapes} ({ort_message(error)})", where=self.source.path
            ) from error
        named = zip((output.name for output in self.session.get_outputs()), outputs, strict=True)
        return {name: value for name, value in named if isinstance(value, np.ndarray)}

    def facts(self) -> Mapping[str, Json]:
        """What can change its numbers: `onnx_facts` and the providers."""
        return {
            **onnx_facts(self.source.threads, self.precision, self.optimization),
            "providers": list(self.session.get_providers()),
        }

    def weights(self) -> WeightStats:
        """Size of the file and its external data, and their weights; see `onnx_weight_stats`."""
        return onnx_weight_stats(Path(self.source.path))


def _spec(declared: ort.NodeArg) -> TensorSpec:
    dtype = declared.type.removeprefix("tensor(").removesuffix(")")
    # ONNX Runtime returns an empty list for an input without a declared shape.
    shape = tuple(length if isinstance(length, int) else None for length in declared.shape)
    return TensorSpec(declared.name, _DTYPES.get(dtype, ""), shape or None)
