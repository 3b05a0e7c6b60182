"""Which class became which: the changed inputs of each candidate by the class of the base and of the candidate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_count
from samefn.schema.changed import ChangedCounts, ClassChange

MOST_CLASSES = 14
"""More classes than that are no matrix that one can read: the largest cells are listed instead."""

MOST_CELLS = 20
SHADES = 5


@dataclass(frozen=True)
class ClassCell:
    """How many inputs changed from one class to another; `shade` is 1 for the fewest and `SHADES` for the most."""

    count: int
    shade: int


@dataclass(frozen=True)
class ClassMatrix:
    """The changed inputs of one candidate by class.

    Attributes:
        name: of the candidate.
        counts: what is counted.
        classes: of rows (the base's class) and columns (the candidate's); empty where there are too many for a matrix.
        rows: for each class of the base the cells by class of the candidate, none where nothing changed so.
        largest: the largest cells, where there is no matrix.
        left_out: what is not shown, in words; empty if nothing.
    """

    name: str
    counts: ChangedCounts
    classes: tuple[str, ...]
    rows: tuple[tuple[ClassCell | None, ...], ...]
    largest: tuple[ClassChange, ...]
    left_out: str


def class_matrices(view: ReportView, order: Sequence[str]) -> tuple[ClassMatrix, ...]:
    """One for each candidate that changed anything on the main evaluation set, in the order of the answers."""
    counts = {one.candidate: one for one in view.report.changed_counts if one.evaluation == view.evaluation}
    ranked = [counts[model_id] for model_id in order if model_id in counts]
    return tuple(_matrix(view, one) for one in ranked if one.class_changes)


def _matrix(view: ReportView, counts: ChangedCounts) -> ClassMatrix:
    classes = _classes(view.report.data.class_names, counts.class_changes)
    name = view.name(counts.candidate)
    if len(classes) > MOST_CLASSES or counts.pairs_left_out:
        largest = counts.class_changes[:MOST_CELLS]
        return ClassMatrix(name, counts, (), (), largest, _left_out(counts, len(largest)))
    cells = {(one.base_top, one.top): one.count for one in counts.class_changes}
    most = max(cells.values())
    rows = tuple(tuple(_cell(cells.get((before, after)), most) for after in classes) for before in classes)
    return ClassMatrix(name, counts, classes, rows, (), "")


def _classes(names: Sequence[str], changes: Iterable[ClassChange]) -> tuple[str, ...]:
    """All classes where they fit, else those that anything changed from or to, in the data's order."""
    if len(names) <= MOST_CLASSES:
        return tuple(names)
    involved = {name for one in changes for name in (one.base_top, one.top)}
    return tuple(name for name in names if name in involved)


def _cell(count: int | None, most: int) -> ClassCell | None:
    return ClassCell(count, -(-SHADES * count // most)) if count else None


def _left_out(counts: ChangedCounts, shown: int) -> str:
    pairs = len(counts.class_changes) - shown + counts.pairs_left_out
    if not pairs:
        return ""
    inputs = counts.inputs_left_out + sum(one.count for one in counts.class_changes[shown:])
    return f"{format_count(pairs)} further pairs of classes with {format_count(inputs)} inputs are not listed."
