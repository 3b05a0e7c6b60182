"""Candidates on a ladder."""

from collections.abc import Iterator

from samefn.reports.view import ReportView
from samefn.reports.wording.ladder import ladder_sentences
from samefn.schema.ladder import LadderEntry, RungDifference, RungSide

from .made_up import report

RUNGS = ("int8", "pruned-50", "pruned-90")


def ladder_wording() -> Iterator[tuple[str, str]]:
    """Each place once."""
    places: dict[str, tuple[RungSide, ...]] = {
        "finer": ("finer", "finer", "finer"),
        "rougher": ("rougher", "rougher", "rougher"),
        "between": ("rougher", "finer", "finer"),
        "at a rung": ("rougher", "open", "finer"),
        "at two": ("open", "open", "finer"),
        "at all": ("open", "open", "open"),
    }
    for name, sides in places.items():
        yield f"ladder, {name}", _sentence(entry("float16", RUNGS, sides))
    swapped = entry("int8", RUNGS[1:], ("rougher", "finer"), 1), entry("pruned-50", ("int8",), ("finer",), 2)
    yield "ladder, out of order", _sentence(*swapped)


def entry(
    candidate: str, rungs: tuple[str, ...], sides: tuple[RungSide, ...], position: int | None = None
) -> LadderEntry:
    beside = (
        RungDifference(rung=rung, difference=0.0, low=None, high=None, side=side)
        for rung, side in zip(rungs, sides, strict=True)
    )
    about = {"evaluation": "test", "base": "base", "candidate": candidate, "measure": "total_variation"}
    return LadderEntry(**about, value=0.1, rungs=tuple(beside), position=position)  # type: ignore[arg-type]


def _sentence(*entries: LadderEntry) -> str:
    view = ReportView(report().model_copy(update={"ladder": entries}))
    return " ".join(f"{term}: {sentence}" for term, sentence in ladder_sentences(view))
