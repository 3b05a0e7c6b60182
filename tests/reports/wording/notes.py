"""Notes beside figures in words: every code."""

from collections.abc import Iterator
from typing import get_args

from samefn.reports.wording.notes import notes_text
from samefn.schema.notes import Note, NoteCode

COUNTED = frozenset({"some examples", "few differ", "infinite examples"})


def note_wording() -> Iterator[tuple[str, str]]:
    for code in get_args(NoteCode):
        yield f"note, {code}", notes_text([Note(code=code, count=3 if code in COUNTED else None)], 400)
