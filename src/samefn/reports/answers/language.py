"""The facts about one language model: KL divergence, top tokens, perplexity, each beside its limit."""

from math import exp

from samefn.reports.answers.candidate import QUALITY_TONES
from samefn.reports.answers.fact import Fact
from samefn.reports.view import JudgedCandidate, ReportView
from samefn.reports.wording.groups import Tone
from samefn.reports.wording.numbers import format_limit, format_two_decimals, format_with_interval
from samefn.schema.verdicts import AgainstLimit, Side, VerdictEntry

_SIDE_TONES: dict[Side, Tone] = {"within": "unchanged", "open": "alike", "over": "farther"}


def language_facts(view: ReportView, one: JudgedCandidate) -> tuple[Fact, ...]:
    """The figures that its first two answers rest on."""
    against = {entry.measure: entry for entry in one.verdict.against}
    facts = (_top_tokens(against), _divergence(against), _perplexity(view, one.verdict, against))
    return tuple(fact for fact in facts if fact is not None)


def _top_tokens(against: dict[str, AgainstLimit]) -> Fact | None:
    entry = against.get("disagreement")
    if entry is None:
        return None
    shown = format_with_interval(entry.value, entry.low, entry.high, percent=True)
    note, tone = f"limit {format_limit(entry.limit)} %", _SIDE_TONES[entry.side]
    return Fact("changed", "changed top tokens", f"{shown.text} %", shown.interval, note, tone)


def _divergence(against: dict[str, AgainstLimit]) -> Fact | None:
    entry = against.get("kld_mean")
    if entry is None:
        return None
    shown = format_with_interval(entry.value, entry.low, entry.high)
    note, tone = f"limit {entry.limit:g}", _SIDE_TONES[entry.side]
    return Fact("divergence", "mean KL divergence", f"{shown.text} nats", shown.interval, note, tone, shown.text)


def _perplexity(view: ReportView, verdict: VerdictEntry, against: dict[str, AgainstLimit]) -> Fact | None:
    figures = {one.figure: one for one in view.report.language if one.candidate == verdict.candidate}
    ratio, entry = figures.get("perplexity_ratio"), against.get("ln_perplexity_ratio")
    if ratio is None or ratio.value is None or entry is None:
        return None
    before, after = (format_two_decimals(figures[name].value).text for name in ("perplexity_base", "perplexity"))
    shown = format_with_interval(ratio.value, ratio.low, ratio.high)
    note = f"ratio {shown}, limit {exp(entry.limit):.3g}"
    if verdict.quality == "no difference shown":
        note += ", no difference shown"
    short = f"{100 * (ratio.value - 1):+.2g} %"
    return Fact("perplexity", "perplexity", f"{before} → {after}", "", note, QUALITY_TONES[verdict.quality], short)
