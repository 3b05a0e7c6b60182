"""What the models of a comparison are called."""

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
    """A name for every model, in this order: what the user calls it, or its file's name.

    Files of one name are called by the shortest ends of their paths that differ.

    Raises:
        InputError: two that would have one name: the same file twice, or names that were given.

    >>> model_names(ModelSource(path="a/m.onnx"), [ModelSource(path="b/m.onnx")], [ModelSource(path="c/net.onnx")])
    ('a/m.onnx', 'b/m.onnx', 'net.onnx')
    """
    sources = [base, *candidates, *independents]
    keys = ["base"]
    keys += [f"candidates.{number}" for number in range(1, len(candidates) + 1)]
    keys += [f"independents.{number}" for number in range(1, len(independents) + 1)]
    _require_other_files(sources, keys)
    parts = [None if one.name or _FACTORY.fullmatch(one.path) else _parts(one.path) for one in sources]
    names = [
        one.name or one.path if own is None else _end(own, [other for other in parts if other is not None])
        for one, own in zip(sources, parts, strict=True)
    ]
    for second, name in enumerate(names):
        first = names.index(name)
        if first < second:
            raise InputError(
                "SF5022",
                f"two models are called {name!r}, {keys[first]} and {keys[second]}",
                where="names",
                fix=f"give one a name of its own: --set {keys[second]}.name=NAME",
            )
    return tuple(names)


def _require_other_files(sources: Sequence[ModelSource], keys: Sequence[str]) -> None:
    """Refuse one file twice, where neither is given a name: it is a slip more often than two ways to ask it."""
    seen: dict[str, str] = {}
    for one, key in zip(sources, keys, strict=True):
        if one.name:
            continue
        path = one.path if _FACTORY.fullmatch(one.path) else os.path.realpath(one.path)
        real = f"{path} {one.weights}"
        if real in seen:
            raise InputError(
                "SF5023",
                f"is given twice, as {seen[real]} and {key}",
                where=one.path,
                fix=f"give another model; to ask one in two ways, name it: --set {key}.name=NAME",
            )
        seen[real] = key


def _parts(path: str) -> tuple[str, ...]:
    return Path(os.path.normpath(path)).parts


def _end(own: tuple[str, ...], paths: Sequence[tuple[str, ...]]) -> str:
    """The shortest end of a path that tells all of its file's name apart; the whole path where none does."""
    alike = [path for path in paths if path[-1:] == own[-1:]]
    for length in range(1, len(own) + 1):
        if len({path[-length:] for path in alike}) == len(alike):
            return Path(*own[-length:]).as_posix()
    return Path(*own).as_posix()
