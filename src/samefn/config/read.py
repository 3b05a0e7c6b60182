"""Read the spec of a study or a suite from a preset or a TOML file, and apply settings of the command line."""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec
from samefn.config.toml_lines import KeyPath, line_of
from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.core.plain_files import read_file

_MAX_SPEC = 2**20  # bytes
SpecModel = TypeVar("SpecModel", bound=BaseModel)


def preset_texts() -> dict[str, str]:
    """The built-in presets: their TOML text by name."""
    folder = files("samefn.config") / "presets"
    entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): entry.read_text() for entry in sorted(entries, key=lambda e: e.name)}


def read_study(source: str, settings: Iterable[str] = ()) -> StudySpec:
    """The spec of one study.

    Args:
        source: a preset's name, or the path of a TOML file (it ends in .toml or holds a slash).
        settings: `key=value` with dotted keys and TOML values; text needs no quotes. They replace values of the file.

    Raises:
        InputError: the spec is not valid, with file, line and key; or it is a suite.
    """
    spec = read_spec(source, settings)
    if isinstance(spec, SuiteSpec):
        raise InputError("SF104", "is a suite of studies, not one study", where=source, fix="read it with read_spec")
    return spec


def read_spec(source: str, settings: Iterable[str] = ()) -> StudySpec | SuiteSpec:
    """The spec of a study, or of a suite where it has `pairs` or `protocols` at its top.

    A study with `protocols` is a suite of one pair.

    Args:
        source: a preset's name, or the path of a TOML file (it ends in .toml or holds a slash).
        settings: `key=value` with dotted keys and TOML values; text needs no quotes. They replace values of the file.

    Raises:
        InputError: the spec is not valid, with file, line and key.
    """
    content = read_content(source, settings)
    if "pairs" in content.table:
        return content.validated(SuiteSpec, content.table)
    if "protocols" in content.table:
        return _suite_of_one(content)
    return content.validated(StudySpec, content.table)


def validated(model: type[SpecModel], table: Mapping[str, Any], where: str) -> SpecModel:
    """The checked spec of keys and values that are given in Python.

    Args:
        model: the type of the spec.
        table: keys and values.
        where: what they are given to, for errors.

    Raises:
        InputError: the first problem, with the key.
    """
    return SpecContent(dict(table), "", where, frozenset()).validated(model, table)


@dataclass(frozen=True)
class SpecContent:
    """The content of a spec before it is checked.

    Attributes:
        table: keys and values, settings applied.
        text: of the TOML file.
        where: the name of the file or preset, for errors.
        set_keys: paths of the keys set on the command line.
    """

    table: dict[str, Any]
    text: str
    where: str
    set_keys: frozenset[KeyPath]

    def validated(self, model: type[SpecModel], table: Mapping[str, Any]) -> SpecModel:
        """The checked spec.

        Raises:
            InputError: the first problem, with file, line and key.
        """
        try:
            return model.model_validate(table)
        except ValidationError as error:
            raise _first_problem(error, self, model) from error

    def location_of(self, path: KeyPath) -> str:
        """Where a key was set, for errors: file, line and key, or the option."""
        if not path:
            return self.where
        written = self.as_written(path)
        key = ".".join(written)
        if self.is_set(written):
            return f"--set {key}"
        line = line_of(self.text, path)
        return f"{self.where}:{line}: {key}" if line else f"{self.where}: {key}"

    def as_written(self, path: KeyPath) -> KeyPath:
        """A key as users write it."""
        return path

    def is_set(self, path: KeyPath) -> bool:
        """Whether the command line set this key, a key in it, or a table that holds it."""
        return any(path[: len(setting)] == setting or setting[: len(path)] == path for setting in self.set_keys)


def read_content(source: str | None, settings: Iterable[str]) -> SpecContent:
    """The content of a preset or a TOML file, settings applied; without a source, the settings alone."""
    if source is None:
        text, where = "", "the command line"
    elif source.endswith(".toml") or "/" in source:
        text, where = _read(Path(source)), source
    else:
        texts = preset_texts()
        if source not in texts:
            raise InputError(
                "SF023",
                f"unknown preset {source!r}",
                fix=f"{suggest(source, texts)} (or give the path of a TOML file)",
            )
        text, where = texts[source], f"preset {source}"
    try:
        table = _toml(text)
    except (ValueError, RecursionError) as error:
        raise InputError("SF100", f"is not TOML ({error})", where=where) from error
    return SpecContent(table, text, where, frozenset([_apply(table, setting) for setting in settings]))


def _suite_of_one(content: SpecContent) -> SuiteSpec:
    """The suite for a study with several protocols."""
    for key in ("protocol", "switches"):
        if key in content.table:
            raise InputError(
                "SF105",
                f"{key} and protocols cannot be used together",
                where=content.location_of((key,)),
                fix="leave one of the two out",
            )
    spec = content.validated(StudySpec, {key: value for key, value in content.table.items() if key != "protocols"})
    shared = spec.model_dump(exclude_unset=True, exclude={"name": True, "net": True, "data": {"name"}})
    pair = {"data": spec.data.name, "net": spec.net}
    suite = {"name": spec.name, "protocols": content.table["protocols"], "pairs": [pair], "study": shared}
    return content.validated(SuiteSpec, suite)


def _read(path: Path) -> str:
    if not os.path.lexists(path):
        raise InputError("SF001", "no such file", where=str(path), fix="`samefn presets` lists the built-in specs")
    try:
        return read_file(path, _MAX_SPEC).decode()
    except UnicodeDecodeError as error:
        raise InputError("SF100", f"is not UTF-8 text ({error})", where=str(path)) from error


def _apply(content: dict[str, Any], setting: str) -> tuple[str, ...]:
    """Put one `key=value` into the content, and return the key's path."""
    name, equals, value = setting.partition("=")
    path = tuple(name.strip().split("."))
    if not equals or not all(path):
        raise InputError(
            "SF103", f"{setting!r} is not of the form key=value", where="--set", fix="write it like training.epochs=5"
        )
    table = content
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InputError("SF103", f"{name!r}: {part!r} is a value, not a table", where="--set")
        table = inner
    table[path[-1]] = _value(value.strip())
    return path


def _value(text: str) -> Any:
    """A TOML value; anything else is text, so that `data.name=mnist` needs no quotes."""
    try:
        return _toml(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _toml(text: str) -> dict[str, Any]:
    """Parse TOML, whose whole numbers have 64 bits.

    Raises:
        ValueError: it is not TOML, or a whole number has more than 64 bits.
    """
    table = tomllib.loads(text)
    left: list[Any] = [table]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            msg = "a whole number has more than 64 bits"
            raise ValueError(msg)
    return table


def _first_problem(error: ValidationError, content: SpecContent, model: type[BaseModel]) -> InputError:
    """The first problem as one line, with file, line and key."""
    problem = error.errors(include_url=False, include_context=False)[0]
    path = tuple(str(part) for part in problem["loc"])
    where = content.location_of(path)
    if problem["type"] == "extra_forbidden":
        return InputError("SF102", "unknown key", where=where, fix=_advice(path, model))
    if problem["type"] in {"tuple_type", "list_type"}:
        item = json.dumps(problem["input"]) if isinstance(problem["input"], str | int | float) else "..."
        key = ".".join(content.as_written(path))
        fix = f"--set '{key}=[{item}]'" if where.startswith("--set") else f"{path[-1] if path else 'it'} = [{item}]"
        return InputError("SF101", f"is no list (got {problem['input']!r:.200})", where=where, fix=f"write {fix}")
    message = problem["msg"].removeprefix("Value error, ")
    value = "" if isinstance(problem["input"], Mapping | BaseModel) else f" (got {problem['input']!r:.200})"
    return InputError("SF101", message[0].lower() + message[1:] + value, where=where)


def _advice(path: KeyPath, model: type[BaseModel]) -> str:
    """Advice for an unknown key."""
    if model is SuiteSpec and path[0] in StudySpec.model_fields:
        return f"in a suite write study.{'.'.join(path)}"
    known = _fields(model, path[:-1])
    if path[:-1] == () and model is StudySpec:
        known = [*known, *(name for name in SuiteSpec.model_fields if name not in known)]
    return suggest(path[-1], known)


def _fields(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys of a spec's model at a path; numbers of list entries are skipped."""
    inner: Any = model
    for part in path:
        if part.isdigit():
            continue
        field = None if inner is None else inner.model_fields.get(part)
        choices = [] if field is None else [field.annotation, *getattr(field.annotation, "__args__", ())]
        inner = next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)
    return [] if inner is None else list(inner.model_fields)
