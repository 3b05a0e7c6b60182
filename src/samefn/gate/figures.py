"""Where a figure of a requirement stands in a report, with its interval."""

import math
from dataclasses import dataclass
from typing import Any, TypeGuard

from samefn.gate.names import VERDICT
from samefn.gate.requirement import Requirement
from samefn.measures.language import LANGUAGE_FIGURES
from samefn.measures.table import MEASURES
from samefn.reports.findings import Findings
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import VerdictEntry
from samefn.spec.study import Intervals
from samefn.statistics.cluster_intervals import OVER_BLOCKS
from samefn.statistics.intervals import TOO_NARROW
from samefn.statistics.proportions import clopper_pearson

_LANGUAGE = frozenset(one.name for one in LANGUAGE_FIGURES)
_RATIO = "_ratio"


@dataclass(frozen=True)
class Found:
    """A figure.

    Attributes:
        value: the figure; None where there is none.
        low: lower end of its interval; the value where the figure is exact; None where it has none that can be tested.
        high: upper end.
        outcome: of a verdict, which.
        note: why there is no figure or no interval, or what limits it; empty where nothing does.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    outcome: str = ""
    note: str = ""


def find_figure(report: Report, candidate: ModelEntry, wanted: Requirement) -> Found:
    """A candidate's figure against the base, on the first evaluation set."""
    findings, name = Findings(report), wanted.figure
    if name == "scale":
        return _scale(findings, candidate, wanted.argument)
    if name in MEASURES:
        return _measure(findings, candidate, name)
    if name in _LANGUAGE:
        return _language(report, candidate, name)
    found = {VERDICT: _outcome, "worst_class": _worst_class, "accuracy": _accuracy}.get(name)
    return found(findings, candidate) if found else _cost(report, candidate, name)


def _scale(findings: Findings, candidate: ModelEntry, measure: str) -> Found:
    entry = next((e for e in findings.report.scale if _about(e, findings, candidate) and e.measure == measure), None)
    if entry is None:
        return Found(note="it was not measured")
    if entry.value is None:
        return Found(note=f"there is no scale: {entry.refused}")
    return _sampled(entry.value, entry.low, entry.high, "")


def _measure(findings: Findings, candidate: ModelEntry, measure: str) -> Found:
    entry = next((e for e in findings.report.measures if _about(e, findings, candidate) and e.measure == measure), None)
    if entry is None or entry.value is None:
        return Found(note=entry.note if entry and entry.note else "it was not measured")
    return _sampled(entry.value, entry.low, entry.high, entry.note)


def _language(report: Report, candidate: ModelEntry, figure: str) -> Found:
    entry = next((e for e in report.language if (e.candidate, e.figure) == (candidate.id, figure)), None)
    if entry is None or entry.value is None:
        return Found(note=entry.note if entry and entry.note else "it is of language models, and was not measured")
    return _sampled(entry.value, entry.low, entry.high, entry.note)


def _accuracy(findings: Findings, candidate: ModelEntry) -> Found:
    """Accuracy with its exact interval over examples, at the confidence of the report."""
    entry = next((e for e in findings.report.measures if _about(e, findings, candidate)), None)
    examples = entry.examples if entry else 0
    if candidate.accuracy is None or entry is None or not examples:
        return Found(note="there are no labels")
    if entry.interval in OVER_BLOCKS:  # the exact interval is that of independent examples
        return Found(candidate.accuracy, note="tokens of one text depend on one another; see accuracy_deviation")
    intervals: Any = findings.report.study.get("intervals")
    said = intervals.get("confidence") if isinstance(intervals, dict) else None
    confidence = said if isinstance(said, float) and 0 < said < 1 else Intervals().confidence
    low, high = clopper_pearson(round(candidate.accuracy * examples), examples, confidence)
    return Found(candidate.accuracy, low, high)


def _outcome(findings: Findings, candidate: ModelEntry) -> Found:
    entry = _verdict(findings, candidate)
    return Found(outcome=entry.outcome) if entry else Found(note="no verdict was made")


def _worst_class(findings: Findings, candidate: ModelEntry) -> Found:
    entry = _verdict(findings, candidate)
    if entry is None or entry.worst_class_changed is None:
        return Found(note="it was not measured")
    note = f"class {entry.worst_class}" if entry.worst_class else ""
    return _sampled(entry.worst_class_changed, entry.worst_class_low, entry.worst_class_high, note)


def _verdict(findings: Findings, candidate: ModelEntry) -> VerdictEntry | None:
    return next((entry for entry in findings.report.verdicts if _about(entry, findings, candidate)), None)


def _about(entry: Any, findings: Findings, candidate: ModelEntry) -> bool:
    """Whether an entry compares the candidate with the base, on the first evaluation set."""
    base = findings.base.id if findings.base else None
    return (entry.evaluation, entry.base, entry.candidate) == (findings.evaluation, base, candidate.id)


def _cost(report: Report, candidate: ModelEntry, figure: str) -> Found:
    """What a model costs: a point without an interval."""
    name = figure.removesuffix(_RATIO)
    value = _costs(candidate).get(name)
    if value is None:
        return Found(note="it was not measured")
    if figure.endswith(_RATIO):
        of_base = _costs(report.base).get(name)
        if not of_base:
            return Found(note="the base's was not measured")
        value = value / of_base
    return Found(value, value, value)


def _costs(model: ModelEntry) -> dict[str, float | None]:
    found: dict[str, float | None] = {"bytes": model.bytes}
    if model.cost is not None:
        found |= model.cost.model_dump()
        if model.cost.parameters and model.cost.nonzero is not None:
            found["nonzero_share"] = model.cost.nonzero / model.cost.parameters
    return found


def _sampled(value: float, low: float | None, high: float | None, note: str) -> Found:
    """A figure of a sample: without an interval nothing can be said of it."""
    if math.isnan(value):
        return Found(note=note or "it is not a number")
    if not _number(low) or not _number(high) or TOO_NARROW in note:
        return Found(value, note=note or "it has no interval")
    return Found(value, low, high, note=note)


def _number(end: float | None) -> TypeGuard[float]:
    return end is not None and not math.isnan(end)
