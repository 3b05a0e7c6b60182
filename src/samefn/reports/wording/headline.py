"""The first line of a report of judged candidates: the worst of them, then how many have which verdict."""

from collections.abc import Iterable, Sequence

from samefn.core.naming import join_words
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.groups import seed_group
from samefn.reports.wording.outcomes import OUTCOMES, rank
from samefn.reports.wording.verdicts import DOUBTS, verdict_sentence
from samefn.schema.verdicts import Outcome, OverallEntry

# So many inconclusive candidates get a sentence; the page has them all.
EXPLAINED = 3


def by_outcome(judged: Iterable[JudgedCandidate]) -> dict[Outcome, list[JudgedCandidate]]:
    """The judged by outcome, the best outcome first, the nearest first within one."""
    groups: dict[Outcome, list[JudgedCandidate]] = {}
    for one in sorted(judged, key=lambda one: (rank(one.verdict.outcome), one.distance_key)):
        groups.setdefault(one.verdict.outcome, []).append(one)
    return groups


def outcome_headline(view: ReportView) -> str:
    """The overall verdict, and which candidate is the worst; before it, where the base is in doubt."""
    overall = next((one for one in view.report.overall if one.evaluation == view.evaluation), None)
    if overall is None:  # a report from before there was one
        worst = max(view.judged, key=lambda one: (rank(one.verdict.outcome), one.distance_key))
        overall = OverallEntry(evaluation=view.evaluation, outcome=worst.verdict.outcome, candidate=worst.model.id)
    line = _worst(view, overall)
    return f"{DOUBTS[overall.doubt]}: check that first. {line}" if overall.doubt else line


def overall_sentence(view: ReportView, overall: OverallEntry) -> str:
    """The worst candidate of one evaluation set and its outcome."""
    return f"{view.name(overall.candidate)} {OUTCOMES[overall.outcome].one}."


def _worst(view: ReportView, overall: OverallEntry) -> str:
    total = len(view.judged)
    if overall.outcome == "same":
        who = printable(view.name(overall.candidate)) if total == 1 else f"All {total} candidates"
        return f"{_clause(who)} {_words('same', total)} as the base."
    members = [one for one in view.judged if one.verdict.outcome == overall.outcome]
    who = _clause(_named(view, members, overall.candidate))
    if overall.outcome == "inconclusive":
        return f"Inconclusive: {who} may or may not be the same function as the base{_worse_ones(members)}."
    line = f"{who} {_words(overall.outcome, len(members))}{_worse_ones(members)}."
    return f"Not the same function: {line}" if total == 1 else f"Not all are the same function. The worst: {line}"


def _worse_ones(members: Sequence[JudgedCandidate]) -> str:
    """How many of the candidates with one outcome are worse by the labels, and how many better."""
    counts = [(sum(one.verdict.quality == quality for one in members), quality) for quality in ("worse", "better")]
    if len(members) == 1:
        return "".join(f"; its accuracy is {quality}" for number, quality in counts if number)
    words = [
        f"{'all are' if number == len(members) else f'{number} is' if number == 1 else f'{number} are'} {quality}"
        for number, quality in counts
        if number
    ]
    return f"; {join_words(words)}" if words else ""


def _words(outcome: Outcome, number: int) -> str:
    return OUTCOMES[outcome].many if number > 1 else OUTCOMES[outcome].one


def _named(view: ReportView, members: list[JudgedCandidate], first: str) -> str:
    """The candidates of one outcome in a sentence: the first one's kind, then the furthest, each with its seeds."""
    if len(members) < 2:  # also where the overall verdict names a model that the report does not hold
        return printable(view.name(first))
    kinds: dict[tuple[str, ...], list[JudgedCandidate]] = {}
    for one in sorted(members, key=lambda one: (one.model.id == first, one.distance_key), reverse=True):
        kinds.setdefault(seed_group(one.model), []).append(one)
    names = [_kind_of(view, of_kind) for of_kind in kinds.values()]
    if len(names) == 1:
        return names[0]
    rest = names[1] if len(names) == 2 else f"{len(members) - len(next(iter(kinds.values())))} more"
    return f"{_clause(names[0])} and {rest}"


def _kind_of(view: ReportView, members: list[JudgedCandidate]) -> str:
    """A candidate's name; of a kind of several seeds how many of them, and the kind."""
    model = members[0].model
    seeds = sum(seed_group(one.model) == seed_group(model) for one in view.judged)
    if seeds == 1:
        return printable(model.name)
    many = f"all {seeds}" if len(members) == seeds else f"{len(members)} of {seeds}"
    return f"{many} seeds of {printable(model.family or model.name)}"


def _clause(name: str) -> str:
    """A name as the start of a clause: one with a comma ends in one."""
    return f"{name}," if "," in name else name


def outcome_sentences(view: ReportView) -> list[tuple[str, str]]:
    """Counts by outcome, then by method, then the worst of every further evaluation set."""
    total = len(view.judged)
    terms = []
    if total > 1:
        groups = by_outcome(view.judged)
        counts = [f"{len(members)} {_words(outcome, len(members))}" for outcome, members in groups.items()]
        terms.append(("Verdicts", f"Of {total} candidates {join_words(counts)}."))
    terms += [("Chance", sentence) for one in view.report.overall if (sentence := _chance(view, one))]
    methods = {style: [one for one in view.judged if one.model.role == style] for style in ROLE_STYLES}
    methods = {role: members for role, members in methods.items() if members}
    if len(methods) > 1:
        parts = [
            f"{ROLE_STYLES[role].plural}: {counted(one.verdict.outcome for one in members)}"
            for role, members in methods.items()
        ]
        terms.append(("By method", "; ".join(parts) + "."))
    elsewhere = [one for one in view.report.overall if one.evaluation != view.evaluation]
    return terms + [(f"Worst on {one.evaluation}", overall_sentence(view, one)) for one in elsewhere]


def _chance(view: ReportView, overall: OverallEntry) -> str:
    """The chance that any of several candidates is called the same by luck; empty for one."""
    if overall.evaluation != view.evaluation or overall.candidates < 2 or overall.wrong_same is None:
        return ""
    one = (1 - view.report.confidence) / 2
    advice = f" `--simultaneous` keeps it at {_in_percent(one)}." if overall.wrong_same > one * (1 + 1e-9) else ""
    return (
        f"If the shares of all {overall.candidates} candidates were at the limit, one or more of them would be called "
        f"the same in up to {_in_percent(overall.wrong_same)} of repetitions.{advice}"
    )


def _in_percent(chance: float) -> str:
    return f"{100 * chance:.2g} %"


def inconclusive_sentences(view: ReportView) -> list[tuple[str, str]]:
    """What would settle them, of the inconclusive candidates furthest from the base."""
    furthest = sorted(
        (one for one in view.judged if one.verdict.outcome == "inconclusive"),
        key=lambda one: one.distance_key,
        reverse=True,
    )
    terms = [(one.model.name, verdict_sentence(view.report, one.verdict)) for one in furthest[:EXPLAINED]]
    more = len(furthest) - EXPLAINED
    return [*terms, ("Inconclusive", f"{more} more; report.html has them all.")] if more > 0 else terms


def counted(outcomes: Iterable[str]) -> str:
    """How many have which outcome, in a list.

    >>> counted(["same", "changed", "changed", "not made"])
    '1 same, 2 changed and 1 not made'
    """
    every = list(outcomes)
    order = [*OUTCOMES, *(one for one in dict.fromkeys(every) if one not in OUTCOMES)]
    return join_words([f"{every.count(one)} {one}" for one in order if one in every])
