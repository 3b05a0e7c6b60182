"""What every part of report.json is made of."""

from pydantic import BaseModel, ConfigDict, JsonValue

# The mark of a field that may differ between two runs of one spec; see `schema.volatile`.
VOLATILE: dict[str, JsonValue] = {"volatile": True}


class Part(BaseModel):
    """A part of the report: unknown keys are errors; infinite numbers are written as strings."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings")
