"""Hold a report against requirements: the interval decides, not the point."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.gate.format import said
from samefn.gate.lookup import find_figure
from samefn.gate.parse import parse
from samefn.gate.requirement import Limit, OneOf, Requirement
from samefn.reports.styles import COMPRESSED
from samefn.schema.quantities import Quantity
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import RequirementEntry, RequirementOutcome

OnDoubt: TypeAlias = Literal["fail", "pass"]


def check(report: Report, requirements: Sequence[str]) -> tuple[RequirementEntry, ...]:
    """Every requirement held against every candidate that it is about.

    A requirement on a figure with an interval holds where the whole interval meets it, fails where none of it does, and
    else cannot be told; a figure without one (bytes) is a point. A verdict that is none of those asked for fails,
    *cannot tell* cannot be told.

    Args:
        report: what was measured.
        requirements: texts, as `parse` reads them.

    Returns:
        One entry a requirement and candidate; requirements joined by `and` are several.

    Raises:
        InputError: a text is no requirement, names no candidate of the report, or there is no candidate at all.
    """
    asked = dict.fromkeys(one for text in requirements for one in parse(text))
    return tuple(_held(report, model, wanted) for wanted in asked for model in _about(report, wanted))


def require_known(requirements: Sequence[str], candidates: Mapping[str, str]) -> None:
    """Refuse, before hours of work and not after, what `check` would refuse.

    Args:
        requirements: texts, as `parse` reads them.
        candidates: names by id of the candidates that there will be.

    Raises:
        InputError: a text is no requirement, or names none of the candidates.
    """
    for wanted in (one for text in requirements for one in parse(text)):
        if wanted.candidate and wanted.candidate not in {*candidates, *candidates.values()}:
            raise _unknown(wanted, candidates.values())


def passed(entries: Iterable[RequirementEntry], on_inconclusive: OnDoubt = "fail") -> bool:
    """Whether all requirements are met; what cannot be told passes only where `on_inconclusive` says so."""
    good = {"holds", "cannot tell"} if on_inconclusive == "pass" else {"holds"}
    return all(entry.outcome in good for entry in entries)


def outcome_of(found: Quantity, test: Limit | OneOf) -> RequirementOutcome:
    """Whether the whole interval meets a test, none of it does, or neither.

    >>> outcome_of(Quantity(value=0.2, low=0.1, high=0.3), Limit("<", 0.25))
    'cannot tell'
    """
    if isinstance(test, OneOf):
        if found.verdict in test.outcomes:
            return "holds"
        return "cannot tell" if found.verdict in {"", "cannot tell"} else "fails"
    if found.low is None or found.high is None:
        return "cannot tell"
    # Everything between two numbers that are below a limit is below it too.
    low, high = test.met(found.low), test.met(found.high)
    return "holds" if low and high else "cannot tell" if low or high else "fails"


def _about(report: Report, wanted: Requirement) -> list[ModelEntry]:
    where = f"requirement {wanted.text!r}"
    models = [model for model in report.models if model.role in COMPRESSED]
    if not models:
        raise InputError("SF6001", "the report has no candidate", where=where, fix="requirements are about candidates")
    if not wanted.candidate:
        return models
    named = [model for model in models if model.id == wanted.candidate]
    named = named or [model for model in models if model.name == wanted.candidate]
    if not named and any(wanted.candidate in (failure.model, failure.name) for failure in report.failures):
        return []  # the report says that it failed, and why
    if not named:
        raise _unknown(wanted, [model.name for model in models])
    return named


def _unknown(wanted: Requirement, names: Iterable[str]) -> InputError:
    return InputError(
        "SF6002",
        f"there is no candidate {wanted.candidate!r}",
        where=f"requirement {wanted.text!r}",
        fix=suggest(wanted.candidate, names),
    )


def _held(report: Report, model: ModelEntry, wanted: Requirement) -> RequirementEntry:
    found = find_figure(report, model, wanted)
    outcome = outcome_of(found, wanted.test)
    shown, ends = ("", "") if isinstance(wanted.test, OneOf) else said(found, wanted.figure, wanted.test)
    return RequirementEntry(
        expression=wanted.text,
        candidate=model.id,
        outcome=outcome,
        **dict(found),
        shown=shown,
        shown_interval=ends,
        sentence=f"{model.name}: {wanted.text} {_because(found, outcome, f'{shown} {ends}'.rstrip())}.",
    )


def _because(found: Quantity, outcome: RequirementOutcome, shown: str) -> str:
    word = {"holds": "holds", "fails": "fails", "cannot tell": "cannot be told"}[outcome]
    if found.verdict:
        return f"{word}: the verdict is {found.verdict}"
    if found.value is None:
        return f"{word}: {found.note}"
    if found.low is None or found.high is None:
        return f"{word}: it is {shown}, with no interval to test ({found.note})"
    note = f" ({found.note})" if found.note else ""
    inside = "; the limit is within the interval" if outcome == "cannot tell" else ""
    return f"{word}: it is {shown}{note}{inside}"
