"""A report in about ten lines: the answers, the figures behind them, and what must be said beside them."""

from rich.cells import cell_len

from samefn.core.naming import join_words
from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer, candidate_answers, subject
from samefn.reports.answers.line import PIPE_WIDTH, Line, Span, folded, padded, shortened
from samefn.reports.answers.notices import after_answers, before_answers
from samefn.reports.answers.several import several_lines
from samefn.reports.answers.words import more_inputs
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_count
from samefn.reports.wording.summary import headline
from samefn.schema.report import Report

# Narrower terminals are not served.
NARROWEST = 60
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
    own = _one(answers[0], width) if len(answers) == 1 else _several(view, answers, width)
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


def _several(view: ReportView, answers: tuple[CandidateAnswer, ...], width: int) -> list[Line]:
    limits = dict.fromkeys(answer.limit for answer in answers)
    lines = [line for limit in limits for line in folded([], limit, width)] + several_lines(answers, width)
    return lines + _what_would_settle_them(view, answers, width)


def _what_would_settle_them(view: ReportView, answers: tuple[CandidateAnswer, ...], width: int) -> list[Line]:
    """How many more inputs, with the candidates for which these are enough; of seeds nothing is said."""
    alone = {answer.models[0].id for answer in answers if len(answer.models) == 1}
    names: dict[int, list[str]] = {}
    for one in view.judged:
        if one.model.id in alone and (more := more_inputs(one.verdict)) is not None:
            names.setdefault(more, []).append(shortened(one.model.name, width // 3))
    needed = [f"{format_count(more)} ({join_words(names[more])})" for more in sorted(names)]
    text = f"to settle it: about {'; '.join(needed)} more inputs if the share stays"
    return folded([Span("  ")], text, width) if needed else []


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
