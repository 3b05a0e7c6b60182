"""The answer where candidates were judged: the worst of them, then how many have which verdict."""

from collections.abc import Iterable
from dataclasses import dataclass

from samefn.core.words import listed
from samefn.reports.contract_verdict import OverallEntry
from samefn.reports.escaping import printable
from samefn.reports.findings import Findings, Judged
from samefn.reports.groups import Group, Member, Tone
from samefn.reports.numbers import share
from samefn.reports.roles import STYLES
from samefn.verdict.decide import Outcome


@dataclass(frozen=True)
class Words:
    """One outcome in words.

    Attributes:
        tone: how good it is, for the eye.
        title: of its group.
        worst: what is said of the worst candidate, after its name.
        worst_many: the same of several.
        counted: what is said after a count of one.
        counted_many: the same of several.
        short: in a list.
    """

    tone: Tone
    title: str
    worst: str
    worst_many: str
    counted: str
    counted_many: str
    short: str


OUTCOMES: dict[Outcome, Words] = {
    "same": Words(
        "unchanged",
        "Same",
        "is still the same function",
        "are still the same function",
        "is the same function",
        "are the same function",
        "same",
    ),
    "cannot tell": Words(
        "alike",
        "Cannot tell",
        "cannot be told either way",
        "cannot be told either way",
        "cannot be told either way",
        "cannot be told either way",
        "cannot tell",
    ),
    "changed": Words(
        "alike",
        "Changed",
        "has changed, though it is nearer to the base than a stranger",
        "have changed, though they are nearer to the base than a stranger",
        "has changed",
        "have changed",
        "changed",
    ),
    "changed, perhaps a stranger": Words(
        "farther",
        "Changed, perhaps a stranger",
        "has changed, perhaps as far as a stranger",
        "have changed, perhaps as far as a stranger",
        "has changed (perhaps into a stranger)",
        "have changed (perhaps into strangers)",
        "changed (perhaps a stranger)",
    ),
    "stranger": Words(
        "farther",
        "Stranger",
        "is a stranger, no nearer to the base than a model trained independently",
        "are strangers, no nearer to the base than a model trained independently",
        "is a stranger",
        "are strangers",
        "stranger",
    ),
    "broken": Words(
        "farther",
        "Broken",
        "is broken, no better than always naming the most frequent class",
        "are broken, no better than always naming the most frequent class",
        "is broken",
        "are broken",
        "broken",
    ),
}
"""Every outcome, the best first."""


def outcome_groups(findings: Findings) -> tuple[Group, ...]:
    """The candidates by outcome, the best first, the least changed first within one."""
    return tuple(
        Group(OUTCOMES[outcome].tone, OUTCOMES[outcome].title, tuple(_member(one) for one in members))
        for outcome, members in by_outcome(findings.judged).items()
    )


def by_outcome(judged: Iterable[Judged]) -> dict[Outcome, list[Judged]]:
    """The judged by outcome, the best outcome first."""
    found: dict[Outcome, list[Judged]] = {}
    for one in sorted(judged, key=lambda one: rank(one.verdict.outcome)):
        found.setdefault(one.verdict.outcome, []).append(one)
    return found


def rank(outcome: Outcome) -> int:
    """How bad an outcome is, from 0."""
    return list(OUTCOMES).index(outcome)


def outcome_headline(findings: Findings) -> str:
    """One sentence: the overall verdict in plain words, and which candidate is the worst."""
    total = len(findings.judged)
    overall = next((one for one in findings.report.overall if one.evaluation == findings.evaluation), None)
    if overall is None:  # a report from before there was one
        worst = max(findings.judged, key=lambda one: rank(one.verdict.outcome))
        overall = OverallEntry(
            evaluation=findings.evaluation, outcome=worst.verdict.outcome, candidate=worst.model.id, sentence=""
        )
    name = printable(findings.name(overall.candidate))
    if total == 1:
        return _alone(name, overall.outcome)
    if overall.outcome == "same":
        return f"All {total} compressed models are still the same function as the base."
    others = sum(
        one.verdict.outcome == overall.outcome and one.model.id != overall.candidate for one in findings.judged
    )
    who = f"{name} and {others} more" if others else name
    said = OUTCOMES[overall.outcome].worst_many if others else OUTCOMES[overall.outcome].worst
    if overall.outcome == "cannot tell":
        return f"Not every compressed model is shown to be still the same function: {who} {said}."
    return f"Not every compressed model is still the same function: the worst, {who}, {said}."


def _alone(name: str, outcome: Outcome) -> str:
    if outcome == "same":
        return f"{name} is still the same function as the base."
    if outcome == "cannot tell":
        return f"These data cannot tell whether {name} is still the same function as the base."
    return f"Not the same function: {name} {OUTCOMES[outcome].worst}."


def outcome_sentences(findings: Findings) -> list[tuple[str, str]]:
    """Counts by outcome, then by method, then the overall verdict of every further evaluation set."""
    total = len(findings.judged)
    counts = [
        f"{len(found)} {OUTCOMES[outcome].counted if len(found) == 1 else OUTCOMES[outcome].counted_many}"
        for outcome, found in by_outcome(findings.judged).items()
    ]
    said = [("Verdicts", f"Of {total} compressed models, {listed(counts)}.")] if total > 1 else []
    methods = {style: [one for one in findings.judged if one.model.role == style] for style in STYLES}
    methods = {role: found for role, found in methods.items() if found}
    if len(methods) > 1:
        parts = [f"{STYLES[role].plural}: {_counts(found)}" for role, found in methods.items()]
        said.append(("By method", "; ".join(parts) + "."))
    elsewhere = [one for one in findings.report.overall if one.evaluation != findings.evaluation]
    return said + [(f"On {one.evaluation}", one.sentence) for one in elsewhere]


def _counts(judged: list[Judged]) -> str:
    return listed([f"{len(found)} {OUTCOMES[outcome].short}" for outcome, found in by_outcome(judged).items()])


def _member(one: Judged) -> Member:
    comparison = one.comparison
    text = f"{share(comparison.value, comparison.entry.examples)} %" if comparison else ""
    return Member(one.model, one.model.name, text)
