"""What models that differ in their seed alone have in common, and what such a kind is called."""

from samefn.schema.report import ModelEntry


def kind(model: ModelEntry) -> tuple[str, ...]:
    """The same for models that differ in their seed alone; another for all others."""
    if model.role == "independent":
        return ("independent",)
    if model.role in {"student", "control"} and "seed" in model.settings:
        told = (str(model.settings.get(key, "")) for key in ("alpha", "teacher", "net", "start"))
        return (model.role, model.method, *told)
    return (model.id,)


def kind_name(name: str) -> str:
    """What the models of a kind of several seeds are called, from one model's name.

    >>> kind_name("student, alpha 0.9, seed 2002")
    'student, alpha 0.9'
    """
    return name.partition(", seed ")[0]
