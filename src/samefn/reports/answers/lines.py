"""A report in about ten lines: the answers, the figures behind them, and what must be said beside them."""

from rich.cells import cell_len

from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer, candidate_answers, subject
from samefn.reports.answers.line import Line, Span, folded, padded, shortened
from samefn.reports.answers.notices import after_answers, before_answers
from samefn.reports.answers.several import several_lines
from samefn.reports.view import ReportView
from samefn.reports.wording.summary import headline
from samefn.schema.report import Report

NARROWEST, PIPE_WIDTH = 40, 80
# Facts that share a line.
_TOGETHER = ("size", "latency")


def answer_lines(report: Report, width: int = PIPE_WIDTH) -> list[Line]:
    """About ten lines for one candidate; for several a line each, the best first, seeds of one method together.

    Args:
        report: of a comparison or a study.
        width: of the terminal, in columns.
    """
    view, width = ReportView(report), max(NARROWEST, width)
    answers = candidate_answers(view)
    if not answers or view.base is None:
        return [*folded([], headline(view), width, "strong"), *after_answers(view, width)]
    own = _one(answers[0], width) if len(answers) == 1 else _several(answers, width)
    return [
        *folded([], subject(view), width, "strong"),
        *before_answers(view, width),
        *own,
        *after_answers(view, width),
    ]


def _one(answer: CandidateAnswer, width: int) -> list[Line]:
    lines = folded([Span(answer.words, answer.tone), Span("   ")], answer.limit, width)
    rows = _rows(answer.facts)
    label_width = max(cell_len(label) for label, _ in rows)
    for label, text in rows:
        lines += folded([Span("  "), Span(padded(label, label_width), "quiet"), Span("  ")], text, width)
    if answer.next_step:
        lines += folded([Span("  "), Span("to settle it: ", "quiet")], answer.next_step, width)
    return lines


def _several(answers: tuple[CandidateAnswer, ...], width: int) -> list[Line]:
    lines = [line for limit in dict.fromkeys(answer.limit for answer in answers) for line in folded([], limit, width)]
    lines += several_lines(answers, width)
    for answer in answers:
        if answer.next_step:
            head = f"to settle {shortened(answer.name, width // 3)}: "
            lines += folded([Span("  "), Span(head, "quiet")], answer.next_step, width)
    return lines


def _rows(facts: tuple[Fact, ...]) -> list[tuple[str, str]]:
    """Labels and texts of the lines; size and latency share one."""
    together = [fact for fact in facts if fact.key in _TOGETHER]
    rows = []
    for fact in facts:
        if fact.key not in _TOGETHER:
            rows.append((fact.label, _text(fact)))
        elif fact is together[0]:
            rows.append((", ".join(one.label for one in together), ", ".join(map(_text, together))))
    return rows


def _text(fact: Fact) -> str:
    shown = f"{fact.value} {fact.interval}".rstrip()
    return f"{shown} ({fact.note})" if fact.note else shown
