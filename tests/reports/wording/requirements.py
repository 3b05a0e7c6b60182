"""Requirements in words: every outcome, and every reason why there is nothing to test."""

from collections.abc import Iterator
from typing import Any, get_args

from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import ANSWERS, requirement_sentence, requirements_met
from samefn.schema.notes import Note
from samefn.schema.quantities import MissingReason
from samefn.schema.verdicts import RequirementEntry, RequirementOutcome

from .made_up import report


def requirement_wording() -> Iterator[tuple[str, str]]:
    view = ReportView(report())
    for name, entry in entries().items():
        yield f"requirement, {name}", requirement_sentence(view, entry)
    for count in (1, 2):
        for held in range(count + 1):
            made = tuple(requirement("holds" if at < held else "fails") for at in range(count))
            met = requirements_met(report().model_copy(update={"requirements": made}))
            yield f"requirements, {held} of {count}", met


def requirement(outcome: RequirementOutcome, **changes: Any) -> RequirementEntry:
    percent: dict[str, Any] = {"value": 0.016, "low": 0.012, "high": 0.021}
    shown = {"shown": "1.6 %", "shown_interval": "[1.2 %, 2.1 %]"}
    made = {"expression": "disagreement < 2 %", "candidate": "int8", "outcome": outcome, **percent, **shown}
    return RequirementEntry(**(made | changes))


def entries() -> dict[str, RequirementEntry]:
    nothing: dict[str, Any] = dict.fromkeys(("value", "low", "high")) | {"shown": "", "shown_interval": ""}
    one_number: dict[str, Any] = {"shown": "52.6 kB", "shown_interval": "", "expression": "bytes < 60 kB"}
    verdict: dict[str, Any] = {**nothing, "expression": "verdict in same", "candidate": "float16"}
    made = {outcome: requirement(outcome) for outcome in get_args(RequirementOutcome)}
    made["of one number"] = requirement("holds", **one_number)
    made["of a verdict"] = requirement("inconclusive", **verdict, verdict="inconclusive")
    for answer in ANSWERS:
        made[f"of the answer {answer}"] = requirement("fails", **verdict, verdict=answer)
    made["with a class"] = requirement("fails", worst_part="class 3")
    made["of old reports"] = requirement("holds", shown="", shown_interval="")
    for missing in get_args(MissingReason):
        made[missing] = requirement("inconclusive", **nothing, missing=missing)
    for missing in ("no interval", "narrow interval", "dependent tokens"):
        made[missing] = requirement("inconclusive", low=None, high=None, shown_interval="", missing=missing)
    made["narrow interval"] = made["narrow interval"].model_copy(update={"notes": (Note(code="few differ", count=3),)})
    return made
