"""The answers about every candidate of a report, the best first, and what the report is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from samefn.reports.answers.candidate import candidate_facts
from samefn.reports.answers.costs import cost_facts
from samefn.reports.answers.distance import distance_fact
from samefn.reports.answers.fact import Fact
from samefn.reports.answers.language import language_facts
from samefn.reports.answers.layer import layer_facts
from samefn.reports.answers.seeds import seeds_facts
from samefn.reports.answers.words import answer_tone, answer_words, limit_words, what_would_settle_it
from samefn.reports.tables.ranking import best_trade_off, ranking_order
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.groups import Tone, seed_group
from samefn.reports.wording.numbers import format_count, format_number_of
from samefn.schema.report import ModelEntry


@dataclass(frozen=True)
class CandidateAnswer:
    """The answers about one candidate, or about the seeds of one method.

    Attributes:
        models: the candidate; of a method all its seeds.
        name: for people.
        words: the first two answers, in upper case.
        tone: how good they are.
        limit: of changed predictions, with its origin.
        facts: the figures, those of the first answer first; what has nothing to say is left out.
        next_step: what would settle the first answer; empty where it is settled.
        best_trade_off: whether it is the smallest that is the same function.
    """

    models: tuple[ModelEntry, ...]
    name: str
    words: str
    tone: Tone
    limit: str
    facts: tuple[Fact, ...]
    next_step: str
    best_trade_off: bool


def candidate_answers(view: ReportView) -> tuple[CandidateAnswer, ...]:
    """One for each candidate, or for each method of several seeds: ranked as in the table of the ranking."""
    methods: dict[tuple[str, ...], list[JudgedCandidate]] = {}
    for one in sorted(view.judged, key=lambda one: ranking_order(view, one.model)):
        methods.setdefault(seed_group(one.model), []).append(one)
    ranked = sorted(methods.values(), key=lambda members: _order(view, members))
    best = best_trade_off(view)
    return tuple(_answer(view, members, best) for members in ranked)


def subject(view: ReportView) -> str:
    """What was compared with what, on how many inputs; a study's name stands before it."""
    names = [view.name(one.model.id) for one in view.judged]
    who = names[0] if len(names) == 1 else format_number_of(len(names), "candidate")
    base = view.base.name if view.base else "the base"
    study = "" if view.report.compared else f"{view.report.name}: "
    return f"{study}{who} against {base}, {_inputs(view)}"


def _inputs(view: ReportView) -> str:
    report = view.report
    if report.language:
        first = report.language[0]
        return f"{format_number_of(first.tokens, 'token')} in {format_number_of(first.blocks, first.block)}"
    labelled = view.base is not None and view.base.accuracy is not None
    inputs = f"{format_number_of(view.examples, 'input')} {'with' if labelled else 'without'} labels"
    more = report.unlabelled.test_examples if report.unlabelled else 0
    return f"{inputs}, {format_count(more)} {'without' if labelled else 'more'}" if more else inputs


def _order(view: ReportView, members: Sequence[JudgedCandidate]) -> tuple[float, ...]:
    """By the worst outcome of the seeds, then by the one in the middle."""
    orders = sorted(ranking_order(view, one.model) for one in members)
    return (orders[-1][0], *orders[len(orders) // 2][1:])


def _answer(view: ReportView, members: Sequence[JudgedCandidate], best: str | None) -> CandidateAnswer:
    verdicts, first = [one.verdict for one in members], members[0]
    several = len(members) > 1
    return CandidateAnswer(
        models=tuple(one.model for one in members),
        name=f"{first.model.family}, {len(members)} seeds" if several else first.model.name,
        words=answer_words(verdicts),
        tone=answer_tone(verdicts),
        limit=limit_words(first.verdict),
        facts=seeds_facts(view, members) if several else _facts(view, first),
        next_step="" if several else what_would_settle_it(first.verdict),
        best_trade_off=any(one.model.id == best for one in members),
    )


def _facts(view: ReportView, one: JudgedCandidate) -> tuple[Fact, ...]:
    own = language_facts(view, one) if one.verdict.reason == "figures" else candidate_facts(view, one)
    layers, costs = layer_facts(view.report, one.model), cost_facts(view, one.model)
    return (*own, *layers, *costs, distance_fact(view.report, one.verdict))
