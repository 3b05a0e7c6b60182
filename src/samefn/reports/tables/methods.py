"""What a compressed model is to the paper's table and to a trend: its method and how strong it is."""

from typing import TypeAlias

from samefn.reports.tables.published import PublishedRow
from samefn.schema.methods import Distilled, Pruned, Quantized
from samefn.schema.overview import PlaceRole
from samefn.schema.report import ModelEntry

# A column of the paper's table: role and strength.
Place: TypeAlias = tuple[PlaceRole, str]
# The paper's 8 bits are int8-dynamic, the nearest to what it ran.
_PRECISIONS = {"float16": "float16", "int8-dynamic": "int8"}


def paper_place(model: ModelEntry) -> Place | None:
    """Which column of the paper's table a model belongs to, as role and strength; none for the others."""
    match model.role, model.method:
        case "student", Distilled(alpha=alpha):
            return "student", f"{alpha:g}"
        case "quantized", Quantized(file=file) if file.method in _PRECISIONS:
            return "quantized", _PRECISIONS[file.method]
        case "pruned", Pruned(fraction=fraction):
            return "pruned", f"{fraction:g}"
    return None


def paper_places(models: list[ModelEntry], published: PublishedRow | None) -> list[Place]:
    """The columns of the paper's table: what was made or printed, students before quantised before pruned."""
    made = {place for model in models if (place := paper_place(model))}

    def keys(role: PlaceRole, printed: dict[str, float]) -> list[Place]:
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


def printed(published: PublishedRow, place: Place) -> float | None:
    """What the paper prints in a column."""
    role, key = place
    return {"student": published.student, "quantized": published.quantized, "pruned": published.pruned}[role].get(key)


def method_title(model: ModelEntry) -> str:
    """A compressed model's method with its strength, the same in every study; empty for other models."""
    if model.role == "quantized" and isinstance(model.method, Quantized):
        return model.method.file.method
    place = paper_place(model)
    if place is None:
        return ""
    return f"students, alpha {place[1]}" if model.role == "student" else place_title(*place)
