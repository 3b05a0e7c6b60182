"""The names of the models of a comparison."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError

_FACTORY = re.compile(r"[\w.]+:\w+")


def model_names(
    base: ModelSource, candidates: Sequence[ModelSource], independents: Sequence[ModelSource]
) -> tuple[str, ...]:
    """A name for every model, in this order: the one that the user gave, or its file's name.

    Files with the same name are named by the shortest ends of their paths that differ.

    Raises:
        InputError: two models would have the same name, or one file is given twice.

    >>> model_names(ModelSource(path="a/m.onnx"), [ModelSource(path="b/m.onnx")], [ModelSource(path="c/net.onnx")])
    ('a/m.onnx', 'b/m.onnx', 'net.onnx')
    """
    sources = [base, *candidates, *independents]
    keys = ["base"]
    keys += [f"candidates.{number}" for number in range(1, len(candidates) + 1)]
    keys += [f"independents.{number}" for number in range(1, len(independents) + 1)]
    _require_other_files(sources, keys)
    parts = [None if source.name or _FACTORY.fullmatch(source.path) else _parts(source.path) for source in sources]
    names = [
        source.name or source.path if own is None else _unique_end(own, [path for path in parts if path is not None])
        for source, own in zip(sources, parts, strict=True)
    ]
    for second, name in enumerate(names):
        first = names.index(name)
        if first < second:
            raise InputError(
                "SF505",
                f"{keys[first]} and {keys[second]} have the same name {name!r}",
                where="names",
                fix=f"give one another name: --set {keys[second]}.name=NAME",
            )
    return tuple(names)


def _require_other_files(sources: Sequence[ModelSource], keys: Sequence[str]) -> None:
    """Refuse one file twice without a name: a slip is more likely than a wish to run it in two ways."""
    seen: dict[str, str] = {}
    for source, key in zip(sources, keys, strict=True):
        if source.name:
            continue
        path = source.path if _FACTORY.fullmatch(source.path) else os.path.realpath(source.path)
        content = f"{path} {source.weights}"
        if content in seen:
            raise InputError(
                "SF506",
                f"is given twice, as {seen[content]} and {key}",
                where=source.path,
                fix=f"give another model; to run one model in two ways, name it: --set {key}.name=NAME",
            )
        seen[content] = key


def _parts(path: str) -> tuple[str, ...]:
    return Path(os.path.normpath(path)).parts


def _unique_end(own: tuple[str, ...], paths: Sequence[tuple[str, ...]]) -> str:
    """The shortest end of a path that no other file with its name has; the whole path where none is unique."""
    alike = [path for path in paths if path[-1:] == own[-1:]]
    for length in range(1, len(own) + 1):
        if len({path[-length:] for path in alike}) == len(alike):
            return Path(*own[-length:]).as_posix()
    return Path(*own).as_posix()
