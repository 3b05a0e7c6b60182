"""What a compressed model is to the paper's table and to a trend: its method and how strong it is."""

from samefn.reports.published import PublishedRow
from samefn.schema.report import ModelEntry


def paper_place(model: ModelEntry) -> tuple[str, str] | None:
    """Which column of the paper's table a model belongs to, as role and strength; none for the others."""
    if model.role == "quantized":
        key = {"float16": "float16", "int8-dynamic": "int8"}.get(model.method, "")
    else:
        key = _number(model.settings.get({"student": "alpha", "pruned": "fraction"}.get(model.role, "")))
    return (model.role, key) if key else None


def paper_places(models: list[ModelEntry], published: PublishedRow | None) -> list[tuple[str, str]]:
    """The columns of the paper's table: what was made or printed, students before quantised before pruned."""
    made = {place for model in models if (place := paper_place(model))}

    def keys(role: str, printed: dict[str, float]) -> list[tuple[str, str]]:
        found = {key for known, key in made if known == role} | set(printed)
        return [(role, key) for key in sorted(found, key=float)]

    students = keys("student", published.student if published else {})
    pruned = keys("pruned", published.pruned if published else {})
    return [*students, ("quantized", "float16"), ("quantized", "int8"), *pruned]


def place_title(role: str, key: str) -> str:
    """A column's title."""
    if role == "quantized":
        return {"float16": "16-bit", "int8": "8-bit"}[key]
    return f"KD {key}" if role == "student" else f"pruned {100 * float(key):g} %"


def printed(published: PublishedRow, place: tuple[str, str]) -> float | None:
    """What the paper prints in a column."""
    role, key = place
    return {"student": published.student, "quantized": published.quantized, "pruned": published.pruned}[role].get(key)


def method_title(model: ModelEntry) -> str:
    """A compressed model's method with its strength, the same in every study; empty for other models.

    >>> method_title(ModelEntry(id="a", name="b", role="student", method="distillation", settings={"alpha": 0.5}))
    'students, alpha 0.5'
    """
    if model.role == "quantized":
        return model.method
    place = paper_place(model)
    if place is None:
        return ""
    return f"students, alpha {place[1]}" if model.role == "student" else place_title(*place)


def _number(value: object) -> str:
    return f"{float(value):g}" if isinstance(value, int | float) else ""
