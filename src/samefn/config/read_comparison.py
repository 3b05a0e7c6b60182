"""The spec of a comparison from the command line's models and options, or from a TOML file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from samefn.config.comparison import ComparisonSpec
from samefn.config.read import Content, KeyPath, read_content
from samefn.core.errors import InputError

ALL = "model"
GROUPS = ("candidates", "independents")


def read_comparison(models: Sequence[str], given: Mapping[str, Any], settings: Iterable[str] = ()) -> ComparisonSpec:
    """The spec of a comparison.

    Args:
        models: the base and the candidates; or one TOML file.
        given: options of the command line by name; None where not given. `runtime` and `trust` are for all models.
        settings: `key=value` with dotted keys and TOML values; they win. `model.` is for all models; a number in
            `candidates.1.` counts from one.

    Raises:
        InputError: no candidate, or a key or value that is none.
    """
    if len(models) == 1 and models[0].endswith(".toml"):
        content = _content(models[0], settings)
    elif len(models) >= 2:
        content = _content(None, settings)
        content.table["base"] = _model(content.table.get("base", {}), {"path": models[0]})
        _add(content.table, "candidates", models[1:])
    else:
        taken = len(given.get("independents") or ())
        files = "the file behind it" if taken == 1 else f"the {taken} files behind it"
        raise InputError(
            "SF1011",
            "one model given" if models else "no models given",
            where="compare",
            fix="name the base and one candidate or more, or one TOML file"
            + (f"; --independent took {files}: name the base and the candidates before it" if taken else ""),
        )
    shared = _shared(content, given)
    _given(content.table, given)
    _spread(content.table, shared)
    return content.validated(ComparisonSpec, content.table)


class _Content(Content):
    """What was asked for; errors count models from one, and speak of `model.` where that was said."""

    def told(self, path: KeyPath) -> KeyPath:
        inner = 2 if path[0] in GROUPS else 1
        if inner == 2 and len(path) > 1:
            path = (path[0], str(int(path[1]) + 1), *path[2:])
        shared = (ALL, *path[inner:])
        return shared if self.is_given(shared) and not self.is_given(path) else path


def _content(source: str | None, settings: Iterable[str]) -> _Content:
    found = read_content(source, settings)
    return _Content(found.table, found.text, found.where, found.given)


def _shared(content: Content, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of all models."""
    said = content.table.pop(ALL, {})
    if not isinstance(said, dict):
        raise InputError(
            "SF1012", f"is {said!r:.40}, no table", where=content.place((ALL,)), fix=f"write {ALL}.KEY = VALUE"
        )
    return {**{key: given[key] for key in ("runtime", "trust") if given.get(key)}, **said}


def _given(table: dict[str, Any], given: Mapping[str, Any]) -> None:
    if given.get("data") is not None:
        said = table.get("data", {})
        table["data"] = {**(said if isinstance(said, dict) else {}), "path": given["data"]}
    elif isinstance(table.get("data"), str):
        table["data"] = {"path": table["data"]}
    if given.get("independents"):
        _add(table, "independents", given["independents"])
    said = table.get("require", [])
    if given.get("require") and isinstance(said, list):
        table["require"] = [*said, *given["require"]]
    keys = ("on_doubt", "locate", "shards", "class_names")
    table.update({key: given[key] for key in keys if given.get(key) is not None})


def _add(table: dict[str, Any], group: str, paths: Sequence[str]) -> None:
    """Put paths into a group, with what `--set GROUP.NUMBER.key` said of each."""
    said = table.get(group, {})
    if isinstance(said, list):  # a TOML file's own, and more from the command line
        table[group] = [*said, *paths]
    if not isinstance(said, dict):
        return
    numbers = [str(number) for number in range(1, len(paths) + 1)]
    strange = [key for key in said if key not in numbers]
    if strange:
        raise InputError(
            "SF1013", f"there is no {group}.{strange[0]}", where="--set", fix=f"they are 1 to {len(paths)}"
        )
    table[group] = [_model(said.get(number, {}), {"path": path}) for number, path in zip(numbers, paths, strict=True)]


def _spread(table: dict[str, Any], shared: Mapping[str, Any]) -> None:
    """Give every model what is said of all, beneath what is said of it alone."""
    if "base" in table:
        table["base"] = _model(table["base"], shared)
    for group in GROUPS:
        said = table.get(group, [])
        entries = list(said.values()) if isinstance(said, dict) else said
        table[group] = [_model(entry, shared) for entry in entries] if isinstance(entries, list) else said


def _model(said: Any, under: Mapping[str, Any]) -> Any:
    """What is said of a model, its path or a table, on top of what else is; anything else stays, to be refused."""
    return _merged(under, {"path": said} if isinstance(said, str) else said)


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    return {**under, **over, **{key: _merged(under[key], over[key]) for key in under if key in over}}
