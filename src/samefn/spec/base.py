"""The common base of every spec: frozen, and unknown keys are errors."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """A frozen description of what to do."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
