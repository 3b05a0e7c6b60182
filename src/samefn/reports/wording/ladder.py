"""Where candidates stand on the ladder, in words."""

from samefn.core.naming import join_words
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.schema.ladder import LadderEntry
from samefn.verdict.ladder import out_of_order


def ladder_sentences(view: ReportView) -> list[tuple[str, str]]:
    """One sentence for each candidate that is no rung, and one where the rungs are out of order."""
    entries = [one for one in view.report.ladder if one.evaluation == view.evaluation]
    placed = [f"{_name(view, one.candidate)} {place(view, one)}" for one in entries if one.position is None]
    swapped = [
        f"{_name(view, finer)} is shown to be rougher than {_name(view, rougher)}"
        for finer, rougher in out_of_order(entries)
    ]
    terms = [("Ladder", ". ".join(placed) + ".")] if placed else []
    return terms + ([("Ladder out of order", "; ".join(swapped) + ".")] if swapped else [])


def place(view: ReportView, entry: LadderEntry) -> str:
    """Where one candidate stands: which rungs it is not shown to differ from, and which it is between."""
    by_side = {side: [one.rung for one in entry.rungs if one.side == side] for side in ("rougher", "open", "finer")}
    above, beside, below = ([_name(view, one) for one in by_side[side]] for side in ("rougher", "open", "finer"))
    if beside:
        bounds = [f"rougher than {name}" for name in above[-1:]] + [f"finer than {name}" for name in below[:1]]
        return f"is not shown to differ from {join_words(beside)}{'; it is ' if bounds else ''}{join_words(bounds)}"
    if not below:
        return "is rougher than all rungs"
    if not above:
        return "is finer than all rungs"
    return f"is between {above[-1]} and {below[0]}"


def _name(view: ReportView, model: str) -> str:
    return printable(view.name(model))
