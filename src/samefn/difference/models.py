"""Which models two runs have in common, and whose answers changed."""

from collections import Counter
from typing import get_args

from samefn.difference.figures import RunFigures
from samefn.difference.settings import MatchedModels
from samefn.schema.claims import ClaimId
from samefn.schema.difference import AnswerChange, AnswerQuestion, UnmatchedModel
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import VerdictEntry

# Of each question, the field of a verdict that answers it, and what is said where none does.
QUESTIONS: dict[AnswerQuestion, tuple[str, str]] = {
    "verdict": ("outcome", "no verdict"),
    "quality": ("quality", "no labels"),
    "distance": ("distance", "no independents"),
}


def match_models(before: Report, after: Report) -> MatchedModels:
    """Models of the same role and name, the base first; those that share a name are told apart by their id.

    The bases are matched whatever they are called. Replicates are left out: what they measure is in the noise floor.
    """
    sides = [{_key(one, report): one for one in _models(report)} for report in (before, after)]
    return [(one, sides[1][key]) for key, one in sides[0].items() if key in sides[1]]


def unmatched(report: Report, other: Report, matched: MatchedModels) -> tuple[UnmatchedModel, ...]:
    """The models of a report that the other has not, with the other's reason where it names one.

    Args:
        report: whose models.
        other: the other report.
        matched: those that both have.
    """
    known = {id(one) for pair in matched for one in pair}
    errors = {failure.label: failure.error for failure in other.failures}
    errors |= {failure.model: failure.error for failure in other.failures if not failure.name}
    return tuple(
        UnmatchedModel(name=one.name, role=one.role, error=errors.get(one.name, errors.get(one.id, "")))
        for one in _models(report)
        if id(one) not in known
    )


def changed_answers(
    before: RunFigures, after: RunFigures, models: tuple[ModelEntry, ModelEntry]
) -> tuple[AnswerChange, ...]:
    """The answers of a candidate's verdict that changed."""
    entries = [_verdict(run, model) for run, model in zip((before, after), models, strict=True)]
    found = []
    for question, (field, without) in QUESTIONS.items():
        one, other = (getattr(entry, field, None) or without for entry in entries)
        if one != other:
            found.append(AnswerChange(question=question, before=one, after=other))
    return tuple(found)


def changed_claims(before: Report, after: Report) -> tuple[AnswerChange, ...]:
    """The paper's claims with another outcome; none where one of the two is no study."""
    outcomes = [{claim.id: claim.outcome for claim in report.claims} for report in (before, after)]
    return tuple(
        AnswerChange(question=name, before=outcomes[0][name], after=outcomes[1][name])
        for name in get_args(ClaimId)
        if all(name in of for of in outcomes) and outcomes[0][name] != outcomes[1][name]
    )


def _models(report: Report) -> list[ModelEntry]:
    return [one for one in report.models if one.role != "replicate"]


def _key(model: ModelEntry, report: Report) -> tuple[str, ...]:
    if model.role == "base":
        return ("base",)
    shared = Counter(one.name for one in report.models)[model.name] > 1
    return (model.role, model.name, model.id) if shared else (model.role, model.name)


def _verdict(run: RunFigures, model: ModelEntry) -> VerdictEntry | None:
    about = run.view.evaluation, model.id
    return next((one for one in run.view.report.verdicts if (one.evaluation, one.candidate) == about), None)
