"""A float ONNX file and its quantised candidate: a layer is swapped by swapping its weight."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as MissingKernel

from samefn.core.errors import InputError
from samefn.locate.onnx.layers import Layer, find_layers
from samefn.locate.onnx.swap import swap_weight
from samefn.locate.pair import SharedLayer
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.inference import infer_batches, pick_output
from samefn.runtimes.model import Array
from samefn.runtimes.onnx.file import external_files, read_onnx
from samefn.runtimes.onnx.session import CPU_PROVIDER, ORT_ERRORS, X64_QUANT_PRECISION, ort_message, session_options
from samefn.runtimes.onnx.trails import onnx_trails
from samefn.schema.methods import OutputKind

_FORWARD = "the weight, dequantised; biases and inputs stay the base's, in float"
_BACKWARD = {
    "float": "the weight, in float; inputs and outputs stay quantised where they were",
    "integer": "the weight and the input, in float",
    "qlinear": "the weight, in float; inputs and outputs stay quantised",
}
# What ONNX Runtime's quantiser adds to an operator's name.
_ADDED = re.compile(r"(_MatMul)?(_quant)?$")


class OnnxPair:
    """A float base and a candidate whose layers can be matched.

    Args:
        base: a file in float.
        candidate: a file in float16, with dequantised weights (QDQ), or with ConvInteger and MatMulInteger, or
            QLinearConv and QLinearMatMul.
        output: name or index of the output; empty for the only one.

    Raises:
        InputError: a file that cannot be read, a base that is quantised, no layers, or layers that cannot be matched.
    """

    def __init__(self, base: Path, candidate: Path, output: str = "") -> None:
        self._models = (_read(base), _read(candidate))
        self._where = (str(base), str(candidate))
        self._output = output
        self._trails = [_trail(model, output) for model in self._models]
        ours, theirs = (find_layers(model, where) for model, where in zip(self._models, self._where, strict=True))
        if any(layer.format != "float" for layer in ours):
            raise InputError(
                "SF562", "the base is itself quantised", where=str(base), fix="give the float model as the base"
            )
        if not ours:
            raise InputError("SF562", "has no convolution or dense layer with a stored weight", where=str(base))
        self._matched = {layer.name: (layer, other) for layer, other in _match(ours, theirs, str(candidate))}
        self._unmatched = [layer.name for layer in ours if layer.name not in self._matched]

    @property
    def layers(self) -> tuple[SharedLayer, ...]:
        """The base's operators with weights, in the order of its graph."""
        return tuple(SharedLayer(name, layer.bytes - other.bytes) for name, (layer, other) in self._matched.items())

    @property
    def swapped(self) -> tuple[str, str]:
        """Forward only weights; backward what the candidate's operators allow."""
        formats = dict.fromkeys(other.format for _, other in self._matched.values())
        unmatched = f" (not matched: {', '.join(self._unmatched)})" if self._unmatched else ""
        return f"{_FORWARD}{unmatched}", f"{'; or '.join(_BACKWARD[format_] for format_ in formats)}{unmatched}"

    @property
    def kind(self) -> OutputKind | None:
        """By the base's last operator."""
        return self._trails[0].kind

    @property
    def resolution(self) -> float | None:
        """The scale of the candidate's last operator, where that dequantises a softmax."""
        return self._trails[1].step if self._trails[1].kind == "probabilities" else None

    def forward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these weights of the candidate."""
        pairs = [self._matched[name] for name in layers]
        return self._run(0, [(ours, theirs.weight) for ours, theirs in pairs], inputs, batch_size)

    def backward(self, layers: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these weights of the base."""
        pairs = [self._matched[name] for name in layers]
        return self._run(1, [(theirs, ours.weight) for ours, theirs in pairs], inputs, batch_size)

    def _run(
        self, side: int, swaps: Sequence[tuple[Layer, Array]], inputs: Mapping[str, Array], batch_size: int
    ) -> Array:
        mixed = onnx.ModelProto()
        mixed.CopyFrom(self._models[side])
        for layer, weight in swaps:
            swap_weight(mixed, layer, weight, self._where[side])
        session = _session(mixed, self._where[side])
        fixed = next((i.shape[0] for i in session.get_inputs() if i.shape and isinstance(i.shape[0], int)), None)
        return infer_batches(
            lambda feeds: self._run_batch(session, feeds, side),
            inputs,
            fixed or batch_size,
            self._where[side],
            fixed=fixed is not None,
        )

    def _run_batch(self, session: ort.InferenceSession, feeds: Mapping[str, Array], side: int) -> Array:
        try:
            outputs = session.run(None, dict(feeds))
        except (*ORT_ERRORS, ValueError) as error:
            raise InputError("SF565", f"cannot run ({ort_message(error)})", where=self._where[side]) from error
        named = {output.name: np.asarray(value) for output, value in zip(session.get_outputs(), outputs, strict=True)}
        return pick_output(named, self._output, self._where[side])


def _match(ours: Sequence[Layer], theirs: Sequence[Layer], where: str) -> list[tuple[Layer, Layer]]:
    """Pairs of layers: by name where all names match, else in order where all shapes match.

    Where the numbers of layers differ, layers of the same name and shape are pairs, if at least half of them are.
    """
    by_name = {_ADDED.sub("", layer.name): layer for layer in theirs}
    named = [(layer, by_name.get(layer.name)) for layer in ours]
    same = [(layer, other) for layer, other in named if other and _same_shape(layer, other)]
    if len(by_name) == len(theirs) == len(ours) == len(same):
        return same
    if len(ours) != len(theirs):
        if len(by_name) == len(theirs) and 2 * len(same) >= max(len(ours), len(theirs)):
            return same
        raise InputError(
            "SF561",
            f"has {len(theirs)} layers with weights, the base {len(ours)}: they cannot be matched",
            where=where,
            fix="make the candidate from this base, without merging or splitting layers",
        )
    for layer, other in zip(ours, theirs, strict=True):
        if not _same_shape(layer, other):
            raise InputError(
                "SF561",
                f"its layer {other.name!r} is a {other.kind} of shape {list(other.weight.shape)}, but the base's "
                f"{layer.name!r} is a {layer.kind} of shape {list(layer.weight.shape)}: they cannot be matched",
                where=where,
                fix="make the candidate from this base",
            )
    return list(zip(ours, theirs, strict=True))


def _trail(model: onnx.ModelProto, output: str) -> OutputTrail:
    trails = onnx_trails(model.graph)
    return trails.get(output or next(iter(trails), ""), OutputTrail())


def _read(path: Path) -> onnx.ModelProto:
    """The whole file with its external data, which `external_files` checks."""
    model = read_onnx(path)
    if external_files(model, path):
        try:
            onnx.load_external_data_for_model(model, str(path.parent))
        except Exception as error:  # (a hostile file may fail in any way)
            raise InputError("SF564", f"its external data cannot be read ({error})", where=str(path)) from error
    return model


def _same_shape(layer: Layer, other: Layer) -> bool:
    return layer.kind == other.kind and layer.weight.shape == other.weight.shape


def _session(model: onnx.ModelProto, where: str) -> ort.InferenceSession:
    try:
        content = model.SerializeToString()
    except ValueError as error:  # over 2 GiB
        raise InputError("SF565", f"is too large to swap layers in memory ({error})", where=where) from error
    try:
        try:
            return _load(content, X64_QUANT_PRECISION)
        except MissingKernel:  # as in the runtime onnx: the default where there is no kernel for exact sums
            return _load(content, "0")
    except ORT_ERRORS as error:
        raise InputError(
            "SF565", f"cannot be loaded with a layer swapped ({ort_message(error)})", where=where
        ) from error


def _load(content: bytes, precision: str) -> ort.InferenceSession:
    return ort.InferenceSession(content, session_options(1, precision), providers=[CPU_PROVIDER])
