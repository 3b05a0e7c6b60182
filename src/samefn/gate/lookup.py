"""Find the quantity of a requirement in a report, with its interval."""

import math
from collections.abc import Callable
from typing import TypeGuard

from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.reports.view import ReportView
from samefn.schema.base import Compared
from samefn.schema.costs import CostEntry
from samefn.schema.language import LanguageEntry
from samefn.schema.lookup import by_measure, compared_by
from samefn.schema.notes import Note
from samefn.schema.quantities import Quantity
from samefn.schema.report import MeasureEntry, ModelEntry, Report
from samefn.schema.verdicts import VerdictEntry
from samefn.statistics.cluster_intervals import OVER_BLOCKS
from samefn.statistics.proportions import clopper_pearson

_LANGUAGE = frozenset(figure.name for figure in LANGUAGE_FIGURES)
_RATIO = "_ratio"


def find_quantity(findings: ReportView, candidate: ModelEntry, name: str, argument: str = "") -> Quantity:
    """A candidate's quantity against the base, on the first evaluation set.

    Args:
        findings: the report.
        candidate: one of its models.
        name: of the quantity, in `QUANTITIES`, or of the question, in `ANSWERS`.
        argument: what stands in its brackets; empty without.
    """
    if name == "relative_distance":
        return _relative_distance(findings, candidate, argument)
    if name in MEASURES:
        return _measure(findings, candidate, name)
    if name in _LANGUAGE:
        return _language(findings.report, candidate, name)
    if name == "accuracy":
        return _accuracy(findings, candidate)
    if name not in _OF_VERDICT:
        return _cost(findings.report, candidate, name)
    entry = _verdict(findings, candidate)
    return Quantity(missing="no verdict") if entry is None else _OF_VERDICT[name](entry)


def _relative_distance(findings: ReportView, candidate: ModelEntry, measure: str) -> Quantity:
    entry = by_measure(findings.report.relative_distances, _about(findings, candidate)).get(measure)
    if entry is None:
        return Quantity(missing="not measured")
    if entry.value is None:
        return Quantity(missing="no relative distance", refused=entry.refused)
    return _sampled(entry.value, entry.low, entry.high)


def _measure(findings: ReportView, candidate: ModelEntry, measure: str) -> Quantity:
    entry = by_measure(findings.report.measures, _about(findings, candidate)).get(measure)
    return Quantity(missing="not measured") if entry is None else _of_entry(entry)


def _language(report: Report, candidate: ModelEntry, figure: str) -> Quantity:
    entry = next((e for e in report.language if (e.candidate, e.figure) == (candidate.id, figure)), None)
    return Quantity(missing="no language model") if entry is None else _of_entry(entry)


def _of_entry(entry: MeasureEntry | LanguageEntry) -> Quantity:
    if entry.value is None:
        return Quantity(missing="no value", notes=entry.notes)
    return _sampled(entry.value, entry.low, entry.high, entry.notes)


def _accuracy(findings: ReportView, candidate: ModelEntry) -> Quantity:
    """Accuracy with its exact interval over examples, at the confidence of the report."""
    entry = next((e for e in findings.report.measures if e.evaluation == findings.evaluation), None)
    examples = entry.examples if entry else 0
    if candidate.accuracy is None or entry is None or not examples:
        return Quantity(missing="no labels")
    if entry.interval in OVER_BLOCKS:  # the exact interval is that of independent examples
        return Quantity(value=candidate.accuracy, missing="dependent tokens")
    low, high = clopper_pearson(round(candidate.accuracy * examples), examples, findings.report.confidence)
    return Quantity(value=candidate.accuracy, low=low, high=high)


def _outcome(entry: VerdictEntry) -> Quantity:
    return Quantity(verdict=entry.outcome)


def _quality(entry: VerdictEntry) -> Quantity:
    return Quantity(missing="no labels") if entry.quality == "no labels" else Quantity(verdict=entry.quality)


def _distance(entry: VerdictEntry) -> Quantity:
    return Quantity(missing="no relative distance") if entry.distance is None else Quantity(verdict=entry.distance)


def _loss(entry: VerdictEntry) -> Quantity:
    return Quantity(missing="no labels") if entry.loss_side is None else Quantity(verdict=entry.loss_side)


def _probabilities(entry: VerdictEntry) -> Quantity:
    if entry.probabilities_moved is None:
        return Quantity(missing="no relative distance")
    return Quantity(verdict="moved" if entry.probabilities_moved else "not moved")


def _net_loss(entry: VerdictEntry) -> Quantity:
    if entry.net_loss is None:
        return Quantity(missing="no labels")
    return _sampled(entry.net_loss, entry.net_loss_low, entry.net_loss_high)


def _worst_part(entry: VerdictEntry) -> Quantity:
    worst = entry.worst
    if worst is None:
        return Quantity(missing="not measured")
    return _sampled(worst.share, worst.low, worst.high).model_copy(update={"worst_part": f"{worst.by} {worst.name}"})


_OF_VERDICT: dict[str, Callable[[VerdictEntry], Quantity]] = {
    "verdict": _outcome,
    "quality": _quality,
    "distance": _distance,
    "loss": _loss,
    "probabilities": _probabilities,
    "net_loss": _net_loss,
    "worst_part": _worst_part,
}


def _verdict(findings: ReportView, candidate: ModelEntry) -> VerdictEntry | None:
    about = _about(findings, candidate)
    return next((entry for entry in findings.report.verdicts if compared_by(entry) == about), None)


def _about(findings: ReportView, candidate: ModelEntry) -> Compared:
    """The candidate beside the base, on the first evaluation set."""
    return Compared(candidate.id, findings.base.id if findings.base else "", findings.evaluation)


def _cost(report: Report, candidate: ModelEntry, name: str) -> Quantity:
    """What a model costs: a point without an interval."""
    cost = name.removesuffix(_RATIO)
    value = _costs(candidate).get(cost)
    if value is None:
        return Quantity(missing="not measured")
    if name.endswith(_RATIO):
        of_base = _costs(report.base).get(cost)
        if not of_base:
            return Quantity(missing="base not measured")
        value = value / of_base
    return Quantity(value=value, low=value, high=value)


def _costs(model: ModelEntry) -> dict[str, float | None]:
    cost = model.cost or CostEntry()
    share = cost.nonzero / cost.parameters if cost.parameters and cost.nonzero is not None else None
    return {
        "bytes": model.bytes,
        "parameters": cost.parameters,
        "nonzero_share": share,
        "latency": cost.whole.median if cost.whole else None,
        "latency_one": cost.one.median if cost.one else None,
        "memory": cost.memory,
    }


def _sampled(value: float, low: float | None, high: float | None, notes: tuple[Note, ...] = ()) -> Quantity:
    """A quantity of a sample: without an interval no test can be made of it."""
    if math.isnan(value):
        return Quantity(missing="not a number", notes=notes)
    if not _number(low) or not _number(high):
        return Quantity(value=value, missing="no interval", notes=notes)
    if any(note.code == "few differ" for note in notes):  # of an older version, which allowed for nothing unseen
        return Quantity(value=value, missing="narrow interval", notes=notes)
    return Quantity(value=value, low=low, high=high, notes=notes)


def _number(end: float | None) -> TypeGuard[float]:
    return end is not None and not math.isnan(end)
