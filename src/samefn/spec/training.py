"""How a model is trained: optimiser, epochs, seeds, the distillation objective."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from samefn.spec.base import Spec

Seed = Annotated[int, Field(ge=0, lt=2**63)]
Alpha = Annotated[float, Field(ge=0, lt=1)]


class Optimizer(Spec):
    """An optimiser at Keras's settings, the paper's: Adam or Adamax at 1e-3, epsilon 1e-7; or plain SGD.

    Attributes:
        name: which one.
        learning_rate: the step size.
        epsilon: added to the denominator (Adam and Adamax).
        momentum: of SGD; the others ignore it, so it must be 0 there.
    """

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


class Training(Spec):
    """One training.

    Attributes:
        epochs: passes over the training images.
        batch_size: images a step; the last batch of an epoch may be smaller.
        optimizer: the optimiser.
    """

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 25
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    optimizer: Optimizer = Optimizer()


class Distillation(Spec):
    """Students that learn from the base, starting from the base's initial weights.

    The loss is alpha * cross-entropy with the labels + (1 - alpha) * T^2 * KL(teacher || student), both softened
    by the temperature T, one softmax each.

    Attributes:
        alphas: weights of the label loss; one group of students each.
        temperature: T.
        seeds: one student an alpha and seed; a seed sets the data order, which must differ from the base's.
        control: also train, for every seed, a student without a teacher (alpha = 1, same start, same order).
        random_teacher: also train, for every seed, a student of a randomly initialised teacher, at the smallest alpha,
            where the teacher counts most: what being taught does without anything to be learnt from the teacher.
        net: the student's net, `lenet` or `module:factory`; empty for the base's own. Another net than the base's
            cannot start from the base's weights and starts from weights of its own.
        training: the students' own training settings; none for the base's.
    """

    alphas: tuple[Alpha, ...] = (0.1, 0.5, 0.9)
    temperature: Annotated[float, Field(gt=0, le=1000)] = 3.0
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = (42,)
    control: bool = True
    random_teacher: bool = True
    net: str = ""
    training: Training | None = None

    @model_validator(mode="after")
    def _no_repeats(self) -> "Distillation":
        for name, values in (("alphas", self.alphas), ("seeds", self.seeds)):
            if len(set(values)) != len(values):
                msg = f"{name} are not all different: {list(values)}"
                raise ValueError(msg)
        return self
