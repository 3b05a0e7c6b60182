"""The common base of every spec: frozen, strict about types, and unknown keys are errors."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Spec(BaseModel):
    """A frozen spec. Types are strict: `true` is not a number, and a number is not text."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _lists_to_tuples(cls, value: Any) -> Any:
        # TOML and JSON have lists only.
        if not isinstance(value, Mapping):
            return value
        return {key: tuple(entry) if isinstance(entry, list) else entry for key, entry in value.items()}
