"""A study's spec from a preset or a TOML file, with settings from the command line on top."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from samefn.core.errors import InputError
from samefn.core.naming import near
from samefn.spec.locate import line_of
from samefn.spec.study import StudySpec


def presets() -> dict[str, str]:
    """The built-in presets: their TOML text by name."""
    folder = files("samefn.spec") / "presets"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): entry.read_text() for entry in sorted(found, key=lambda e: e.name)}


def read_study(source: str, settings: Iterable[str] = ()) -> StudySpec:
    """The spec of a study.

    Args:
        source: a preset's name, or the path of a TOML file (it ends in .toml or holds a slash).
        settings: `key=value` with dotted keys and TOML values; text needs no quotes. They win over the file.

    Raises:
        InputError: saying which file, line and key.
    """
    if source.endswith(".toml") or "/" in source:
        text, where = _read(Path(source)), source
    else:
        known = presets()
        if source not in known:
            raise InputError(
                f"unknown preset {source!r}", fix=f"{near(source, known)} (or give the path of a TOML file)"
            )
        text, where = known[source], f"preset {source}"
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not TOML ({error})", where=where) from error
    given = set()
    for setting in settings:
        given.add(_apply(content, setting))
    try:
        return StudySpec.model_validate(content)
    except ValidationError as error:
        raise _explain(error, text, where, given) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), fix="`samefn presets` lists what is built in") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", where=str(path)) from error


def _apply(content: dict[str, Any], setting: str) -> tuple[str, ...]:
    """Put one `key=value` into the content; the key's path."""
    name, equals, value = setting.partition("=")
    path = tuple(name.strip().split("."))
    if not equals or not all(path):
        raise InputError(f"{setting!r} is not of the form key=value", where="--set", fix="write training.epochs=5")
    table = content
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InputError(f"{name!r}: {part!r} is a value, not a table", where="--set")
        table = inner
    table[path[-1]] = _value(value.strip())
    return path


def _value(text: str) -> Any:
    """A TOML value; what is none is text, so that `data.name=mnist` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explain(error: ValidationError, text: str, where: str, given: set[tuple[str, ...]]) -> InputError:
    """The first problem, with file, line and key."""
    problem = error.errors(include_url=False, include_context=False)[0]
    path = tuple(str(part) for part in problem["loc"])
    key = ".".join(path)
    if any(path[: len(setting)] == setting or setting[: len(path)] == path for setting in given):
        place = f"--set {key}"
    else:
        line = line_of(text, path)
        place = f"{where}:{line}: {key}" if line else f"{where}: {key}" if key else where
    if problem["type"] == "extra_forbidden":
        return InputError("unknown key", where=place, fix=near(path[-1], _fields(path[:-1])))
    message = problem["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(problem["input"], Mapping) else f" (got {problem['input']!r})"
    return InputError(message[0].lower() + message[1:] + shown, where=place)


def _fields(path: tuple[str, ...]) -> list[str]:
    """The keys that the spec knows at a path."""
    model: Any = StudySpec
    for part in path:
        field = None if model is None else model.model_fields.get(part)
        choices = [] if field is None else [field.annotation, *getattr(field.annotation, "__args__", ())]
        model = next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)
    return [] if model is None else list(model.model_fields)
