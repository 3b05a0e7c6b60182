"""How students are trained: alphas, seeds, the distillation objective."""

from typing import Annotated

from pydantic import Field, model_validator

from samefn.config.base import Spec
from samefn.schema.training import Training

Seed = Annotated[int, Field(ge=0, lt=2**63)]
Alpha = Annotated[float, Field(ge=0, lt=1)]


class Distillation(Spec):
    """Students that learn from the base, starting from the base's initial weights.

    The loss is alpha * cross-entropy with the labels + (1 - alpha) * T^2 * KL(teacher || student), both softened
    by the temperature T, one softmax each.

    Attributes:
        alphas: weights of the label loss; one group of students for each.
        temperature: T.
        seeds: one student for each alpha and seed; a seed sets the data order, which must differ from the base's.
        control: also train, for every seed, a student without a teacher (alpha = 1, same initial weights, same order).
        random_teacher: also train, for every seed, a student of a randomly initialised teacher, at the smallest alpha,
            where the teacher counts most. It shows the effect of distillation without any knowledge in the teacher.
        net: the student's net, `lenet` or `module:factory`; empty for the base's own. Another net than the base's
            starts from its own initial weights.
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
