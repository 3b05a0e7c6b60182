"""What was transferred, in words: a share of every outcome, and answers whose alphas differ."""

from collections.abc import Iterator
from typing import Any, get_args

from samefn.reports.view import ReportView
from samefn.reports.wording.transfer import (
    MAIN_QUESTION,
    QUESTIONS,
    transfer_answer,
    transfer_figures,
    transfer_sentence,
    transfer_summary,
    transfer_title,
)
from samefn.schema.claims import TransferEntry, TransferOutcome, TransferReason
from samefn.schema.report import Report

from .made_up import report

STATES = [
    *((outcome, None) for outcome in get_args(TransferOutcome) if outcome != "inconclusive"),
    *(("inconclusive", reason) for reason in get_args(TransferReason)),
]


def transfer_wording() -> Iterator[tuple[str, str]]:
    for outcome, reason in STATES:
        yield f"transfer, {reason or outcome}", transfer_sentence(share(0.1, outcome=outcome, reason=reason))
    random = share(0.1, reference="random", measure="total_variation", outcome="farther", share=-0.5)
    yield "transfer, random teacher", transfer_sentence(random)
    for outcome in get_args(TransferOutcome):
        yield f"transfer, {outcome}, in a table", transfer_title(share(0.1, outcome=outcome))
    for outcome, reason in STATES:
        entries = [share(alpha, outcome=outcome, reason=reason) for alpha in (0.1, 0.9)]
        yield f"transfer, answer, {reason or outcome}", transfer_answer(view(entries), *MAIN_QUESTION)
    yield "transfer, answer, mixed", transfer_answer(view(mixed()), *MAIN_QUESTION)
    yield "transfer, figures", transfer_figures(view(mixed()), *MAIN_QUESTION)
    others: list[dict[str, Any]] = [{"inputs": "teacher wrong"}, {"reference": "random"}]
    for other in others:
        entries = [*mixed(), *(entry.model_copy(update=other) for entry in mixed())]
        yield f"transfer, summary, {next(iter(other.values()))}", transfer_summary(view(entries))
    for question in QUESTIONS:
        yield f"transfer, question, {question.students} and {question.reference}", question.meaning


def share(alpha: float, **changes: Any) -> TransferEntry:
    made: dict[str, Any] = {
        "evaluation": "test",
        "teacher": "base",
        "students": "base",
        "reference": "control",
        "inputs": "all",
        "measure": "disagreement",
        "alpha": alpha,
        "reference_distance": 0.2,
        "student_distance": 0.12,
        "share": 0.4,
        "low": 0.31,
        "high": 0.49,
        "seeds": 5,
        "examples": 1000,
        "p_value": 0.03,
        "p_holm": 0.06 + 0.01 * alpha,
        "outcome": "transferred",
    }
    if changes.get("reason") in {"one seed", "no interval"}:
        made |= {"low": None, "high": None}
    if changes.get("reason") == "one seed":
        made |= {"seeds": 1, "p_value": None, "p_holm": None}
    return TransferEntry(**(made | changes))


def mixed() -> list[TransferEntry]:
    return [
        share(0.1),
        share(0.1, measure="total_variation"),
        share(0.5, outcome="inconclusive", reason="above 0"),
        share(0.5, outcome="nothing transferred", measure="total_variation"),
        share(0.9, outcome="inconclusive", reason="few seeds", seeds=3),
        share(0.9, outcome="inconclusive", reason="few seeds", seeds=3, measure="total_variation"),
    ]


def view(entries: list[TransferEntry]) -> ReportView:
    changed: Report = report().model_copy(update={"transfer": tuple(entries)})
    return ReportView(changed)
