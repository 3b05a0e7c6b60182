"""The spec of a comparison from the command line's models and options, or from a TOML file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from samefn.core.errors import InputError
from samefn.spec.comparison import ComparisonSpec
from samefn.spec.read import Content, read_content

ALL = "model"
GROUPS = ("candidates", "independents")


def read_comparison(models: Sequence[str], given: Mapping[str, Any], settings: Iterable[str] = ()) -> ComparisonSpec:
    """The spec of a comparison.

    Args:
        models: the base and the candidates; or one TOML file.
        given: options of the command line by name; None where not given. `runtime` is for all models.
        settings: `key=value` with dotted keys and TOML values; they win. `model.` is for all models; a number in
            `candidates.1.` counts from one.

    Raises:
        InputError: no candidate, or a key or value that is none.
    """
    if len(models) == 1 and models[0].endswith(".toml"):
        content = read_content(models[0], settings)
    elif len(models) >= 2:
        content = read_content(None, settings)
        content.table["base"] = {"path": models[0], **content.table.get("base", {})}
        _add(content.table, "candidates", models[1:])
    else:
        raise InputError(
            f"{len(models)} models given" if models else "no models given",
            where="compare",
            fix="name the base and one candidate or more, or one TOML file",
        )
    _given(content, given)
    _spread(content.table)
    return content.validated(ComparisonSpec, content.table)


def _given(content: Content, given: Mapping[str, Any]) -> None:
    table = content.table
    if given.get("data") is not None:
        said = table.get("data", {})
        table["data"] = {**(said if isinstance(said, dict) else {}), "path": given["data"]}
    elif isinstance(table.get("data"), str):
        table["data"] = {"path": table["data"]}
    if given.get("independents"):
        _add(table, "independents", given["independents"])
    if given.get("require"):
        table["require"] = [*table.get("require", ()), *given["require"]]
    table.update({key: given[key] for key in ("on_doubt", "locate") if given.get(key) is not None})
    if given.get("runtime"):
        table[ALL] = {"runtime": given["runtime"], **table.get(ALL, {})}
    if isinstance(table.get("base"), str):
        table["base"] = {"path": table["base"]}


def _add(table: dict[str, Any], group: str, paths: Sequence[str]) -> None:
    """Put paths into a group, with what `--set GROUP.NUMBER.key` said of each."""
    said = table.get(group, {})
    if isinstance(said, list):  # a TOML file's own, and more from the command line
        table[group] = [*said, *({"path": path} for path in paths)]
        return
    extra = {str(number): said.pop(str(number), {}) for number in range(1, len(paths) + 1)}
    if said:
        raise InputError(f"there is no {group}.{next(iter(said))}", where="--set", fix=f"they are 1 to {len(paths)}")
    table[group] = [{"path": path, **extra[str(number)]} for number, path in enumerate(paths, start=1)]


def _spread(table: dict[str, Any]) -> None:
    """Give every model what is said of all, beneath what is said of it alone."""
    for group in GROUPS:
        entries = table.get(group, [])
        if isinstance(entries, dict):
            entries = list(entries.values())
        table[group] = [{"path": entry} if isinstance(entry, str) else entry for entry in entries]
    shared = table.pop(ALL, {})
    if not shared or "base" not in table:
        return
    table["base"] = _merged(shared, table["base"])
    for group in GROUPS:
        table[group] = [_merged(shared, entry) for entry in table[group]]


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(under[key], over[key]) for key in under if isinstance(under[key], dict) and key in over}
    return {**under, **over, **both}
