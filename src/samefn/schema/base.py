"""What every part of report.json is made of."""

import math
from typing import Annotated, NamedTuple, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, model_validator

# The mark of a field that may differ between two runs of one spec; see `schema.volatile`.
VOLATILE: dict[str, JsonValue] = {"volatile": True}
# What a reader says of itself, as the context of validation.
READING = {"reading": True}

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(ge=0, lt=2**63)]


class Part(BaseModel):
    """A part of the report: unknown keys are errors; infinite numbers are written as strings."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")

    @model_validator(mode="after")
    def _read_without_nan(self, info: ValidationInfo) -> Self:
        """What has no value is null. What is written is not checked: hours of work would end in an error."""
        if info.context == READING:
            for name, value in self.__dict__.items():
                if isinstance(value, float) and math.isnan(value):
                    msg = f"{name} is no number"
                    raise ValueError(msg)
        return self


class Compared(NamedTuple):
    """What an entry is about: a candidate beside a base, on one set of examples; all by id.

    Attributes:
        candidate: id of the candidate.
        base: id of the base.
        evaluation: the set of examples.
    """

    candidate: str = "candidate"
    base: str = "base"
    evaluation: str = "test"
