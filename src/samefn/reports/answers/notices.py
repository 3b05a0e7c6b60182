"""What must be said beside the answers, a line each: doubts, claims, requirements, warnings, failures."""

from samefn.core.naming import join_words
from samefn.reports.answers.line import Line, Span, Style, folded
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import claims_by_outcome
from samefn.reports.wording.layers import layer_sentences
from samefn.reports.wording.protocol import protocol_notice
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.verdicts import DOUBTS
from samefn.reports.wording.warnings import all_warnings
from samefn.schema.report import Report

# So many of a kind are said; the rest is counted.
MOST = 3


def before_answers(view: ReportView, width: int) -> list[Line]:
    """What puts every answer in doubt: a base that cannot do its task, another protocol than the corrected one."""
    doubts = {one.doubt for one in view.report.overall if one.doubt}
    lines = [line for doubt in doubts for line in _said("check first", DOUBTS[doubt], width, "farther")]
    notice = protocol_notice(view.report)
    return lines + (_said(notice.term.lower(), notice.sentence, width, "alike") if notice else [])


def after_answers(view: ReportView, width: int) -> list[Line]:
    """Claims, layers, requirements, warnings, and models that could not be made or measured."""
    report = view.report
    unmet = [requirement_sentence(view, entry) for entry in report.requirements if entry.outcome != "holds"]
    lines = _said("claims", claims_by_outcome(report.claims), width) if report.claims else []
    lines += _each("layers", [sentence for _, sentence in layer_sentences(view)], width)
    lines += _said("requirements", requirements_met(report), width) if report.requirements else []
    lines += _each("not met", unmet, width)
    lines += _each("warning", list(all_warnings(report)), width)
    return lines + _each("not made", [f"{names}: {error}" for error, names in failures(report).items()], width)


def failures(report: Report) -> dict[str, str]:
    """The models by the reason why they failed: a fault of the data is said once for all of them."""
    models: dict[str, list[str]] = {}
    for failure in report.failures:
        models.setdefault(failure.error, []).append(failure.label)
    return {error: join_words(names) for error, names in models.items()}


def _each(term: str, sentences: list[str], width: int) -> list[Line]:
    lines = [line for sentence in sentences[:MOST] for line in _said(term, sentence, width)]
    more = len(sentences) - MOST
    return lines + (_said(term, f"{more} more, with -v", width) if more > 0 else [])


def _said(term: str, sentence: str, width: int, style: Style = "strong") -> list[Line]:
    return folded([Span("  "), Span(f"{term}: ", style)], sentence, width)
