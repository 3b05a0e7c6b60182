"""Compute the key of a result: parts list which values enter it, and under which frozen names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias, cast

from samefn.core.canonical import Json, digest

# Raise it when the meaning of stored files changes: then no old result is used.
KEY_SCHEMA = 1


class Always(Enum):
    """The default of a field that is in every key."""

    ALWAYS = auto()


@dataclass(frozen=True)
class Field:
    """One entry of a key.

    Attributes:
        name: its name in the key; frozen.
        part: the part that its value, or each value of a list, is reduced to; None for a value that enters unchanged.
        default: the value with which it is left out of the key; a missing value counts as this.
        attribute: its name in code; empty where that is the same.
    """

    name: str
    part: "KeyPart | None" = None
    default: "Json | Always" = Always.ALWAYS
    attribute: str = ""

    @property
    def always(self) -> bool:
        """Whether it is in every key."""
        return self.default is Always.ALWAYS

    @property
    def code_name(self) -> str:
        """Its name in code."""
        return self.attribute or self.name


@dataclass(frozen=True)
class KeyPart:
    """A part of a key: its entries."""

    fields: tuple[Field, ...]

    def of(self, values: Mapping[str, Json]) -> dict[str, Json]:
        """The values that enter the key, by their names in the key.

        Args:
            values: by their names in code.

        Raises:
            LookupError: a value is not in the table, or a value without a default is missing.

        >>> key_part("seed", Field("order", default=None)).of({"seed": 1, "order": None})
        {'seed': 1}
        """
        known = {field.code_name for field in self.fields}
        if unknown := sorted(set(values) - known):
            msg = f"{unknown[0]!r} is not in the table of keys: add it to samefn/config/keys.py"
            raise LookupError(msg)
        content: dict[str, Json] = {}
        for field in self.fields:
            if field.code_name in values:
                value = _reduced(field.part, values[field.code_name])
                if value != field.default:
                    content[field.name] = value
            elif field.always:
                msg = f"{field.code_name!r} is in every such key and is missing"
                raise LookupError(msg)
        return content


# One version, or one for each net and device: {net: {device: version}}.
Algorithm: TypeAlias = int | Mapping[str, Mapping[str, int]]
OWN_NET = "module:factory"
"""The entry of an `Algorithm` for every net of the user's own."""


@dataclass(frozen=True)
class ResultKind:
    """One kind of result.

    Attributes:
        name: its name in keys and in the store; frozen.
        about: a description for people.
        content: the part of everything that could change the result.
        algorithm: the version of the code that computes it; raise it when a change moves its numbers.
    """

    name: str
    about: str
    content: KeyPart
    algorithm: Algorithm = 1

    def key(self, **content: Json) -> str:
        """The key of a result.

        Args:
            content: everything that could change it, by its name in code.

        Raises:
            LookupError: as `KeyPart.of`.

        >>> kind = ResultKind("data", "", key_part("fingerprint"))
        >>> kind.key(fingerprint="ab") == task_key("data", 1, {"fingerprint": "ab"})
        True
        """
        entries = self.content.of(content)
        return task_key(self.name, _version(self.algorithm, entries), entries)


def task_key(kind: str, algorithm: int, content: Mapping[str, Json]) -> str:
    """The key of a result: a hash of everything that could change it.

    >>> task_key("train", 1, {"seed": 0}) != task_key("train", 2, {"seed": 0})
    True
    """
    return digest({"schema": KEY_SCHEMA, "kind": kind, "algorithm": algorithm, "content": dict(content)})


def key_part(*entries: str | Field) -> KeyPart:
    """A part of a key; a string is an entry without a default whose value enters unchanged."""
    return KeyPart(tuple(Field(entry) if isinstance(entry, str) else entry for entry in entries))


def _reduced(to: KeyPart | None, value: Json) -> Json:
    if to is None or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_reduced(to, entry) for entry in value]
    return to.of(cast("Mapping[str, Json]", value))


def _version(algorithm: Algorithm, content: Mapping[str, Json]) -> int:
    if isinstance(algorithm, int):
        return algorithm
    values = cast("Mapping[str, Mapping[str, dict[str, str]]]", content)
    return algorithm.get(values["spec"]["net"]["name"], algorithm[OWN_NET])[str(values["versions"]["device"])]
