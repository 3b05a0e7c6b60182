"""Pydantic models as tables of a reference page: types say what is allowed, docstrings what it means."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from generators.docstrings import entries, sections

_TYPES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}

Meanings = Mapping[str, Mapping[str, str]]


def meanings(root: type[BaseModel], others: Meanings | None = None) -> dict[str, dict[str, str]]:
    """By model and field, what it means: from the docstrings of the model and its parents, or else from `others`."""
    found = {}
    for model in nested_models(root):
        said = dict((others or {}).get(model.__name__, {}))
        for parent in reversed(model.__mro__):
            said |= entries(sections(parent.__doc__).get("Attributes", ""))
        found[model.__name__] = {name: said.get(name, "") for name in model.model_fields}
    return found


def nested_models(root: type[BaseModel]) -> dict[type[BaseModel], list[str]]:
    """A model and all models inside it, in order of appearance, each with the dotted keys that hold it."""
    found: dict[type[BaseModel], list[str]] = {}
    for model, key in _walk(root, ""):
        found.setdefault(model, []).append(key)
    return found


def model_sections(
    root: type[BaseModel],
    others: Meanings | None = None,
    *,
    defaults: bool,
    without: Collection[type[BaseModel]] = (),
) -> str:
    """A section of Markdown for every model: what it is, and a table of its fields.

    Args:
        root: the model that holds the others.
        others: by model and field, the meaning of fields that the docstrings leave out.
        defaults: whether to show the default values.
        without: models that have their section elsewhere.
    """
    schema = root.model_json_schema(mode="validation" if defaults else "serialization")
    definitions = {root.__name__: schema, **schema.get("$defs", {})}
    said, bar = meanings(root, others), r"\|"
    written = []
    for model, keys in nested_models(root).items():
        if model in without:
            continue
        intro = sections(model.__doc__)[""]
        place = f"\nFound at {', '.join(f'`{key}`' for key in keys)}.\n" if keys != [""] else ""
        head = ("key", "type and range", *(("default",) if defaults else ()), "meaning")
        lines = [head, tuple("---" for _ in head)]
        for name, info in model.model_fields.items():
            key = info.alias or name
            field = definitions[model.__name__]["properties"][key]
            default = (_default_text(field),) if defaults else ()
            lines.append((f"`{key}`", type_text(field), *default, said[model.__name__][name]))
        table = "".join(f"| {' | '.join(cell.replace('|', bar) for cell in line)} |\n" for line in lines)
        written.append(f"## {model.__name__}\n\n{intro}\n{place}\n{table}")
    return "\n".join(written)


def type_text(schema: Mapping[str, Any]) -> str:
    """What a JSON schema allows, in words.

    >>> type_text({"type": "array", "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1}})
    'list: number, above 0, up to 1'
    >>> type_text({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})
    'whole number, from 1; or none'
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return "any JSON" if name == "JsonValue" else f"[{name}](#{name.lower()})"
    if choices := schema.get("anyOf", schema.get("oneOf", [])):
        kinds = [type_text(choice) for choice in choices if choice.get("type") != "null"]
        return "; or ".join([*kinds, *(["none"] if len(kinds) < len(choices) else [])])
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return " or ".join(f"`{choice}`" for choice in choices)
    if schema.get("type") == "array":
        least = f", {schema['minItems']} or more" if "minItems" in schema else ""
        return f"list{least}: {type_text(schema['items'])}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"table: {type_text(inner)}" if isinstance(inner, dict) else "table"
    return "".join((_TYPES[schema["type"]], *_range_text(schema)))


def _range_text(schema: Mapping[str, Any]) -> Iterator[str]:
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "up to", "exclusiveMaximum": "below"}
    for key, word in words.items():
        if key in schema:
            yield f", {word} {_number(schema[key])}"
    if "pattern" in schema:
        yield f", matching `{schema['pattern']}`"


def _number(value: float) -> str:
    return "2^63" if value == 2**63 else f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _default_text(schema: Mapping[str, Any]) -> str:
    if "default" not in schema:
        return "must be given"
    value = schema["default"]
    if value is None:
        return "none"
    whole = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))
    return "its defaults" if whole else f"`{json.dumps(value)}`"


def _walk(model: type[BaseModel], key: str) -> Iterator[tuple[type[BaseModel], str]]:
    yield model, key
    for name, field in model.model_fields.items():
        for inner in _models_in(field.annotation):
            yield from _walk(inner, f"{key}.{name}".lstrip("."))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
