"""Look a name up in a table; an unknown one is refused with the names that come near."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from samefn.core.errors import InputError

T = TypeVar("T")
# So many names are listed where none comes near.
LISTED = 20


def near(name: str, known: Iterable[str]) -> str:
    """Advice that names what comes near, or what is known.

    >>> near("mnits", ["mnist", "digits"])
    'did you mean mnist?'
    >>> near("zzz", ["mnist", "digits"])
    'known: digits, mnist'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"known: {', '.join(names[:LISTED])}{more}"


def lookup(table: Mapping[str, T], name: str, kind: str) -> T:
    """The entry of a table, or an error that offers near names.

    Raises:
        InputError: the table has no such name.
    """
    if name not in table:
        raise InputError("SF0021", f"unknown {kind} {name!r}", fix=near(name, table))
    return table[name]
