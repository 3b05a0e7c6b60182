"""8-bit models by ONNX Runtime's quantiser."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationMethod,
    QDQQuantizer,
    QuantType,
    create_calibrator,
    quantize_dynamic,
)
from onnxruntime.quantization.registry import QDQRegistry

from samefn.compression.onnx_files import read_model
from samefn.runtimes.onnx.session import session_options

# Images run at once for calibration; the ranges are over all of them, so this is memory only.
_CALIBRATION_BATCH = 64


def dynamic_int8(base: onnx.ModelProto) -> onnx.ModelProto:
    """Int8 weights in convolutions and dense layers; activations get their uint8 range at run time.

    Convolutions become ConvInteger; Gemm becomes MatMulInteger and Add.
    """
    with TemporaryDirectory() as folder, _root_logger_left_alone():
        path = Path(folder) / "model.onnx"
        quantize_dynamic(base, path, weight_type=QuantType.QInt8)
        return read_model(path)


def static_int8(base: onnx.ModelProto, calibration: NDArray[np.float32]) -> onnx.ModelProto:
    """QDQ: uint8 activations with ranges from the images; int8 weights, scaled by channel, of 7 bits (reduce_range).

    Args:
        base: a float32 model.
        calibration: images, float32, [examples, channels, height, width].
    """
    operators = sorted(QDQRegistry)
    with TemporaryDirectory() as folder, _root_logger_left_alone():
        path, augmented = Path(folder) / "model.onnx", Path(folder) / "augmented.onnx"
        # The quantiser reads the shapes and types of everything in between.
        model = onnx.shape_inference.infer_shapes(base)
        onnx.save(model, path)
        calibrator = create_calibrator(path, operators, str(augmented), CalibrationMethod.MinMax)
        # The calibrator's own session uses every core, and float sums depend on their number.
        options = session_options()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        calibrator.infer_session = ort.InferenceSession(augmented, options, providers=["CPUExecutionProvider"])
        calibrator.collect_data(_Batches(base.graph.input[0].name, calibration))
        ranges = calibrator.compute_data()
    with _root_logger_left_alone():
        quantizer = QDQQuantizer(
            model,
            per_channel=True,
            reduce_range=True,
            weight_qType=QuantType.QInt8,
            activation_qType=QuantType.QUInt8,
            tensors_range=ranges,
            nodes_to_quantize=[],
            nodes_to_exclude=[],
            op_types_to_quantize=operators,
            extra_options={},
        )
        quantizer.quantize_model()
    quantized: onnx.ModelProto = quantizer.model.model
    return quantized


class _Batches:
    """The images in the calibrator's protocol: one dictionary of inputs at each call, then None."""

    def __init__(self, name: str, images: NDArray[np.float32]) -> None:
        starts = range(0, len(images), _CALIBRATION_BATCH)
        self._batches = iter([{name: images[start : start + _CALIBRATION_BATCH]} for start in starts])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._batches, None)


@contextmanager
def _root_logger_left_alone() -> Iterator[None]:
    """Keep the quantiser's `logging.warning` calls from giving the root logger a handler for good.

    These warnings advise pre-processing, which the exporter has done; the quantised file is checked later.
    """
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
