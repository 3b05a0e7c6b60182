"""What of a report may differ between two runs of one comparison: marked in the types, and left out here."""

from collections.abc import Iterator
from typing import TypeAlias, get_args, get_origin

from pydantic import BaseModel, JsonValue

from samefn.schema.report import Report

# Fields by name: the whole of one, or parts of what it holds.
Left: TypeAlias = "dict[str, bool | Left]"


def stable(report: Report) -> dict[str, JsonValue]:
    """The report as JSON, without what its types mark as volatile: times, hosts, costs, and what was asked for.

    Two runs of one comparison on machines that compute alike agree in it to the bit, however they were run.
    """
    found: dict[str, JsonValue] = report.model_dump(mode="json", by_alias=True, exclude=_volatile(Report))
    return found


def volatile_fields() -> tuple[str, ...]:
    """The dotted names of all volatile fields of a report.

    >>> volatile_fields()
    ('study', 'environment', 'models.cost', 'times')
    """
    return tuple(_names(_volatile(Report), ""))


def _volatile(model: type[BaseModel]) -> Left:
    """What pydantic is told to leave out of a model: True for a whole field."""
    found: Left = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("volatile"):
            found[name] = True
            continue
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel) and (below := _volatile(inner)):
                found[name] = {"__all__": below} if get_origin(field.annotation) is tuple else below
    return found


def _names(found: "bool | Left", place: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield place
        return
    for name, below in found.items():
        yield from _names(below, place if name == "__all__" else f"{place}.{name}".lstrip("."))
