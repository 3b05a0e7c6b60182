"""An overview in few lines: the claims of each pair, and what could not be made."""

from collections.abc import Sequence

from rich.cells import cell_len

from samefn.core.naming import join_words
from samefn.reports.answers.line import Line, Span, folded, padded, said, shortened
from samefn.reports.wording.claims import CLAIM_OUTCOMES, OutcomeWording
from samefn.reports.wording.overview import grouped_warnings, overview_headline
from samefn.schema.overview import ClaimOfPair, Overview


def overview_lines(overview: Overview, width: int) -> list[Line]:
    """The headline, a line for each pair with its claims, warnings, and the studies and models that failed."""
    lines = folded([], overview_headline(overview), width, "strong")
    name = min(max(map(cell_len, overview.pairs), default=0), width // 3)
    for pair in overview.pairs:
        claims = [entry for entry in overview.settled if entry.pair == pair]
        head = [Span("  "), Span(padded(shortened(pair, name), name)), Span("  ")]
        lines += folded(head, _by_outcome(claims) or "no claim was tested", width)
    lines += said("warning", [warning for _, warning in grouped_warnings(overview)], width, most=1)
    failed = [f"{study.name}: {study.error}" for study in overview.studies if study.error]
    failed += [f"{study.name}: {one.label}: {one.error}" for study in overview.studies for one in study.failures]
    unmet = [f"{study.name}: {sentence}" for study in overview.studies for sentence in study.unmet]
    return lines + said("not met", unmet, width, most=2) + said("not made", failed, width, most=2)


def _by_outcome(claims: Sequence[ClaimOfPair]) -> str:
    ids: dict[tuple[str, str], list[str]] = {}
    for entry in claims:
        words = _words(entry)
        ids.setdefault((words.one, words.many), []).append(entry.claim)
    return "; ".join(f"{join_words(names)} {one if len(names) == 1 else many}" for (one, many), names in ids.items())


def _words(entry: ClaimOfPair) -> OutcomeWording:
    if entry.outcome != "depends on":
        return CLAIM_OUTCOMES[entry.outcome]
    what = join_words(list(entry.switches)) or "the protocol"
    return OutcomeWording(f"depends on {what}", f"depend on {what}")
