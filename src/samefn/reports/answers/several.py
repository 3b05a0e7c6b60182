"""Several candidates, a line each, in columns as wide as they must be."""

from collections.abc import Sequence

from rich.cells import cell_len

from samefn.core.naming import join_words
from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer
from samefn.reports.answers.line import Line, Span, folded, padded, shortened
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.numbers import TIMES

_HEADINGS = {
    "changed": "changed",
    "divergence": "KL",
    "perplexity": "perplexity",
    "accuracy": "accuracy",
    "distance": "distance",
    "size": "size",
    "latency": "latency",
}
# Columns that give way in a narrow terminal, first the first; a latency only where no candidate is slower.
_OPTIONAL = ("accuracy", "latency", "distance", "divergence", "size")
_MEANINGS = {
    "accuracy": "accuracy: change in points",
    "distance": "distance: 0 own noise, 1 an independent",
}
_LEAST_NAME, _GAP = 12, "  "


def several_lines(answers: Sequence[CandidateAnswer], width: int) -> list[Line]:
    """A heading, a line for each candidate, and what the columns mean."""
    columns = {key: [_cell(answer, key) for answer in answers] for key in _HEADINGS}
    columns = {key: cells for key, cells in columns.items() if any(cell.text for cell in cells)}
    words = max(cell_len(answer.words) for answer in answers)
    left_out = []
    names = [_name(answer) for answer in answers]
    longest = max(map(cell_len, names))
    least = min(longest, _LEAST_NAME)
    while _room(columns, words, width) < least and (drop := _can_go(columns)):
        columns.pop(drop[0])
        left_out.append(drop[0])
    name = min(longest, max(least, _room(columns, words, width)))
    widths = {key: _width(key, cells) for key, cells in columns.items()}
    heading = [Span(" " * (2 + name + 2 + words), "quiet")]
    heading += [Span(_GAP + padded(_HEADINGS[key], widths[key]), "quiet") for key in columns]
    lines: list[Line] = [tuple(heading)]
    for at, answer in enumerate(answers):
        spans = [
            Span("* " if answer.best_trade_off else "  ", "strong"),
            Span(padded(shortened(names[at], name), name), "strong" if answer.best_trade_off else ""),
            Span(_GAP),
            Span(padded(answer.words, words), answer.tone),
        ]
        for key, cells in columns.items():
            spans += [Span(_GAP), Span(padded(cells[at].text, widths[key]), cells[at].style)]
        lines.append(tuple(spans))
    return lines + folded([Span("  ")], _legend(answers, list(columns), left_out), width, "quiet")


def _can_go(columns: dict[str, list[Span]]) -> list[str]:
    slower = any(cell.style == "farther" for cell in columns.get("latency", ()))
    return [key for key in _OPTIONAL if key in columns and not (key == "latency" and slower)]


def _legend(answers: Sequence[CandidateAnswer], shown: Sequence[str], left_out: Sequence[str]) -> str:
    parts = ["* best trade-off: the smallest that is the same"] if any(one.best_trade_off for one in answers) else []
    parts += [meaning for key, meaning in _MEANINGS.items() if key in shown]
    if any(len(one.models) > 1 for one in answers):
        parts.append(f"{TIMES} seeds: median (range)")
    if left_out:
        parts.append(f"left out here: {join_words([_HEADINGS[key] for key in left_out])}")
    return "; ".join(parts)


def _name(answer: CandidateAnswer) -> str:
    """Of the seeds of a method, the method and how many."""
    first, number = answer.models[0], len(answer.models)
    return printable(f"{first.family} {TIMES}{number}" if number > 1 else answer.name)


def _cell(answer: CandidateAnswer, key: str) -> Span:
    fact = next((fact for fact in answer.facts if fact.key == key), None)
    if fact is None or (key == "distance" and not fact.value[-1:].isdigit()):
        return Span("")
    return Span(_text(fact), fact.tone if fact.tone == "farther" and key in ("size", "latency") else "")


def _text(fact: Fact) -> str:
    return f"{fact.value} {fact.interval}".rstrip() if fact.key == "changed" else fact.short or fact.value


def _width(key: str, cells: Sequence[Span]) -> int:
    return max(cell_len(_HEADINGS[key]), *(cell_len(cell.text) for cell in cells))


def _room(columns: dict[str, list[Span]], words: int, width: int) -> int:
    """Columns of the terminal that are left for names."""
    taken = sum(len(_GAP) + _width(key, cells) for key, cells in columns.items())
    return width - 2 - len(_GAP) - words - taken
