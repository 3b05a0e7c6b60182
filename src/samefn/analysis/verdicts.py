"""A verdict on every candidate from its counts and its scales, wherever these come from."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from samefn.analysis.counts import Counts
from samefn.measures.normalised import independent_disagreement, perturbed_disagreement
from samefn.measures.table import MEASURES
from samefn.schema.report import MeasureEntry, ModelEntry
from samefn.schema.verdicts import Interval, OverallEntry, ScaleEntry, VerdictEntry
from samefn.statistics.proportions import clopper_pearson
from samefn.verdict.chance import base_doubt
from samefn.verdict.decide import Evidence, Verdict, decide
from samefn.verdict.flips import class_changes_of, flips_of
from samefn.verdict.overall import overall
from samefn.verdict.scale import Scale
from samefn.verdict.strangers import weaker_of

JUDGED = frozenset({"student", "control", "quantized", "pruned", "candidate"})
SIGNIFICANT = 0.05

# Every distance that is a mean over examples.
DISTANCES = tuple(
    name for name, measure in MEASURES.items() if measure.direction == "distance" and measure.columns == (name,)
)


@dataclass(frozen=True)
class Judgement:
    """Where the candidates of one evaluation set stand.

    Attributes:
        scales: one entry a candidate and distance.
        verdicts: one a candidate.
        overall: the worst of those that are no controls; None where there are none.
        warnings: what is wrong with the base or with the ends of the scale, one sentence each.
    """

    scales: tuple[ScaleEntry, ...] = ()
    verdicts: tuple[VerdictEntry, ...] = ()
    overall: OverallEntry | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A candidate's scale by one distance, and the id of the replicate that measured its floor; empty without one."""

    scale: Scale
    replicate: str


def judge(
    entries: Sequence[ModelEntry],
    counts: Callable[[str], Counts],
    places: Callable[[str], Mapping[str, Placed]],
    evaluation: str,
    class_names: Sequence[str],
    measures: Sequence[MeasureEntry],
    confidence: float,
) -> Judgement:
    """Scales and verdicts of all candidates on one evaluation set.

    Args:
        entries: the models, the base first.
        counts: of a model, by its id.
        places: the scales of a candidate by distance, by its id.
        evaluation: the set.
        class_names: by class index.
        measures: what was measured, with the intervals that the tables show.
        confidence: of every interval.
    """
    base = entries[0].id
    scales: list[ScaleEntry] = []
    verdicts: list[VerdictEntry] = []
    candidates: list[Verdict] = []
    for entry in entries:
        if entry.role not in JUDGED:
            continue
        of, found = counts(entry.id), places(entry.id)
        scales += [
            scale_entry(evaluation, base, entry.id, one.replicate, name, one.scale) for name, one in found.items()
        ]
        verdict = _as_measured(decide(_evidence(of, entry.name, found, confidence)), base, entry.id, measures)
        verdicts.append(_verdict_entry(of, (evaluation, base, entry.id), verdict, class_names, confidence))
        if entry.role != "control":
            candidates.append(verdict)
    # How often the base is right stands in the counts of whoever is compared with it.
    other = next((one.id for one in entries if one.role in JUDGED or one.role == "independent"), None)
    doubt, warning = ("", "") if other is None else _doubt(counts(other), confidence)
    worst = _overall(evaluation, entries, candidates, doubt) if candidates else None
    weak = (_weakness(one.name, counts(one.id), confidence) for one in entries if one.role == "independent")
    warnings = [warning, *weak]
    return Judgement(tuple(scales), tuple(verdicts), worst, tuple(filter(None, warnings)))


def scale_entry(evaluation: str, base: str, candidate: str, replicate: str, measure: str, found: Scale) -> ScaleEntry:
    """A scale as the report tells it; `replicate` measured the floor, and is empty where it is taken for none."""
    return ScaleEntry(
        evaluation=evaluation,
        base=base,
        candidate=candidate,
        measure=measure,
        value=found.value,
        low=found.low,
        high=found.high,
        floor=found.floor,
        floor_model=replicate,
        ceiling=found.ceiling,
        strangers=found.strangers,
        examples=found.examples,
        covers=found.covers,
        method=found.method,
        refused=found.refused,
    )


def _as_measured(verdict: Verdict, base: str, candidate: str, measures: Sequence[MeasureEntry]) -> Verdict:
    """The verdict with the interval that the tables show, so that a figure has one interval.

    The rule without strangers asks the exact interval; where the two lie on different sides of its margin,
    that one is shown.
    """
    wanted = (base, candidate, "disagreement")
    entry = next((one for one in measures if (one.base, one.candidate, one.measure) == wanted), None)
    if entry is None or entry.value is None or entry.low is None or entry.high is None:
        return verdict
    margin, exact = verdict.absolute_margin, verdict.disagreement
    if margin is not None and (exact.low > margin, exact.high < margin) != (entry.low > margin, entry.high < margin):
        return verdict
    return replace(verdict, disagreement=Interval(entry.value, entry.low, entry.high))


def _doubt(of: Counts, confidence: float) -> tuple[str, str]:
    """Why the base itself is in doubt, and a warning that says what to look at; both empty where it is not."""
    if of.base_right is None:
        return "", ""
    base = _share(of.base_right, of.examples, confidence)
    doubt = base_doubt(base.value, base.low, of.majority)
    value, low, high, common = (f"{100 * share:.1f} %" for share in (*base, of.majority))
    warning = (
        f"{doubt}: it is right on {value} ({low} to {high}) of the inputs, and that class is {common} of them; are the "
        "labels, the preprocessing and the model the right ones? `samefn compare --explain` shows what a model is fed."
    )
    return doubt, warning if doubt else ""


def _weakness(name: str, of: Counts, confidence: float) -> str:
    """A warning where an independent is too much less accurate than the base; empty where it is not."""
    if of.harm is None or of.recovery is None:
        return ""
    gap = weaker_of(of.harm, of.recovery, of.changed, of.examples, confidence)
    if gap is None:
        return ""
    return (
        f"{name} is less accurate than the base by {100 * gap:.2g} points: part of its distance is that, so every "
        "scale is too small and *same* is said too easily; train the independents as well as the base."
    )


def _overall(evaluation: str, entries: Sequence[ModelEntry], verdicts: Sequence[Verdict], doubt: str) -> OverallEntry:
    found = overall(verdicts)
    worst = next(entry.id for entry in entries if entry.name == found.candidate)
    return OverallEntry(
        evaluation=evaluation, outcome=found.outcome, candidate=worst, sentence=found.sentence, doubt=doubt
    )


def _evidence(of: Counts, name: str, places: Mapping[str, Placed], confidence: float) -> Evidence:
    by_answers = places["disagreement"].scale
    by_probabilities = places.get("total_variation")
    return Evidence(
        candidate=name,
        disagreement=_share(of.changed, of.examples, confidence),
        scales=(by_answers, by_probabilities.scale) if by_probabilities else (by_answers,),
        accuracy=None if of.right is None else _share(of.right, of.examples, confidence),
        majority=None if of.right is None else of.majority,
        base_error=1 - of.accuracies[0] if of.accuracies else None,
        base_low=None if of.base_right is None else _share(of.base_right, of.examples, confidence).low,
    )


def _verdict_entry(
    of: Counts, about: tuple[str, str, str], verdict: Verdict, class_names: Sequence[str], confidence: float
) -> VerdictEntry:
    turned = None if of.harm is None or of.recovery is None else flips_of(of.harm, of.recovery, of.examples, confidence)
    classes = class_changes_of(of.classes, of.changed_classes, confidence)
    worst = max(classes, key=lambda one: one.share)
    curves = (*of.accuracies, len(class_names)) if of.accuracies else None
    perturbed = float(perturbed_disagreement(*curves)) if curves else math.nan
    evaluation, base, candidate = about
    return VerdictEntry(
        evaluation=evaluation,
        base=base,
        candidate=candidate,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        margin=verdict.margin,
        stranger=verdict.stranger,
        smallest_shown=verdict.smallest_shown,
        smallest_disagreement=verdict.smallest_disagreement,
        harm=turned.harm if turned else None,
        recovery=turned.recovery if turned else None,
        flips_p_value=turned.p_value if turned else None,
        classes=tuple(class_names[one.label] for one in classes if one.p_holm < SIGNIFICANT),
        worst_class=class_names[worst.label],
        worst_class_changed=worst.share,
        worst_class_low=max(one.low for one in classes),
        worst_class_high=max(one.high for one in classes),
        fort_independent=float(independent_disagreement(*curves)) if curves else None,
        fort_perturbed=None if math.isnan(perturbed) else perturbed,
    )


def _share(ones: int, examples: int, confidence: float) -> Interval:
    """A share with its exact interval."""
    return Interval(ones / examples, *clopper_pearson(ones, examples, confidence))
