"""Names in messages: lists of them, and near ones where a name is unknown."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from samefn.core.errors import InputError

Entry = TypeVar("Entry")
# A message lists at most this many known names.
_MAX_LISTED = 20


def join_words(items: Sequence[str]) -> str:
    """A list of names as part of a sentence.

    >>> join_words(["a"]), join_words(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """Advice for an unknown name: the known names that are spelled alike, or all known names.

    >>> suggest("mnits", ["mnist", "digits"])
    'did you mean mnist?'
    >>> suggest("zzz", ["mnist", "digits"])
    'known: digits, mnist'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"known: {', '.join(names[:_MAX_LISTED])}{more}"


def lookup(table: Mapping[str, Entry], name: str, kind: str) -> Entry:
    """The entry of a table.

    Args:
        table: entries by name.
        name: the name to look up.
        kind: what the entries are, for the error.

    Raises:
        InputError: the table has no such name; the error suggests near ones.
    """
    if name not in table:
        raise InputError("SF023", f"unknown {kind} {name!r}", fix=suggest(name, table))
    return table[name]
