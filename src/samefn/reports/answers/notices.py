"""What must be said beside the answers, a line each: doubts, claims, requirements, warnings, failures."""

from samefn.core.naming import join_words
from samefn.reports.answers.line import Line, Span, folded, said
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import claims_by_outcome
from samefn.reports.wording.divergence import infinite_divergences
from samefn.reports.wording.protocol import protocol_notice
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.warnings import base_sentence, further_warnings
from samefn.schema.report import Report


def before_answers(view: ReportView, width: int) -> list[Line]:
    """What puts every answer in doubt: a base that cannot do its task, another protocol than the corrected one."""
    doubt, notice = base_sentence(view.report), protocol_notice(view.report)
    lines = folded([Span("  ")], doubt, width, "farther") if doubt else []
    return lines + (said(notice.term.lower(), [notice.sentence], width, most=2, style="alike") if notice else [])


def after_answers(view: ReportView, width: int) -> list[Line]:
    """Claims, requirements, infinite divergences, warnings, and models that could not be made or measured."""
    report = view.report
    claims = [f"{claims_by_outcome(report.claims)}"] if report.claims else []
    met = [requirements_met(report)] if report.requirements else []
    unmet = [requirement_sentence(view, entry) for entry in report.requirements if entry.outcome != "holds"]
    failed = [_failure(names, error) for error, names in failed_models(report).items()]
    return [
        *said("claims", claims, width),
        *(line for sentence in met for line in folded([Span("  ")], sentence, width)),
        *said("not met", unmet, width, most=2),
        *said("infinite", infinite_divergences(report), width, most=2),
        *said("warning", further_warnings(report), width, most=1),
        *said("not made", failed, width, most=3),
    ]


def failed_models(report: Report) -> dict[str, str]:
    """The models by the reason why they failed: a fault of the data is said once for all of them."""
    models: dict[str, list[str]] = {}
    for failure in report.failures:
        models.setdefault(failure.error, []).append(failure.label)
    return {error: join_words(names) for error, names in models.items()}


def _failure(names: str, error: str) -> str:
    """An error about a file begins with the file's name."""
    return error if error.startswith(f"{names}: ") else f"{names}: {error}"
