"""What was transferred from the teacher, as tables: one that holds all, and one for each question and its inputs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from samefn.reports.tables.table import Cell, Column, Table
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import format_count, format_with_interval
from samefn.reports.wording.transfer import (
    INPUTS,
    QUESTIONS,
    TransferQuestion,
    measure_words,
    transfer_answer,
    transfer_covers,
    transfer_entries,
    transfer_title,
)
from samefn.schema.claims import TransferEntry
from samefn.schema.report import Report

_WHO = {"base": "of the base", "random": "of a random teacher", "control": "the control"}

_COLUMNS = (
    Column("evaluation", "evaluation", numeric=False),
    Column("teacher", "teacher", numeric=False),
    Column("students", "students", numeric=False),
    Column("reference", "reference", numeric=False),
    Column("inputs", "inputs", numeric=False),
    Column("alpha", "alpha", numeric=False, note="Weight of the labels in the loss."),
    Column("measure", "distance", numeric=False),
    Column("reference_distance", "reference's distance", note="Mean distance to the teacher, 0 to 1."),
    Column("student_distance", "student's distance", note="Mean distance to the teacher, 0 to 1."),
    Column("share", "share", "%", interval=True, note="0: nothing; 100: a copy of the teacher."),
    Column("seeds", "seeds"),
    Column("examples", "examples"),
    Column("p_value", "p", note="Two-sided, that nothing is transferred; by the rule of the interval."),
    Column("p_holm", "p (Holm)", note="The same, adjusted by Holm."),
    Column("outcome", "outcome", numeric=False),
)
_KEYS = ("alpha", "measure", "reference_distance", "student_distance", "share", "seeds", "p_holm", "outcome")
_SHOWN = tuple(column for column in _COLUMNS if column.key in _KEYS)

SHARE = (
    "Transferred share: how much nearer to the teacher the students are than their references, relative to the "
    "references' distance. In brackets: Fieller's interval {covers}."
)


@dataclass(frozen=True)
class TransferPart:
    """One question on some inputs: an answer in words, and its table."""

    inputs: str
    answer: str
    table: Table


def transfer_table(report: Report) -> Table:
    """Every share, in the report's order; no rows without students."""
    table = _table(ReportView(report), "transfer", "What was transferred from the teacher", report.transfer, _COLUMNS)
    return replace(table, notes=(SHARE.format(covers=transfer_covers(report.transfer)),) if table.rows else ())


def transfer_parts(view: ReportView) -> tuple[tuple[TransferQuestion, tuple[TransferPart, ...]], ...]:
    """The questions that the report can answer, each on all inputs and where the teacher is wrong."""
    parts = []
    for question in QUESTIONS:
        answers = []
        for inputs, words in INPUTS.items():
            if entries := transfer_entries(view, question, inputs):
                name = f"transfer-{question.students}-{question.reference}-{'all' if inputs == 'all' else 'wrong'}"
                title = f"{words[0].upper()}{words[1:]}: {entries[0].examples:,} inputs"
                table = _table(view, name, title, entries, _SHOWN)
                answers.append(TransferPart(words, transfer_answer(view, question, inputs), table))
        if answers:
            parts.append((question, tuple(answers)))
    return tuple(parts)


def _table(
    view: ReportView, name: str, title: str, entries: Sequence[TransferEntry], columns: Sequence[Column]
) -> Table:
    rows = []
    for entry in entries:
        cells = _cells(view, entry)
        rows.append(tuple(cells[column.key] for column in columns))
    return Table(name, title, tuple(columns), tuple(rows))


def _cells(view: ReportView, entry: TransferEntry) -> dict[str, Cell]:
    share = format_with_interval(entry.share, entry.low, entry.high, percent=True)
    return {
        "evaluation": Cell(entry.evaluation, entry.evaluation),
        "teacher": Cell(view.name(entry.teacher), entry.teacher),
        "students": Cell(_WHO[entry.students], entry.students),
        "reference": Cell(_WHO[entry.reference], entry.reference),
        "inputs": Cell(INPUTS[entry.inputs], entry.inputs),
        "alpha": Cell(f"{entry.alpha:g}", entry.alpha),
        "measure": Cell(measure_words(entry.measure), entry.measure),
        "share": Cell(share.text, entry.share, share.interval, entry.low, entry.high),
        "seeds": Cell(format_count(entry.seeds), entry.seeds),
        "examples": Cell(format_count(entry.examples), entry.examples),
        "outcome": Cell(transfer_title(entry), entry.outcome),
        **{key: Cell(format_with_interval(number).text, number) for key, number in _plain(entry).items()},
    }


def _plain(entry: TransferEntry) -> dict[str, float | None]:
    keys = ("reference_distance", "student_distance", "p_value", "p_holm")
    return {key: getattr(entry, key) for key in keys}
