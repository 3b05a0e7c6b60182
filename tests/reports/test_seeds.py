"""Rows folded over seeds: smallest and largest, words counted, and everything else unchanged."""

from samefn.reports.tables.seeds import over_seeds
from samefn.reports.tables.table import Cell, Column, Table
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry

MADE_UP = Given(adapter="made up")
COLUMNS = (Column("model", "model", numeric=False), Column("verdict", "verdict", numeric=False), Column("x", "x"))


class Models:
    """The part of a report that is read."""

    def __init__(self, *models):
        self.models = models


def student(model_id, seed, alpha=0.1):
    family, name = f"student, alpha {alpha:g}", f"student, alpha {alpha:g}, seed {seed}"
    return ModelEntry(id=model_id, name=name, role="student", method=MADE_UP, family=family)


def row(name, verdict, number):
    return (Cell(name), Cell(verdict), Cell(f"{number:g}", number, "[0, 9]", 0, 9))


def folded(models, *rows):
    table = Table("t", "t", COLUMNS, rows, tuple(model.id for model in models))
    return [tuple(str(cell) for cell in one) for one in over_seeds(table, Models(*models)).rows]


def test_students_of_one_alpha_become_one_row():
    models = [student("a", 1), student("b", 2), student("c", 3, alpha=0.9), student("d", 4)]
    rows = (
        row("student, alpha 0.1, seed 1", "changed", 5),
        row("student, alpha 0.1, seed 2", "same", 3),
        row("student, alpha 0.9, seed 3", "changed", 7),
        row("student, alpha 0.1, seed 4", "changed", 4),
    )
    assert folded(models, *rows) == [
        ("student, alpha 0.1, 3 seeds", "2 changed, 1 same", "3 to 5"),
        ("student, alpha 0.9, seed 3", "changed", "7 [0, 9]"),
    ]


def test_independents_become_one_row_and_others_stay():
    models = [ModelEntry(id=f"i{n}", name=f"independent {n}", role="independent", method=MADE_UP) for n in (1, 2)]
    models += [ModelEntry(id=f"p{n}", name=f"pruned {n}", role="pruned", method=MADE_UP) for n in (1, 2)]
    rows = [row(model.name, "same", 2) for model in models]
    assert folded(models, *rows) == [
        ("2 independents", "same", "2"),
        ("pruned 1", "same", "2 [0, 9]"),
        ("pruned 2", "same", "2 [0, 9]"),
    ]


def test_failed_models_keep_their_rows():
    rows = (row("lost", "not made", 0), row("lost too", "not made", 0))
    table = Table("t", "t", COLUMNS, rows, (None, None))
    assert over_seeds(table, Models()).rows == table.rows
