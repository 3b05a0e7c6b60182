"""How a trained model is compressed without training: quantisation and pruning."""

from typing import Annotated

from pydantic import Field, model_validator

from samefn.config.base import Spec
from samefn.schema.methods import PruningScope, QuantizationMethod

Fraction = Annotated[float, Field(gt=0, lt=1)]


class Quantization(Spec):
    """Quantised versions of the base, as ONNX files run by ONNX Runtime.

    Attributes:
        methods: `float16`: float16 weights stored, float32 arithmetic. `int8-dynamic`: int8 weights, activations
            quantised on the fly. `int8-static`: QDQ, unsigned activations and signed weights, per channel,
            calibrated, with reduce_range (so 7-bit weights).
        calibration: number of training images that calibrate `int8-static`, the first ones.
        batch_size: examples per batch, in the order of the ids; dynamic int8 depends on it.
        other_batch_size: a second batch size, to measure that dependence.
    """

    methods: tuple[QuantizationMethod, ...] = ("float16", "int8-dynamic", "int8-static")
    calibration: Annotated[int, Field(ge=1, le=1_000_000)] = 512
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 256
    other_batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 64

    @model_validator(mode="after")
    def _two_batch_sizes(self) -> "Quantization":
        if self.batch_size == self.other_batch_size:
            msg = f"other_batch_size must differ from batch_size ({self.batch_size})"
            raise ValueError(msg)
        if len(set(self.methods)) != len(self.methods):
            msg = f"methods are not all different: {list(self.methods)}"
            raise ValueError(msg)
        return self


class Pruning(Spec):
    """Global unstructured L1 pruning of the base, without fine-tuning.

    Attributes:
        fractions: shares of the ranked weights set to zero, each above 0 and below 1.
        scope: which weights are ranked: `kernels` (convolution and dense kernels), `parameters` (biases and BatchNorm's
            scale and shift too), `everything` (running statistics too, as the paper's notebooks did).
    """

    fractions: tuple[Fraction, ...] = (0.1, 0.3, 0.5, 0.7, 0.9)
    scope: PruningScope = "kernels"

    @model_validator(mode="after")
    def _no_repeats(self) -> "Pruning":
        if len(set(self.fractions)) != len(self.fractions):
            msg = f"fractions are not all different: {list(self.fractions)}"
            raise ValueError(msg)
        return self
