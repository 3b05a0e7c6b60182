"""The part of report.json that a build reads: whether requirements are met."""

from typing import Literal

from samefn.reports.contract_part import Part


class RequirementEntry(Part):
    """One requirement held against one candidate.

    Attributes:
        expression: as it was written; what was joined by `and` is several.
        candidate: id of the candidate.
        outcome: `holds` when the whole interval meets it, `fails` when none of it does, else `cannot tell`.
        value: the figure; null where it has none, and for verdicts.
        low: lower end of its interval; the value where the figure is exact (bytes); null where there is none, or none
            that can be tested.
        high: upper end.
        sentence: in plain words, made from the figures.
        shown: the figure with its interval in the unit that was asked for; empty where it has none.
    """

    expression: str
    candidate: str
    outcome: Literal["holds", "fails", "cannot tell"]
    value: float | None
    low: float | None
    high: float | None
    sentence: str
    shown: str = ""
