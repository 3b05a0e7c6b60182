"""What a report says was asked for."""

from pathlib import Path
from typing import Any

from pydantic import JsonValue

from samefn.config.comparison import ComparisonSpec


def spec_summary(spec: ComparisonSpec) -> dict[str, JsonValue]:
    """The spec as the report tells it: files by their names, because a report goes to others and paths do not.

    In how many shards it was done is not told: it changes nothing.
    """
    said = spec.model_dump(mode="json", exclude_defaults=True, exclude={"shards"})

    def named(model: dict[str, Any]) -> dict[str, Any]:
        return {**model, **{key: Path(model[key]).name for key in ("path", "weights") if model.get(key)}}

    said["base"] = named(said["base"])
    for group in ("candidates", "independents"):
        said[group] = [named(model) for model in said.get(group, [])]
    if said.get("class_names"):
        said["class_names"] = Path(said["class_names"]).name
    if said.get("data"):
        said["data"] = {**said["data"], "path": Path(said["data"]["path"]).name}
    return {"name": spec.name, **said}
