"""The summary of an overview in sentences: the claims, how the methods compare over pairs, and the warnings."""

from samefn.core.naming import join_words
from samefn.reports.wording.claims import CLAIM_WORDING
from samefn.reports.wording.numbers import format_two_decimals
from samefn.schema.overview import Overview, StudyEntry, TrendEntry


def overview_headline(overview: Overview) -> str:
    """How many studies there are, and which claims have the same outcome for every pair."""
    made = sum(not study.error for study in overview.studies)
    count = f"{made} of {len(overview.studies)}" if made < len(overview.studies) else f"All {made}"
    count = "One study" if len(overview.studies) == made == 1 else f"{count} studies"
    by_outcome: dict[str, list[str]] = {}
    for claim in CLAIM_WORDING:
        outcomes = {entry.outcome for entry in overview.settled if entry.claim == claim} - {"not tested"}
        outcome = "differs between pairs" if len(outcomes) > 1 else next(iter(outcomes), "not tested")
        by_outcome.setdefault(outcome, []).append(claim)
    claims = "; ".join(f"{join_words(ids)}: {outcome}" for outcome, ids in by_outcome.items())
    return f"{count} of {len(overview.pairs)} {'pairs' if len(overview.pairs) > 1 else 'pair'} made. {claims}."


def grouped_warnings(overview: Overview) -> list[tuple[str, str]]:
    """Each warning once, after the names of the studies that give it."""
    by_text: dict[str, list[str]] = {}
    for study in overview.studies:
        for warning in study.warnings:
            by_text.setdefault(warning, []).append(study.name)
    return [(join_words(names), warning) for warning, names in by_text.items()]


def comparable_studies(overview: Overview) -> tuple[StudyEntry, ...]:
    """The studies whose figures stand beside one another.

    With several pairs one protocol of each, corrected where the suite has it; with one pair all its variants.
    """
    made = [study for study in overview.studies if not study.error]
    if len(overview.pairs) == 1:
        return tuple(made)
    return tuple(study for study in made if study.variant == overview.variants[0])


def trend_sentences(overview: Overview) -> tuple[str, ...]:
    """Which methods have the same verdict on all pairs, which do not, and the range of each relative distance."""
    studies = {study.name: study for study in comparable_studies(overview)}
    by_method: dict[str, dict[str, TrendEntry]] = {}
    for entry in overview.trend:
        if entry.measure == "disagreement" and entry.study in studies:
            by_method.setdefault(entry.method, {})[studies[entry.study].pair] = entry
    everywhere = {method: entries for method, entries in by_method.items() if len(entries) > 1}
    if len(overview.pairs) < 2 or not everywhere:
        return ("A trend over architectures and data sets needs two pairs or more.",)
    pair_count = len({study.pair for study in studies.values()})
    verdicts = {method: {entry.outcomes for entry in entries.values()} for method, entries in everywhere.items()}
    by_verdict: dict[str, list[str]] = {}
    for method, outcomes in verdicts.items():
        if len(outcomes) == 1:
            by_verdict.setdefault(_verdict(next(iter(outcomes))), []).append(method)
    sentences = []
    if by_verdict:
        each = "; ".join(f"{join_words(methods)}: {verdict}" for verdict, methods in by_verdict.items())
        sentences.append(f"The same verdict on every one of {pair_count} pairs: {each}.")
    for method, entries in everywhere.items():
        if len(verdicts[method]) > 1:
            by_outcome: dict[str, list[str]] = {}
            for pair, entry in entries.items():
                by_outcome.setdefault(_verdict(entry.outcomes), []).append(pair)
            each = "; ".join(f"{outcome} on {join_words(pairs)}" for outcome, pairs in by_outcome.items())
            sentences.append(f"{method[0].upper()}{method[1:]} depends on the pair: {each}.")
    if ranges := [text for method, entries in everywhere.items() if (text := _range(method, entries))]:
        sentences.append(
            f"Relative distance by predictions, from the nearest pair to the farthest: {'; '.join(ranges)}."
        )
    return tuple(sentences)


def _verdict(outcomes: tuple[str, ...]) -> str:
    return " or ".join(outcomes) or "no verdict"


def _range(method: str, entries: dict[str, TrendEntry]) -> str:
    known = sorted((entry.value, pair) for pair, entry in entries.items() if entry.value is not None)
    if not known:
        return ""
    (smallest, nearest), (largest, farthest) = known[0], known[-1]
    low, high = format_two_decimals(smallest).text, format_two_decimals(largest).text
    return f"{method}: {low} on all" if low == high else f"{method}: {low} ({nearest}) to {high} ({farthest})"
