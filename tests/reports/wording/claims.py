"""The paper's claims in words: what each says, every reason, and what the outcomes of a pair depend on."""

from collections.abc import Iterator
from typing import get_args

from samefn.reports.view import ReportView
from samefn.reports.wording.claims import (
    CLAIM_WORDING,
    claim_figure,
    claim_model,
    claim_reason,
    claims_summary,
    dependence_reason,
    dependence_title,
)
from samefn.schema.claims import ClaimEntry, ClaimFigure, ClaimOutcome, ClaimReason
from samefn.schema.overview import ClaimInStudy, ClaimOfPair, Dependence, Overview, StudyEntry

from .made_up import CANDIDATES, report
from .transfer import mixed


def claim_wording() -> Iterator[tuple[str, str]]:
    for claim, words in CLAIM_WORDING.items():
        yield f"claim {claim}, statement", words.statement
        yield f"claim {claim}, rule", words.rule
    view = ReportView(report().model_copy(update={"transfer": tuple(mixed())}))
    for reason in get_args(ClaimReason):
        entry = ClaimEntry(id="C1", outcome="holds", reason=reason, candidates=tuple(CANDIDATES)[:3], alpha=0.1)
        yield f"claim, {reason}", claim_reason(view, entry)
    undecided = ClaimEntry(id="C4", outcome="inconclusive", reason="transfer undecided")
    yield "claim, nothing shown at any alpha", claim_reason(ReportView(report()), undecided)
    for outcome in get_args(ClaimOutcome):
        one, *others = (ClaimEntry(id=claim, outcome=outcome, reason="verdicts") for claim in CLAIM_WORDING)
        for claims in ((one,), (one, *others)):
            made = report().model_copy(update={"claims": claims})
            yield f"claims, {len(claims)}, {outcome}", claims_summary(ReportView(made))
    for name, figure in figures().items():
        yield f"claim, figure, {name}", f"{claim_model(view, figure)}: {claim_figure(figure)}"
    yield from dependence()


def figures() -> dict[str, ClaimFigure]:
    ends = {"value": 0.5, "low": 0.4, "high": 0.6}
    return {
        "relative distance": ClaimFigure(
            quantity="relative_distance", measure="total_variation", candidate="int8", **ends
        ),
        "measure": ClaimFigure(quantity="measure", measure="accuracy_deviation", candidate="int8", **ends),
        "share": ClaimFigure(quantity="share", measure="disagreement", alpha=0.5, **ends),
    }


def dependence() -> Iterator[tuple[str, str]]:
    outcomes: dict[str, ClaimOutcome] = {"corrected": "does not hold", "published": "holds", "double-softmax": "holds"}
    studies = [
        StudyEntry(name=variant, pair="mnist-lenet", variant=variant, data="mnist", net="lenet")  # type: ignore[arg-type]
        for variant in (*outcomes, "dynamic-range")
    ]
    claims = [ClaimInStudy(claim="C4", study=name, outcome=outcome, because="") for name, outcome in outcomes.items()]
    overview = Overview(
        samefn="0.1.0",
        suite={},
        studies=tuple(studies),
        deviations=(),
        claims=tuple(claims),
        settled=(),
        trend=(),
    )
    for code in get_args(Dependence):
        switches = {"switches": ("double-softmax", "dynamic-range")}.get(code, ())
        entry = ClaimOfPair(claim="C4", pair="mnist-lenet", outcome="depends on", depends_on=code, switches=switches)
        yield f"dependence, {code}, title", dependence_title(entry)
        yield f"dependence, {code}", dependence_reason(overview, entry)
    moved = ClaimOfPair(claim="C4", pair="mnist-lenet", outcome="does not hold", moved_by=("double-softmax",))
    yield "dependence, protocols agree", dependence_reason(overview, moved)
    unmade = overview.model_copy(update={"claims": tuple(claims[1:])})
    yield "dependence, a study was not made", dependence_reason(unmade, moved.model_copy(update={"moved_by": ()}))
