"""Look a name up in a table; an unknown one is refused with the names that come near."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from samefn.core.errors import InputError

T = TypeVar("T")


def near(name: str, known: Iterable[str]) -> str:
    """Advice that names what comes near, or everything known.

    >>> near("mnits", ["mnist", "digits"])
    'did you mean mnist?'
    >>> near("zzz", ["mnist", "digits"])
    'known: digits, mnist'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=3)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(names)}"


def lookup(table: Mapping[str, T], name: str, kind: str) -> T:
    """The entry of a table, or an error that offers near names.

    Raises:
        InputError: the table has no such name.
    """
    if name not in table:
        raise InputError(f"unknown {kind} {name!r}", fix=near(name, table))
    return table[name]
