"""How a model is trained: one type for what a spec asks for and for what the report says was done."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from samefn.schema.base import Part

# As strict as every spec: `true` is no number, and a number no text.
_AS_A_SPEC = ConfigDict(strict=True, allow_inf_nan=False)


class Optimizer(Part):
    """An optimiser at Keras's settings, the paper's: Adam or Adamax at 1e-3, epsilon 1e-7; or plain SGD.

    Attributes:
        name: which one.
        learning_rate: the step size.
        epsilon: added to the denominator (Adam and Adamax).
        momentum: of SGD; the others ignore it, so it must be 0 there.
    """

    model_config = _AS_A_SPEC

    name: Literal["adam", "adamax", "sgd"] = "adam"
    learning_rate: Annotated[float, Field(gt=0, le=100)] = 1e-3
    epsilon: Annotated[float, Field(gt=0, le=1)] = 1e-7
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @model_validator(mode="after")
    def _momentum_is_for_sgd(self) -> "Optimizer":
        if self.momentum and self.name != "sgd":
            msg = f"momentum is an option of sgd, not of {self.name}"
            raise ValueError(msg)
        return self


class Training(Part):
    """One training.

    Attributes:
        epochs: passes over the training images.
        batch_size: images a step; the last batch of an epoch may be smaller.
        optimizer: the optimiser.
    """

    model_config = _AS_A_SPEC

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 25
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    optimizer: Optimizer = Optimizer()
