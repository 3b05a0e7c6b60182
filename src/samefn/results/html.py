"""A result as HTML in a notebook: the answers as a small table, escaped, and a chart as a picture."""

from base64 import b64encode
from html import escape

from samefn.reports.answers.fact import Fact
from samefn.reports.answers.facts import CandidateAnswer, candidate_answers, subject
from samefn.reports.charts.inline import AnyChart, svg_text
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.wording.summary import headline

# So many candidates are shown; the rest is counted.
MOST = 12


def answers_html(view: ReportView) -> str:
    """A row a candidate, the best first, and a column for each figure that one of them has."""
    answers = candidate_answers(view)
    if not answers:
        return f"<p>{_text(headline(view))}</p>"
    shown = answers[:MOST]
    labels = {fact.key: fact.label for answer in shown for fact in answer.facts}
    head = "".join(f"<th>{_text(title)}</th>" for title in ("candidate", "answer", *labels.values()))
    rows = "".join(f"<tr>{_row(answer, list(labels))}</tr>" for answer in shown)
    limits = "; ".join(dict.fromkeys(answer.limit for answer in answers))
    left = len(answers) - len(shown)
    more = f"<p>{left} more candidates: see <code>answers.frame()</code>.</p>" if left else ""
    return (
        f"<p><b>{_text(subject(view))}</b><br>{_text(limits)}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"
    )


def chart_image(chart: AnyChart, title: str) -> str:
    """The chart as a picture of a page: no script in it can run, and no name in it is HTML."""
    data = b64encode(svg_text(chart).encode()).decode()
    return f'<img alt="{_text(title)}" src="data:image/svg+xml;base64,{data}">'


def _row(answer: CandidateAnswer, keys: list[str]) -> str:
    facts = {fact.key: fact for fact in answer.facts}
    cells = "".join(_cell(facts.get(key)) for key in keys)
    best = " (best trade-off)" if answer.best_trade_off else ""
    return f"<th>{_text(answer.name)}</th><td><b>{_text(answer.words)}</b>{best}</td>{cells}"


def _cell(fact: Fact | None) -> str:
    if fact is None:
        return "<td></td>"
    note = f"<br><small>{_text(fact.note)}</small>" if fact.note else ""
    return f"<td>{_text(f'{fact.value} {fact.interval}'.rstrip())}{note}</td>"


def _text(text: str) -> str:
    return escape(printable(text))
