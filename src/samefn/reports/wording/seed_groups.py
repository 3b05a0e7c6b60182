"""What models that differ in their seed alone have in common."""

from samefn.schema.report import ModelEntry


def kind(model: ModelEntry) -> tuple[str, ...]:
    """The same for models that differ in their seed alone; another for all others."""
    if model.role == "independent":
        return ("independent",)
    return (model.role, model.family) if model.family else (model.id,)
