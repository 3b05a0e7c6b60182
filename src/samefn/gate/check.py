"""Check a report against requirements: the whole interval decides, not the point."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.gate.format import format_quantity
from samefn.gate.lookup import find_quantity
from samefn.gate.parse import parse
from samefn.gate.quantities import ANSWERS, NEEDS_INDEPENDENTS, NOT_MEASURED
from samefn.gate.requirement import NumericTest, Requirement, WordTest
from samefn.reports.styles import COMPRESSED
from samefn.reports.view import ReportView
from samefn.schema.quantities import Quantity
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import RequirementEntry, RequirementOutcome

OnInconclusive: TypeAlias = Literal["fail", "pass"]


def check(report: Report, requirements: Sequence[str]) -> tuple[RequirementEntry, ...]:
    """Every requirement checked for every candidate that it is about.

    A requirement on a quantity with an interval holds where the whole interval meets it, fails where none of it does,
    and else is inconclusive; a quantity without one (bytes) is a point. An answer that is not one of those listed
    fails; one that decides nothing, such as the verdict *inconclusive*, is inconclusive.

    Args:
        report: what was measured.
        requirements: texts, as `parse` reads them.

    Returns:
        One entry for each requirement and candidate; requirements joined by `and` are several.

    Raises:
        InputError: a text is no requirement, names no candidate of the report, or there is no candidate at all.
    """
    parsed = dict.fromkeys(requirement for text in requirements for requirement in parse(text))
    view = ReportView(report)
    return tuple(
        _entry(view, model, requirement) for requirement in parsed for model in _candidates(report, requirement)
    )


def require_known(requirements: Sequence[str], candidates: Mapping[str, str], independents: int) -> None:
    """Refuse, before hours of work and not after, what `check` would refuse or what nothing could decide.

    Args:
        requirements: texts, as `parse` reads them.
        candidates: names by id of the candidates that there will be.
        independents: how many there will be.

    Raises:
        InputError: a text is no requirement, names none of the candidates, or needs independents that are not there.
    """
    for requirement in (requirement for text in requirements for requirement in parse(text)):
        if requirement.candidate and requirement.candidate not in {*candidates, *candidates.values()}:
            raise _unknown_candidate(requirement, candidates.values())
        if requirement.quantity in NEEDS_INDEPENDENTS and not independents:
            raise InputError(
                "SF609",
                "cannot be decided without independents",
                where=f"requirement {requirement.text!r}",
                fix="give some with --independent, independents = [...] or independents=, or leave it out",
            )


def passed(entries: Iterable[RequirementEntry], on_inconclusive: OnInconclusive = "fail") -> bool:
    """Whether all requirements are met; one that `may_pass` counts as met."""
    return all(entry.outcome == "holds" or may_pass(entry, on_inconclusive) for entry in entries)


def may_pass(entry: RequirementEntry, on_inconclusive: OnInconclusive) -> bool:
    """Whether an inconclusive requirement passes: where that is asked for, and its figure was measured.

    Too few inputs leave a figure open. No labels or no independents leave none, and more inputs would not help.
    """
    no_distance = entry.missing == "no relative distance" and entry.refused in ("", "no independents")
    measured = entry.missing not in NOT_MEASURED and not no_distance
    return entry.outcome == "inconclusive" and on_inconclusive == "pass" and measured


def outcome_for(
    quantity: Quantity, test: NumericTest | WordTest, undecided: Collection[str] = ()
) -> RequirementOutcome:
    """Whether the whole interval meets a test, none of it does, or neither.

    Args:
        quantity: the figure, or the answer in words.
        test: what it must be.
        undecided: answers that decide nothing; they hold only where the test lists them.

    >>> outcome_for(Quantity(value=0.2, low=0.1, high=0.3), NumericTest("<", 0.25))
    'inconclusive'
    """
    if isinstance(test, WordTest):
        if quantity.verdict in test.answers:
            return "holds"
        return "inconclusive" if quantity.verdict in {"", *undecided} else "fails"
    if quantity.low is None or quantity.high is None:
        return "inconclusive"
    # Everything between two numbers that are below a limit is below it too.
    low, high = test.met(quantity.low), test.met(quantity.high)
    return "holds" if low and high else "inconclusive" if low or high else "fails"


def _candidates(report: Report, requirement: Requirement) -> list[ModelEntry]:
    """The candidates that a requirement is about."""
    models = [model for model in report.models if model.role in COMPRESSED]
    if not models:
        where = f"requirement {requirement.text!r}"
        raise InputError("SF608", "the report has no candidate", where=where, fix="compare a candidate with the base")
    if not requirement.candidate:
        return models
    named = [model for model in models if model.id == requirement.candidate]
    named = named or [model for model in models if model.name == requirement.candidate]
    if not named and any(requirement.candidate in (failure.model, failure.name) for failure in report.failures):
        return []  # the report says that it failed, and why
    if not named:
        raise _unknown_candidate(requirement, [model.name for model in models])
    return named


def _unknown_candidate(requirement: Requirement, names: Iterable[str]) -> InputError:
    return InputError(
        "SF607",
        f"there is no candidate {requirement.candidate!r}",
        where=f"requirement {requirement.text!r}",
        fix=suggest(requirement.candidate, names),
    )


def _entry(view: ReportView, model: ModelEntry, requirement: Requirement) -> RequirementEntry:
    quantity, test = find_quantity(view, model, requirement.quantity, requirement.argument), requirement.test
    kind = ANSWERS.get(requirement.quantity)
    undecided = kind.undecided if kind else ()
    text, interval = ("", "") if isinstance(test, WordTest) else format_quantity(quantity, requirement.quantity, test)
    return RequirementEntry(
        **dict(quantity),
        expression=requirement.text,
        candidate=model.id,
        outcome=outcome_for(quantity, test, undecided),
        shown=text,
        shown_interval=interval,
    )
