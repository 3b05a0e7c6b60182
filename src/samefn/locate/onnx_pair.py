"""A float ONNX file and its quantised candidate: weights are swapped, operator by operator."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as MissingKernel

from samefn.core.errors import InputError
from samefn.locate.onnx_layers import Layer, layers
from samefn.locate.onnx_swap import with_weight
from samefn.locate.pair import Group
from samefn.predictions.output_trail import OutputTrail
from samefn.runtimes.inference import infer_batches, pick_output
from samefn.runtimes.model import Array
from samefn.runtimes.onnx.file import external_files, parsed
from samefn.runtimes.onnx.session import ORT_ERRORS, X64_QUANT_PRECISION, session_options
from samefn.runtimes.onnx.trails import onnx_trails
from samefn.schema.methods import OutputKind

FORWARD = "the weight, dequantised; biases and inputs stay the base's, in float"
BACKWARD = {
    "float": "the weight, in float; inputs and outputs stay quantised where they were",
    "integer": "the weight and the input, in float",
    "qlinear": "the weight, in float; inputs and outputs stay quantised",
}
# What ONNX Runtime's quantiser adds to an operator's name.
_ADDED = re.compile(r"(_MatMul)?(_quant)?$")


class OnnxPair:
    """A float base and a candidate whose layers can be told apart and matched.

    Args:
        base: a file in float.
        candidate: a file in float16, with dequantised weights (QDQ), or with ConvInteger and MatMulInteger, or
            QLinearConv and QLinearMatMul.
        output: which of several outputs.

    Raises:
        InputError: a file that cannot be read, a base that is quantised, no layers, or layers that cannot be matched.
    """

    def __init__(self, base: Path, candidate: Path, output: str = "") -> None:
        self._models = (_read(base), _read(candidate))
        self._where = (str(base), str(candidate))
        self._output = output
        self._trails = [_trail(model, output) for model in self._models]
        ours, theirs = (layers(model, where) for model, where in zip(self._models, self._where, strict=True))
        if any(layer.form != "float" for layer in ours):
            raise InputError(
                "SF5038", "the base is quantised itself", where=str(base), fix="give the float model as the base"
            )
        if not ours:
            raise InputError("SF5039", "there is no convolution or dense layer with a stored weight", where=str(base))
        self._matched = {one.name: (one, other) for one, other in _matched(ours, theirs, str(candidate))}
        self._left = [one.name for one in ours if one.name not in self._matched]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The base's operators with weights, in the order of its graph."""
        return tuple(Group(name, one.bytes - other.bytes) for name, (one, other) in self._matched.items())

    @property
    def swapped(self) -> tuple[str, str]:
        """Forward only weights; backward what the candidate's operators allow."""
        forms = dict.fromkeys(other.form for _, other in self._matched.values())
        left = f" (not matched: {', '.join(self._left)})" if self._left else ""
        return f"{FORWARD}{left}", f"{'; or '.join(BACKWARD[form] for form in forms)}{left}"

    @property
    def kind(self) -> OutputKind | None:
        """What the base's last operator says."""
        return self._trails[0].kind

    @property
    def resolution(self) -> float | None:
        """The scale of the candidate's last operator, where that dequantises a softmax."""
        return self._trails[1].step if self._trails[1].kind == "probabilities" else None

    def forward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the base with these weights of the candidate."""
        pairs = [self._matched[name] for name in groups]
        return self._run(0, [(one, other.weight) for one, other in pairs], inputs, batch_size)

    def backward(self, groups: Collection[str], inputs: Mapping[str, Array], batch_size: int) -> Array:
        """Scores of the candidate with these weights of the base."""
        pairs = [self._matched[name] for name in groups]
        return self._run(1, [(other, one.weight) for one, other in pairs], inputs, batch_size)

    def _run(
        self, side: int, swaps: Sequence[tuple[Layer, Array]], inputs: Mapping[str, Array], batch_size: int
    ) -> Array:
        mixed = onnx.ModelProto()
        mixed.CopyFrom(self._models[side])
        for layer, weight in swaps:
            with_weight(mixed, layer, weight, self._where[side])
        session = _session(mixed, self._where[side])
        fixed = next((i.shape[0] for i in session.get_inputs() if i.shape and isinstance(i.shape[0], int)), None)
        return infer_batches(
            lambda feeds: self._answer(session, feeds, side),
            inputs,
            fixed or batch_size,
            self._where[side],
            fixed=fixed is not None,
        )

    def _answer(self, session: ort.InferenceSession, feeds: Mapping[str, Array], side: int) -> Array:
        try:
            outputs = session.run(None, dict(feeds))
        except (*ORT_ERRORS, ValueError) as error:
            raise InputError("SF5040", f"cannot run: {error}", where=self._where[side]) from error
        named = {port.name: np.asarray(value) for port, value in zip(session.get_outputs(), outputs, strict=True)}
        return pick_output(named, self._output, self._where[side])


def _matched(ours: Sequence[Layer], theirs: Sequence[Layer], where: str) -> list[tuple[Layer, Layer]]:
    """The layers of both in pairs: by name where all names fit, else in order where all shapes fit.

    Where they are not of one number, those of one name and shape are pairs, if half of them are.
    """
    by_name = {_ADDED.sub("", layer.name): layer for layer in theirs}
    named = [(one, by_name.get(one.name)) for one in ours]
    if len(by_name) == len(theirs) == len(ours) and all(other and _alike(one, other) for one, other in named):
        return [(one, other) for one, other in named if other]
    if len(ours) != len(theirs):
        alike = [(one, other) for one, other in named if other and _alike(one, other)]
        if len(by_name) == len(theirs) and 2 * len(alike) >= max(len(ours), len(theirs)):
            return alike
        raise InputError(
            "SF5041",
            f"has {len(theirs)} layers with weights, the base {len(ours)}: they cannot be matched",
            where=where,
            fix="make the candidate from this base, without merging or splitting layers",
        )
    for one, other in zip(ours, theirs, strict=True):
        if not _alike(one, other):
            raise InputError(
                "SF5042",
                f"its layer {other.name!r} is a {other.kind} of shape {list(other.weight.shape)}, the base's "
                f"{one.name!r} in its place a {one.kind} of shape {list(one.weight.shape)}: they cannot be matched",
                where=where,
                fix="make the candidate from this base",
            )
    return list(zip(ours, theirs, strict=True))


def _trail(model: onnx.ModelProto, output: str) -> OutputTrail:
    trails = onnx_trails(model.graph)
    return trails.get(output or next(iter(trails), ""), OutputTrail())


def _read(path: Path) -> onnx.ModelProto:
    """The whole file, its external data too; that may be only where `external_files` lets it be."""
    model = parsed(path)
    if external_files(model, path):
        try:
            onnx.load_external_data_for_model(model, str(path.parent))
        except Exception as error:  # (a hostile file may fail in any way)
            raise InputError("SF5043", f"its external data cannot be read ({error})", where=str(path)) from error
    return model


def _alike(one: Layer, other: Layer) -> bool:
    return one.kind == other.kind and one.weight.shape == other.weight.shape


def _session(model: onnx.ModelProto, where: str) -> ort.InferenceSession:
    try:
        content = model.SerializeToString()
    except ValueError as error:  # over 2 GiB
        raise InputError("SF5044", f"is too large to be swapped in memory ({error})", where=where) from error
    # As the runtime for whole files: where there is no kernel for exact sums, the default.
    for precision in (X64_QUANT_PRECISION, "0"):
        try:
            return ort.InferenceSession(content, session_options(1, precision), providers=["CPUExecutionProvider"])
        except MissingKernel as error:
            if precision == "0":
                raise InputError("SF5045", f"cannot be loaded with a layer swapped: {error}", where=where) from error
        except ORT_ERRORS as error:
            raise InputError("SF5046", f"cannot be loaded with a layer swapped: {error}", where=where) from error
    raise AssertionError
