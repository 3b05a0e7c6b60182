"""The facts about one candidate that predicts classes: changed predictions, accuracy, flips, the worst class."""

from samefn.reports.answers.fact import Fact
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.groups import Tone
from samefn.reports.wording.numbers import (
    format_count,
    format_limit,
    format_number_of,
    format_share,
    format_with_interval,
)
from samefn.reports.wording.outcomes import OUTCOMES
from samefn.reports.wording.own_noise import own_noise
from samefn.reports.wording.verdicts import p_value_words
from samefn.schema.verdicts import PartChange, Quality, VerdictEntry

QUALITY_TONES: dict[Quality, Tone] = {
    "better": "unchanged",
    "worse": "farther",
    "no difference shown": "alike",
    "no labels": "alike",
}


def candidate_facts(view: ReportView, one: JudgedCandidate) -> tuple[Fact, ...]:
    """The figures behind its first two answers; what has nothing to say is left out."""
    facts = (
        _changed(one.verdict),
        _own_noise(view, one.verdict),
        _accuracy(view, one),
        _flips(one.verdict),
        _worst(one.verdict),
    )
    return tuple(fact for fact in facts if fact is not None)


def _changed(verdict: VerdictEntry) -> Fact:
    against = verdict.against[0]
    shown = format_with_interval(against.value, against.low, against.high, percent=True)
    return Fact(
        "changed",
        "changed predictions",
        f"{shown.text} %",
        shown.interval,
        _how_it_was_shown(verdict),
        OUTCOMES[verdict.outcome].tone,
    )


def _how_it_was_shown(verdict: VerdictEntry) -> str:
    inputs = format_number_of(verdict.examples, "input")
    if verdict.equal_up_to_rounding:
        return f"equal up to rounding, {inputs}"
    if verdict.against[0].value == 0:
        return f"none of {inputs}"
    if verdict.effective_examples <= verdict.examples - 1:
        return f"{inputs}, worth {format_count(round(verdict.effective_examples))} drawn one by one"
    return "within the limit by the margins near the boundary" if verdict.reason == "margins" else ""


def _own_noise(view: ReportView, verdict: VerdictEntry) -> Fact | None:
    found = own_noise(view.report, verdict.candidate, verdict.evaluation)
    return Fact("noise", "own noise", f"{found.share} % of inputs change {found.how}") if found else None


def _accuracy(view: ReportView, one: JudgedCandidate) -> Fact | None:
    base, own, verdict = view.base, one.model.accuracy, one.verdict
    if base is None or base.accuracy is None or own is None or verdict.net_loss is None:
        return None
    before, after = (format_share(share, view.examples) for share in (base.accuracy, own))
    ends = (end for end in (verdict.net_loss_high, verdict.net_loss_low))
    low, high = (None if end is None else -end for end in ends)
    points = format_with_interval(-verdict.net_loss, low, high, percent=True, signed=True).text
    notes = [f"{points} points"]
    notes.append("no difference shown" if _open(verdict) else p_value_words(verdict.flips_p_value))
    if verdict.reason == "accuracy":
        notes.append(f"always the most frequent class: {format_share(verdict.majority, view.examples)} %")
    note = ", ".join(notes) if verdict.net_loss or not _open(verdict) else "no difference shown"
    tone = QUALITY_TONES[verdict.quality]
    return Fact("accuracy", "accuracy", f"{before} → {after} %", note=note, tone=tone, short=points)


def _open(verdict: VerdictEntry) -> bool:
    return verdict.quality == "no difference shown"


def _flips(verdict: VerdictEntry) -> Fact | None:
    if verdict.negative_flips is None or not verdict.against[0].value:
        return None
    lost, won = (format_count(number or 0) for number in (verdict.negative_flips, verdict.positive_flips))
    note = f"most net loss in {verdict.hardest.by} {verdict.hardest.name}" if verdict.hardest else ""
    return Fact("flips", "flips", f"{lost} negative, {won} positive", note=note, tone=QUALITY_TONES[verdict.quality])


def _worst(verdict: VerdictEntry) -> Fact | None:
    """The class or slice that changed most, where any did, and whether it is over its limit."""
    worst = verdict.over[0] if verdict.over else verdict.worst
    if worst is None or not worst.changed:
        return None
    shown = format_with_interval(worst.share, worst.low, worst.high, percent=True)
    value, note = f"{worst.name}: {shown.text} % changed", _beside_its_limit(verdict, worst)
    tone: Tone = "farther" if verdict.over else "alike"
    return Fact("worst", f"worst {worst.by}", value, shown.interval, note, tone)


def _beside_its_limit(verdict: VerdictEntry, worst: PartChange) -> str:
    if verdict.class_limit is None:
        return ""
    limit = f"limit {format_limit(verdict.class_limit)} %"
    if not verdict.over:
        open_too = verdict.outcome == "same" and worst.high >= verdict.class_limit
        return f"its {limit} is not settled" if open_too else ""
    more = len(verdict.over) - 1
    return f"over its {limit}" + (f", and {more} more" if more else "")
