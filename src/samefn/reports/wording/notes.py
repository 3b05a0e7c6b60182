"""Notes beside figures in words."""

from collections.abc import Iterable

from samefn.schema.notes import Note, NoteCode, UndefinedCode

UNDEFINED_WORDS: dict[UndefinedCode, str] = {
    "base never right": "the base has nothing right",
    "base never wrong": "the base has nothing wrong",
    "never wrong or different": "the candidate neither errs nor differs",
    "both all right or all wrong": "both have everything right, or both everything wrong",
    "one does not vary": "one of the two does not vary",
}
NOTE_WORDS: dict[NoteCode, str] = {
    "no labels": "needs labels",
    "classes only": "needs probabilities, and one of the two models has only predicted classes",
    **{code: f"not defined: {words}" for code, words in UNDEFINED_WORDS.items()},
    "infinite": "no interval: the value is infinite",
    "binned": "no interval: a bootstrap of binned errors is biased upwards",
    "some examples": "over {count} of {examples} examples",
    "few differ": "{count} of {examples} examples differ: too few, the interval is too narrow",
    "unseen": "most of the interval allows for a large change that these examples do not show",
    "infinite examples": "{count} of {examples} examples are infinite",
    "unknown step": "no floor, as the step of the probabilities is not known; the Jensen-Shannon divergence is bounded",
    "few outweigh all": "a few examples outweigh all others: the interval is rough",
    "extreme": "the text's own extreme: no interval",
    "few beyond": "too few tokens beyond it for both ends",
    "few blocks": "few blocks: the interval is rough",
}


def notes_text(notes: Iterable[Note], examples: int) -> str:
    """The notes in one line; empty without any.

    Args:
        notes: beside one figure.
        examples: how many that figure is about.

    >>> notes_text([Note(code="some examples", count=30), Note(code="few outweigh all")], 100)
    'over 30 of 100 examples; a few examples outweigh all others: the interval is rough'
    """
    return "; ".join(NOTE_WORDS[note.code].format(count=note.count, examples=examples) for note in notes)
