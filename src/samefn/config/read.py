"""The spec of a study or a suite from a preset or a TOML file, with settings from the command line on top."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from samefn.config.locate import line_of
from samefn.config.study import StudySpec
from samefn.config.suite import SuiteSpec
from samefn.core.errors import InputError
from samefn.core.naming import near
from samefn.core.plain_files import read_file

LARGEST = 2**20  # bytes of a spec
M = TypeVar("M", bound=BaseModel)
KeyPath: TypeAlias = tuple[str, ...]


def presets() -> dict[str, str]:
    """The built-in presets: their TOML text by name."""
    folder = files("samefn.config") / "presets"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): entry.read_text() for entry in sorted(found, key=lambda e: e.name)}


def read_study(source: str, settings: Iterable[str] = ()) -> StudySpec:
    """The spec of one study.

    Args:
        source: a preset's name, or the path of a TOML file (it ends in .toml or holds a slash).
        settings: `key=value` with dotted keys and TOML values; text needs no quotes. They win over the file.

    Raises:
        InputError: saying which file, line and key; or it is a suite.
    """
    spec = read_spec(source, settings)
    if isinstance(spec, SuiteSpec):
        raise InputError("SF1001", "is a suite of studies, not one study", where=source, fix="read it with read_spec")
    return spec


def read_spec(source: str, settings: Iterable[str] = ()) -> StudySpec | SuiteSpec:
    """The spec of a study, or of a suite: what has `pairs` or `protocols` at its top.

    A study with `protocols` is a suite of one pair.

    Args:
        source: a preset's name, or the path of a TOML file (it ends in .toml or holds a slash).
        settings: `key=value` with dotted keys and TOML values; text needs no quotes. They win over the file.

    Raises:
        InputError: saying which file, line and key.
    """
    content = read_content(source, settings)
    if "pairs" in content.table:
        return content.validated(SuiteSpec, content.table)
    if "protocols" in content.table:
        return _suite_of_one(content)
    return content.validated(StudySpec, content.table)


@dataclass(frozen=True)
class Content:
    """What was asked for, before it is checked.

    Attributes:
        table: the keys, settings applied.
        text: the TOML file's.
        where: what to call the file.
        given: paths of the keys from the command line.
    """

    table: dict[str, Any]
    text: str
    where: str
    given: frozenset[KeyPath]

    def validated(self, model: type[M], table: Mapping[str, Any]) -> M:
        """The model, or one clear line."""
        try:
            return model.model_validate(table)
        except ValidationError as error:
            raise _explain(error, self, model) from error

    def place(self, path: KeyPath) -> str:
        """Where a key was set, for people."""
        if not path:
            return self.where
        told = self.told(path)
        key = ".".join(told)
        if self.is_given(told):
            return f"--set {key}"
        line = line_of(self.text, path)
        return f"{self.where}:{line}: {key}" if line else f"{self.where}: {key}"

    def told(self, path: KeyPath) -> KeyPath:
        """A key as people write it."""
        return path

    def is_given(self, path: KeyPath) -> bool:
        """Whether a key, something in it or what it is in was set on the command line."""
        return any(path[: len(setting)] == setting or setting[: len(path)] == path for setting in self.given)


def read_content(source: str | None, settings: Iterable[str]) -> Content:
    """What a preset or a TOML file says, settings applied; without a source the settings alone."""
    if source is None:
        text, where = "", "the command line"
    elif source.endswith(".toml") or "/" in source:
        text, where = _read(Path(source)), source
    else:
        known = presets()
        if source not in known:
            raise InputError(
                "SF1002", f"unknown preset {source!r}", fix=f"{near(source, known)} (or give the path of a TOML file)"
            )
        text, where = known[source], f"preset {source}"
    try:
        table = _toml(text)
    except (ValueError, RecursionError) as error:
        raise InputError("SF1003", f"is not TOML ({error})", where=where) from error
    given = [_apply(table, setting) for setting in settings]
    return Content(table, text, where, frozenset(given))


def _suite_of_one(content: Content) -> SuiteSpec:
    """A study that asks for several protocols."""
    for key in ("protocol", "switches"):
        if key in content.table:
            raise InputError(
                "SF1004",
                f"{key} and protocols exclude each other",
                where=content.place((key,)),
                fix="leave one of them out",
            )
    spec = content.validated(StudySpec, {key: value for key, value in content.table.items() if key != "protocols"})
    shared = spec.model_dump(exclude_unset=True, exclude={"name": True, "net": True, "data": {"name"}})
    pair = {"data": spec.data.name, "net": spec.net}
    suite = {"name": spec.name, "protocols": content.table["protocols"], "pairs": [pair], "study": shared}
    return content.validated(SuiteSpec, suite)


def _read(path: Path) -> str:
    if not os.path.lexists(path):
        raise InputError("SF1005", "no such file", where=str(path), fix="`samefn presets` lists what is built in")
    try:
        return read_file(path, LARGEST).decode()
    except UnicodeDecodeError as error:
        raise InputError("SF1006", f"cannot be read as UTF-8 text ({error})", where=str(path)) from error


def _apply(content: dict[str, Any], setting: str) -> tuple[str, ...]:
    """Put one `key=value` into the content; the key's path."""
    name, equals, value = setting.partition("=")
    path = tuple(name.strip().split("."))
    if not equals or not all(path):
        raise InputError(
            "SF1007", f"{setting!r} is not of the form key=value", where="--set", fix="write training.epochs=5"
        )
    table = content
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise InputError("SF1008", f"{name!r}: {part!r} is a value, not a table", where="--set")
        table = inner
    table[path[-1]] = _value(value.strip())
    return path


def _value(text: str) -> Any:
    """A TOML value; what is none is text, so that `data.name=mnist` needs no quotes."""
    try:
        return _toml(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _toml(text: str) -> dict[str, Any]:
    """What a TOML text says; as TOML has it, its whole numbers have 64 bits.

    Raises:
        ValueError: it is no TOML, or a whole number has more.
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


def _explain(error: ValidationError, content: Content, model: type[BaseModel]) -> InputError:
    """The first problem, with file, line and key."""
    problem = error.errors(include_url=False, include_context=False)[0]
    path = tuple(str(part) for part in problem["loc"])
    place = content.place(path)
    if problem["type"] == "extra_forbidden":
        return InputError("SF1009", "unknown key", where=place, fix=_advice(path, model))
    message = problem["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(problem["input"], Mapping | BaseModel) else f" (got {problem['input']!r:.200})"
    return InputError("SF1010", message[0].lower() + message[1:] + shown, where=place)


def _advice(path: KeyPath, model: type[BaseModel]) -> str:
    """What an unknown key may be meant for."""
    if model is SuiteSpec and path[0] in StudySpec.model_fields:
        return f"in a suite it is study.{'.'.join(path)}"
    known = _fields(model, path[:-1])
    if path[:-1] == () and model is StudySpec:
        known = [*known, *(name for name in SuiteSpec.model_fields if name not in known)]
    return near(path[-1], known)


def _fields(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that a model knows at a path; the numbers of a list's entries are passed over."""
    found: Any = model
    for part in path:
        if part.isdigit():
            continue
        field = None if found is None else found.model_fields.get(part)
        choices = [] if field is None else [field.annotation, *getattr(field.annotation, "__args__", ())]
        found = next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)
    return [] if found is None else list(found.model_fields)
