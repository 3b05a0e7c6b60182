"""The paper's claims in words: what each says, the rule that decides it, what came of it and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from samefn.core.naming import join_words
from samefn.reports.view import ReportView
from samefn.reports.wording.measures import measure_title
from samefn.reports.wording.transfer import MAIN_QUESTION, measure_words, transfer_entries
from samefn.reports.wording.verdicts import DISTANCES
from samefn.schema.claims import ClaimEntry, ClaimFigure, ClaimId, ClaimOutcome, ClaimReason
from samefn.schema.overview import ClaimOfPair, Dependence, Overview
from samefn.verdict.claims import HALF_WAY, LIKE
from samefn.verdict.how_far import INDEPENDENT, NEAR
from samefn.verdict.transfer import AS_FAR


@dataclass(frozen=True)
class ClaimWording:
    """One claim in words.

    Attributes:
        statement: what the paper claims.
        rule: when it holds and when it does not.
    """

    statement: str
    rule: str


CLAIM_WORDING: dict[ClaimId, ClaimWording] = {
    "C1": ClaimWording(
        "Quantised models stay functionally close to the base; quantisation is the best method.",
        f"Holds when every quantised model is near (the upper end of its relative distance is below {NEAR:g}), and no "
        "pruned or distilled model has fewer changed predictions than the nearest quantised one (by its interval). "
        f"Does not hold when a quantised model is shown to be above {NEAR:g}, or another method to be nearer.",
    ),
    "C2": ClaimWording(
        "Models pruned by magnitude stay close up to a fraction that depends on the architecture; MobileNet breaks at "
        "10 %.",
        f"Holds when the least pruned model is near, with a relative distance below {NEAR:g} (MobileNet: when it is "
        "shown not to be). Does not hold when the opposite is shown.",
    ),
    "C3": ClaimWording(
        "Distilled students are as far from their teacher as independently trained models, for every alpha.",
        f"By predictions. Holds when every student's relative distance is above {INDEPENDENT:g} (lower end), and the "
        f"students of every alpha are at least {AS_FAR:g} times as far away as their controls without a teacher "
        f"(transferred share below {100 * (1 - AS_FAR):.0f} %, upper end). Does not hold when at some alpha both are "
        f"shown to be less: every student's relative distance is below {INDEPENDENT:g}, and the students are nearer "
        f"than {AS_FAR:g} times their controls' distance; after Holm's correction over the alphas.",
    ),
    "C4": ClaimWording(
        "No knowledge is distilled: distillation is a training regulariser.",
        "Holds when nothing is transferred at every alpha, against controls without a teacher, by predictions and by "
        "probabilities. Does not hold when at some alpha something is transferred by both.",
    ),
    "C5": ClaimWording(
        "Accuracy misleads: models of like accuracy can be functionally far apart.",
        f"Of like accuracy are models whose accuracy deviation's interval lies within {LIKE:g} percent, or within a "
        "tenth of the share of changed predictions. Holds when one of them, candidate or independent, is shown to be "
        f"more than half way to an independent (lower end above {HALF_WAY:g}, by predictions or by probabilities). "
        "Does not hold when all of them are shown to be nearer by both. How far an independent is, is measured with "
        "the other independents; a single one does not count.",
    ),
}


@dataclass(frozen=True)
class OutcomeWording:
    """What came of a claim, said of one claim and of several."""

    one: str
    many: str


CLAIM_OUTCOMES: dict[ClaimOutcome, OutcomeWording] = {
    "holds": OutcomeWording("holds", "hold"),
    "does not hold": OutcomeWording("does not hold", "do not hold"),
    "inconclusive": OutcomeWording("is inconclusive", "are inconclusive"),
    "not tested": OutcomeWording("was not tested", "were not tested"),
}

# `models` are the models that a reason is about, `verdicts` these with their verdicts, `shares` what was transferred.
REASONS: dict[ClaimReason, str] = {
    "no quantized model": "There is no quantised model.",
    "not near": "Shown not to be near: {models}.",
    "not shown to be near": "Not shown to be near: {models}.",
    "near and nearest": "Near the base, and no other method is nearer: {models}.",
    "distances": "{distances}.",
    "as far as both": "Every student is as far away as independents and as the controls, at every alpha.",
    "nearer than both": "At alpha {alpha} the students are nearer than independents and than their controls.",
    "not shown against both": (
        "Against independents and controls together, the students are shown neither to be as far away nor to be nearer."
    ),
    "changed": "Shown to have changed: {models}.",
    "another method is nearer": "Nearer to the base than any quantised model: {models}.",
    "not shown to be the same": "Not shown to be the same: {models}.",
    "same and nearest": "The same function as the base, and no other method is nearer: {models}.",
    "no pruned model": "There is no pruned model.",
    "verdicts": "{verdicts}.",
    "no student": "There is no student.",
    "no relative distance": "No relative distance: {models}.",
    "above the independent limit": f"The relative distance of every student is above {INDEPENDENT:g}.",
    "below the independent limit": (
        f"At alpha {{alpha}} the relative distance of every student is below {INDEPENDENT:g}."
    ),
    "around the independent limit": (
        f"The students' relative distances are on both sides of {INDEPENDENT:g}, or their intervals contain it."
    ),
    "no control": "There are no students with controls without a teacher.",
    "nothing transferred": "Nothing was transferred at any alpha.",
    "transferred": "Something was transferred at alpha {alpha}.",
    "transfer undecided": "{shares}",
    "none as accurate": "No model is shown to be as accurate as the base.",
    "more than half way": "As accurate as the base, and more than half way to an independent: {models}.",
    "less than half way": "Every model as accurate as the base is less than half way to an independent.",
    "around half way": (
        "As accurate as the base, and not shown to be on one side of half way to an independent: {models}."
    ),
}


@dataclass(frozen=True)
class DependenceWording:
    """What an outcome depends on: a title, and the sentence that says how that is known; both may name `switches`."""

    title: str
    sentence: str


DEPENDENCE: dict[Dependence, DependenceWording] = {
    "switches": DependenceWording("{switches}", "Each alone gives the published outcome: {switches}."),
    "several switches": DependenceWording("several switches together", "No switch alone gives the published outcome."),
    "not every switch": DependenceWording("the protocol", "Not every switch could be run alone."),
    "no switch": DependenceWording("the protocol", "The switches were not run one at a time."),
}


def dependence_title(entry: ClaimOfPair) -> str:
    """What the outcome of a claim depends on, in a word or two; empty where the protocols agree."""
    return DEPENDENCE[entry.depends_on].title.format(switches=join_words(entry.switches)) if entry.depends_on else ""


def dependence_reason(overview: Overview, entry: ClaimOfPair) -> str:
    """The outcomes that were combined, and what is known of the switches."""
    studies = {study.variant: study.name for study in overview.studies if study.pair == entry.pair}
    outcomes = {claim.study: claim.outcome for claim in overview.claims if claim.claim == entry.claim}
    by_variant = {variant: outcomes.get(study, "not made") for variant, study in studies.items()}
    protocols = [f"{name}: {by_variant[name]}" for name in ("corrected", "published") if name in by_variant]
    sentences = [f"{'; '.join(protocols)}."] if protocols else []
    if entry.depends_on:
        sentences.append(DEPENDENCE[entry.depends_on].sentence.format(switches=join_words(entry.switches)))
    if entry.moved_by:
        moves = join_words([f"{name} ({by_variant[name]})" for name in entry.moved_by])
        sentences.append(f"Each alone changes the outcome: {moves}.")
    return " ".join(sentences)


def claim_reason(view: ReportView, claim: ClaimEntry) -> str:
    """Why a claim came out as it did, in one sentence."""
    verdicts = {
        verdict.candidate: verdict.outcome for verdict in view.report.verdicts if verdict.evaluation == view.evaluation
    }
    distances = {
        verdict.candidate: DISTANCES[verdict.distance] if verdict.distance else "no relative distance"
        for verdict in view.report.verdicts
        if verdict.evaluation == view.evaluation
    }
    names = [view.name(model) for model in claim.candidates]
    outcomes = [verdicts.get(model, "no verdict") for model in claim.candidates]
    return REASONS[claim.reason].format(
        models="; ".join(names),
        verdicts="; ".join(f"{name}: {outcome}" for name, outcome in zip(names, outcomes, strict=True)),
        distances="; ".join(
            f"{name}: {distances.get(model, 'no verdict')}" for name, model in zip(names, claim.candidates, strict=True)
        ),
        alpha=f"{claim.alpha:g}" if claim.alpha is not None else "",
        shares=_decided_shares(view),
    )


def _decided_shares(view: ReportView) -> str:
    """The alphas and distances by which something is shown, where not enough is."""
    shown = [
        f"{entry.outcome} at alpha {entry.alpha:g} {measure_words(entry.measure)}"
        for entry in transfer_entries(view, *MAIN_QUESTION)
        if entry.outcome != "inconclusive"
    ]
    return f"Shown: {join_words(shown)}; the rest is inconclusive." if shown else "Every alpha is inconclusive."


def claims_summary(view: ReportView) -> str:
    """Which claims hold and which do not, in one sentence."""
    return f"Of the paper's claims, {claims_by_outcome(view.report.claims)}."


def claims_by_outcome(claims: Iterable[ClaimEntry]) -> str:
    """Which claims have which outcome."""
    by_outcome: dict[ClaimOutcome, list[str]] = {}
    for claim in claims:
        by_outcome.setdefault(claim.outcome, []).append(claim.id)
    parts = [
        f"{join_words(ids)} {CLAIM_OUTCOMES[outcome].one if len(ids) == 1 else CLAIM_OUTCOMES[outcome].many}"
        for outcome, ids in by_outcome.items()
    ]
    return "; ".join(parts)


def claim_model(view: ReportView, claimed: ClaimFigure) -> str:
    """The model that a figure is about, or the students of one alpha."""
    return view.name(claimed.candidate) if claimed.candidate else f"students, alpha {claimed.alpha:g}"


def claim_figure(claimed: ClaimFigure) -> str:
    """What a figure is."""
    if claimed.quantity == "measure":
        return measure_title(claimed.measure)
    words = {"relative_distance": "relative distance", "share": "transferred share"}[claimed.quantity]
    return f"{words} {measure_words(claimed.measure)}"
