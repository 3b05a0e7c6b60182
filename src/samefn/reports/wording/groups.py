"""Models that are shown together as the seeds of one method, and the tones of figures."""

from typing import Literal

from samefn.schema.report import ModelEntry

Tone = Literal["unchanged", "alike", "farther"]
"""The colour of an answer or a figure, from good to bad; its words say the same."""


def seed_group(model: ModelEntry) -> tuple[str, ...]:
    """A key that is equal for models that differ in their seed alone."""
    if model.role == "independent":
        return ("independent",)
    return (model.role, model.family) if model.family else (model.id,)
