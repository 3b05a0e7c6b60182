"""What every part of report.json is made of."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the report: unknown keys are errors; infinite numbers are written as strings."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")


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
