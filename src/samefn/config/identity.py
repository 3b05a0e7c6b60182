"""From what a task is to its key: forms that say which values enter it, and under which frozen names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias, cast

from samefn.core.canonical import Json, digest

# Raise it when the meaning of stored files changes: nothing old is then taken for new.
SCHEMA = 1


class Always(Enum):
    """The default of a field that is in every key."""

    ALWAYS = auto()


@dataclass(frozen=True)
class Field:
    """One entry of a key.

    Attributes:
        name: in the key; frozen.
        form: of its value, or of each value of a list; None for a value that goes in as it is.
        default: the value at which it leaves no trace; a value that is not given counts as this.
        attribute: what code calls it now; empty for the same.
    """

    name: str
    form: "Form | None" = None
    default: "Json | Always" = Always.ALWAYS
    attribute: str = ""

    @property
    def always(self) -> bool:
        """Whether it is in every key."""
        return self.default is Always.ALWAYS

    @property
    def given_as(self) -> str:
        """What code calls it."""
        return self.attribute or self.name


@dataclass(frozen=True)
class Form:
    """The entries of a part of a key."""

    fields: tuple[Field, ...]

    def of(self, values: Mapping[str, Json]) -> dict[str, Json]:
        """What enters the key.

        Args:
            values: by what code calls them.

        Raises:
            LookupError: a value that this table does not name, or one that is missing.

        >>> form("seed", Field("order", default=None)).of({"seed": 1, "order": None})
        {'seed': 1}
        """
        known = {field.given_as for field in self.fields}
        if unknown := sorted(set(values) - known):
            msg = f"{unknown[0]!r} has no place in keys yet: give it one in samefn/config/keys.py"
            raise LookupError(msg)
        found: dict[str, Json] = {}
        for field in self.fields:
            if field.given_as in values:
                value = _formed(field.form, values[field.given_as])
                if value != field.default:
                    found[field.name] = value
            elif field.always:
                msg = f"{field.given_as!r} is in every such key and was not given"
                raise LookupError(msg)
        return found


# One version, or where kinds of nets differ, one a net and device: {net: {device: version}}.
Algorithm: TypeAlias = int | Mapping[str, Mapping[str, int]]
OWN_NET = "module:factory"
"""In an `Algorithm`, every net of the user's own."""


@dataclass(frozen=True)
class Kind:
    """One kind of result.

    Attributes:
        name: in the key and in the store; frozen.
        about: what it is, for people.
        content: what could change the result.
        algorithm: the version of our code for it: raise it when a change moves its numbers.
    """

    name: str
    about: str
    content: Form
    algorithm: Algorithm = 1

    def key(self, **content: Json) -> str:
        """The key of a result.

        Args:
            content: all that could change it, by what code calls it.

        Raises:
            LookupError: as `Form.of`.

        >>> Kind("data", "", form("fingerprint")).key(fingerprint="ab") == task_key("data", 1, {"fingerprint": "ab"})
        True
        """
        found = self.content.of(content)
        return task_key(self.name, _version(self.algorithm, found), found)


def task_key(kind: str, algorithm: int, content: Mapping[str, Json]) -> str:
    """The key of a result: a hash of everything that could change it.

    >>> task_key("train", 1, {"seed": 0}) != task_key("train", 2, {"seed": 0})
    True
    """
    return digest({"schema": SCHEMA, "kind": kind, "algorithm": algorithm, "content": dict(content)})


def form(*entries: str | Field) -> Form:
    """A form; a string is a field that is in every key and goes in as it is."""
    return Form(tuple(Field(entry) if isinstance(entry, str) else entry for entry in entries))


def _formed(of: Form | None, value: Json) -> Json:
    if of is None or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_formed(of, one) for one in value]
    return of.of(cast("Mapping[str, Json]", value))


def _version(algorithm: Algorithm, content: Mapping[str, Json]) -> int:
    if isinstance(algorithm, int):
        return algorithm
    told = cast("Mapping[str, Mapping[str, dict[str, str]]]", content)
    return algorithm.get(told["spec"]["net"]["name"], algorithm[OWN_NET])[str(told["versions"]["device"])]
