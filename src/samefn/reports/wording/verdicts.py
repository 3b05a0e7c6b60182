"""The answer where candidates were judged: the worst of them, then how many have which verdict."""

from collections.abc import Iterable

from samefn.core.join_words import listed
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.groups import Card, CardItem, seed_group
from samefn.reports.wording.numbers import format_share
from samefn.reports.wording.outcomes import OUTCOMES, counted, rank
from samefn.schema.verdicts import Outcome, OverallEntry

# So many candidates that could not be told are said why; the page has them all.
DOUBTS = 3


def outcome_groups(findings: ReportView) -> tuple[Card, ...]:
    """The candidates by outcome, the best first, the nearest first within one."""
    return tuple(
        Card(OUTCOMES[outcome].tone, OUTCOMES[outcome].title, tuple(_member(one) for one in members))
        for outcome, members in by_outcome(findings.judged).items()
    )


def by_outcome(judged: Iterable[JudgedCandidate]) -> dict[Outcome, list[JudgedCandidate]]:
    """The judged by outcome, the best outcome first, the nearest first within one."""
    found: dict[Outcome, list[JudgedCandidate]] = {}
    for one in sorted(judged, key=lambda one: (rank(one.verdict.outcome), one.distance_key)):
        found.setdefault(one.verdict.outcome, []).append(one)
    return found


def outcome_headline(findings: ReportView) -> str:
    """The overall verdict in plain words, and which candidate is the worst; before it, where the base is in doubt."""
    overall = next((one for one in findings.report.overall if one.evaluation == findings.evaluation), None)
    if overall is None:  # a report from before there was one
        worst = max(findings.judged, key=lambda one: (rank(one.verdict.outcome), one.distance_key))
        overall = OverallEntry(
            evaluation=findings.evaluation, outcome=worst.verdict.outcome, candidate=worst.model.id, sentence=""
        )
    said = _worst(findings, overall)
    return f"{overall.doubt}: look at that first. {said}" if overall.doubt else said


def _worst(findings: ReportView, overall: OverallEntry) -> str:
    total = len(findings.judged)
    if total == 1:
        return _alone(printable(findings.name(overall.candidate)), overall.outcome)
    if overall.outcome == "same":
        return f"All {total} candidates are still the same function as the base."
    members = [one for one in findings.judged if one.verdict.outcome == overall.outcome]
    words = OUTCOMES[overall.outcome]
    said = words.worst_many if len(members) > 1 else words.worst
    who = _named(findings, members, overall.candidate)
    if overall.outcome == "inconclusive":
        return f"Not every candidate is shown to be still the same function: {_apart(who)} {said}."
    return f"Not every candidate is still the same function: the worst, {who}, {said}."


def _named(findings: ReportView, members: list[JudgedCandidate], first: str) -> str:
    """The candidates of one outcome in a sentence: the first one's kind, then the furthest, each with its seeds."""
    if not members:  # the overall verdict names a model that the report does not hold
        return printable(findings.name(first))
    kinds: dict[tuple[str, ...], list[JudgedCandidate]] = {}
    for one in sorted(members, key=lambda one: (one.model.id == first, one.distance_key), reverse=True):
        kinds.setdefault(seed_group(one.model), []).append(one)
    names = [_kind_of(findings, found) for found in kinds.values()]
    if len(names) == 1:
        return names[0]
    rest = names[1] if len(names) == 2 else f"{len(members) - len(next(iter(kinds.values())))} more"
    return f"{_apart(names[0])} and {rest}"


def _kind_of(findings: ReportView, members: list[JudgedCandidate]) -> str:
    """A candidate's name; of a kind of several seeds how many of them, and the kind."""
    model = members[0].model
    seeds = sum(seed_group(one.model) == seed_group(model) for one in findings.judged)
    if seeds == 1:
        return printable(model.name)
    many = f"all {seeds}" if len(members) == seeds else f"{len(members)} of {seeds}"
    return f"{many} seeds of {printable(model.family or model.name)}"


def _apart(name: str) -> str:
    """A name as the start of a clause: one with a comma ends in one."""
    return f"{name}," if "," in name else name


def _alone(name: str, outcome: Outcome) -> str:
    if outcome == "same":
        return f"{_apart(name)} is still the same function as the base."
    if outcome == "inconclusive":
        return f"These data inconclusive whether {_apart(name)} is still the same function as the base."
    return f"Not the same function: {_apart(name)} {OUTCOMES[outcome].worst}."


def outcome_sentences(findings: ReportView) -> list[tuple[str, str]]:
    """Counts by outcome, then by method, then the overall verdict of every further evaluation set."""
    total = len(findings.judged)
    counts = [
        f"{len(found)} {OUTCOMES[outcome].counted if len(found) == 1 else OUTCOMES[outcome].counted_many}"
        for outcome, found in by_outcome(findings.judged).items()
    ]
    said = [("Verdicts", f"Of {total} candidates, {listed(counts)}.")] if total > 1 else []
    methods = {style: [one for one in findings.judged if one.model.role == style] for style in ROLE_STYLES}
    methods = {role: found for role, found in methods.items() if found}
    if len(methods) > 1:
        parts = [f"{ROLE_STYLES[role].plural}: {_counts(found)}" for role, found in methods.items()]
        said.append(("By method", "; ".join(parts) + "."))
    elsewhere = [one for one in findings.report.overall if one.evaluation != findings.evaluation]
    return said + [(f"On {one.evaluation}", one.sentence) for one in elsewhere]


def doubt_sentences(findings: ReportView) -> list[tuple[str, str]]:
    """Why it could not be told, and what would be enough, of the candidates furthest from the base."""
    doubtful = sorted(
        (one for one in findings.judged if one.verdict.outcome == "inconclusive"),
        key=lambda one: one.distance_key,
        reverse=True,
    )
    said = [("Inconclusive", one.verdict.sentence) for one in doubtful[:DOUBTS]]
    more = len(doubtful) - DOUBTS
    return (
        [*said, ("Inconclusive", f"{more} more, in words beneath the verdicts in report.html.")] if more > 0 else said
    )


def _counts(judged: list[JudgedCandidate]) -> str:
    return listed([counted(len(found), outcome) for outcome, found in by_outcome(judged).items()])


def _member(one: JudgedCandidate) -> CardItem:
    comparison = one.comparison
    text = f"{format_share(comparison.value, comparison.entry.examples)} %" if comparison else ""
    return CardItem(one.model, one.model.name, text)
