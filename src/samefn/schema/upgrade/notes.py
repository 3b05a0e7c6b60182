"""Notes of older reports as codes: up to version 2 they were sentences."""

import re

from pydantic import JsonValue

from samefn.schema.notes import NoteCode
from samefn.schema.upgrade.models import Document

# What the sentences of any older samefn say, whole; a group is the count.
_SENTENCES: dict[NoteCode, str] = {
    "no labels": "needs labels",
    "classes only": "needs probabilities, and .*",
    "base never right": "not defined: the base (?:has|answers) nothing right",
    "base never wrong": "not defined: the base has nothing wrong",
    "never wrong or different": "not defined: the candidate neither errs nor differs",
    "both all right or all wrong": "not defined: both have everything right, or both everything wrong",
    "one does not vary": "not defined: one of the two does not vary",
    "infinite": "no interval: the value is infinite|not defined: ",
    "binned": "no interval: a bootstrap of binned errors is biased upwards",
    "some examples": r"over (\d+) of \d+ examples",
    "few differ": r"(\d+) of \d+ examples differ: too few.* too narrow",
    "infinite examples": r"(\d+) of \d+ examples are infinite",
    "few outweigh all": "a few examples outweigh all others: the interval is rough",
    "extreme": "the text's own extreme: no interval",
    "few beyond": "too few tokens beyond it for both ends",
    "few blocks": r"\d+ blocks only",
}


def upgraded_notes(old: Document) -> Document:
    """An entry whose `note` was a text; a text that no samefn wrote stays, for whoever checks the whole to refuse."""
    note = old.get("note", "")
    if not isinstance(note, str):
        return old
    new = {name: value for name, value in old.items() if name != "note"}
    return {**new, "notes": [_note(sentence) for sentence in note.split("; ")]} if note else new


def upgraded_requirement_note(old: Document) -> Document:
    """A requirement, whose `note` was also why there is no relative distance, or which class is the worst."""
    note = old.get("note")
    if not isinstance(note, str):
        return old
    new = {name: value for name, value in old.items() if name != "note"}
    if old.get("missing") == "no relative distance":
        return {**new, "refused": note}
    if note.startswith("class "):
        return {**new, "worst_part": note}
    return upgraded_notes(old)


def _note(sentence: str) -> JsonValue:
    for code, pattern in _SENTENCES.items():
        if found := re.fullmatch(pattern, sentence):
            return {"code": code, "count": int(found[1]) if found.re.groups else None}
    return {"code": sentence}
