"""Read the spec of a comparison from a TOML file, or from the models and options of the command line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from samefn.config.comparison import ComparisonSpec
from samefn.config.read import SpecContent, read_content
from samefn.config.toml_lines import KeyPath
from samefn.core.errors import InputError

# The table of the keys that hold for all models.
ALL_MODELS = "model"
_GROUPS = ("candidates", "independents")
# Options whose value replaces that of the key of the same name.
_PLAIN = ("limit", "class_limit", "loss_limit", "simultaneous", "on_inconclusive", "locate", "shards", "class_names")


def read_comparison(models: Sequence[str], options: Mapping[str, Any], settings: Iterable[str] = ()) -> ComparisonSpec:
    """The spec of a comparison.

    Args:
        models: the base and the candidates; or one TOML file.
        options: of the command line, by name; None where not given. `runtime` and `trust` hold for all models.
        settings: `key=value` with dotted keys and TOML values; they replace values of the file and options. `model.` is
            for all models; the number in `candidates.1.` counts from one.

    Raises:
        InputError: there is no candidate, or a key or value is not valid.
    """
    if len(models) == 1 and models[0].endswith(".toml"):
        content = _read(models[0], settings)
    elif len(models) >= 2:
        content = _read(None, settings)
        content.table["base"] = _model(content.table.get("base", {}), {"path": models[0]})
        _add(content.table, "candidates", models[1:])
    else:
        raise _missing_models(models, options)
    shared = _shared(content, options)
    _apply_options(content.table, options)
    _share(content.table, shared)
    return content.validated(ComparisonSpec, content.table)


def _missing_models(models: Sequence[str], options: Mapping[str, Any]) -> InputError:
    fix = "name the base and one or more candidates, or one TOML file"
    if taken := len(options.get("independents") or ()):
        fix += f"; --independent took {taken} of the names: put it after the base and the candidates"
    return InputError("SF106", "one model given" if models else "no models given", where="compare", fix=fix)


class _ModelContent(SpecContent):
    """Content whose errors count models from one, and name `model.` where that was written."""

    def as_written(self, path: KeyPath) -> KeyPath:
        inner = 2 if path[0] in _GROUPS else 1
        if inner == 2 and len(path) > 1:
            path = (path[0], str(int(path[1]) + 1), *path[2:])
        shared = (ALL_MODELS, *path[inner:])
        return shared if self.is_set(shared) and not self.is_set(path) else path


def _read(source: str | None, settings: Iterable[str]) -> _ModelContent:
    content = read_content(source, settings)
    return _ModelContent(content.table, content.text, content.where, content.set_keys)


def _shared(content: SpecContent, options: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that hold for all models."""
    table = content.table.pop(ALL_MODELS, {})
    if not isinstance(table, dict):
        where = content.location_of((ALL_MODELS,))
        raise InputError("SF101", f"is {table!r:.40}, not a table", where=where, fix=f"write {ALL_MODELS}.KEY = VALUE")
    return {**{key: options[key] for key in ("runtime", "trust") if options.get(key)}, **table}


def _apply_options(table: dict[str, Any], options: Mapping[str, Any]) -> None:
    for key in ("data", "unlabelled"):
        examples = table.get(key, {})
        if options.get(key) is not None:
            table[key] = {**(examples if isinstance(examples, dict) else {}), "path": options[key]}
        elif isinstance(examples, str):
            table[key] = {"path": examples}
    if options.get("independents"):
        _add(table, "independents", options["independents"])
    require = table.get("require", [])
    if options.get("require") and isinstance(require, list):
        table["require"] = [*require, *options["require"]]
    table.update({key: options[key] for key in _PLAIN if options.get(key) is not None})


def _add(table: dict[str, Any], group: str, paths: Sequence[str]) -> None:
    """Add models to a group, with the keys that `--set GROUP.NUMBER.key` sets for each."""
    entries = table.get(group, {})
    if isinstance(entries, list):  # those of a TOML file
        table[group] = [*entries, *paths]
    if not isinstance(entries, dict):
        return
    numbers = [str(number) for number in range(1, len(paths) + 1)]
    unknown = [key for key in entries if key not in numbers]
    if unknown:
        raise InputError(
            "SF107", f"there is no {group}.{unknown[0]}", where="--set", fix=f"use a number from 1 to {len(paths)}"
        )
    table[group] = [
        _model(entries.get(number, {}), {"path": path}) for number, path in zip(numbers, paths, strict=True)
    ]


def _share(table: dict[str, Any], shared: Mapping[str, Any]) -> None:
    """Give every model the shared keys; its own keys replace them."""
    if "base" in table:
        table["base"] = _model(table["base"], shared)
    for group in _GROUPS:
        models = table.get(group, [])
        entries = list(models.values()) if isinstance(models, dict) else models
        table[group] = [_model(entry, shared) for entry in entries] if isinstance(entries, list) else models


def _model(model: Any, defaults: Mapping[str, Any]) -> Any:
    """A model's path or table with defaults; anything else stays as it is, and validation refuses it."""
    return _merged(defaults, {"path": model} if isinstance(model, str) else model)


def _merged(under: Any, over: Any) -> Any:
    if not isinstance(under, Mapping) or not isinstance(over, Mapping):
        return over
    return {**under, **over, **{key: _merged(under[key], over[key]) for key in under if key in over}}
