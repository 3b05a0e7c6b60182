"""The reference page of report.json says of every part what it means."""

import numpy as np

from generators.docstrings import entries, sections
from generators.model_tables import meanings, nested_models
from generators.report import FIGURES, MEANINGS, TABLES, report_page
from samefn.analysis.rows import all_rows, rows_of
from samefn.analysis.subject import Subject
from samefn.predictions.predictions import Predictions
from samefn.predictions.trajectory import Trajectory
from samefn.reports.charts.drawings import drawings
from samefn.reports.view import ReportView
from samefn.reports.write import all_tables
from samefn.schema.methods import Given
from samefn.schema.report import ModelEntry, Report


def test_every_field_has_one_meaning() -> None:
    found = meanings(Report, MEANINGS)
    assert [f"{model}.{key}" for model, keys in found.items() for key, text in keys.items() if not text] == []
    for model in nested_models(Report):
        said_here = set(MEANINGS.get(model.__name__, {}))
        assert said_here <= set(model.model_fields), model
        assert not said_here & set(entries(sections(model.__doc__).get("Attributes", ""))), model
    assert set(MEANINGS) <= set(found)


# The report of a study has none of these; that of a comparison is looked at beside its own test.
OF_COMPARISONS = {
    "requirements",
    "ranking",
    "layers",
    "language",
    "tradeoff-bytes",
    "tradeoff-latency",
    "layers-1-forward",
}


def test_tables_and_figures_are_those_that_are_written(report: Report) -> None:
    assert [table.name for table in all_tables(report)] == [name for name in TABLES if name not in OF_COMPARISONS]
    figures = [drawing.name for drawing in drawings(ReportView(report))]
    assert figures == [name for name in FIGURES if name not in OF_COMPARISONS]


def test_columns_are_those_that_are_written() -> None:
    said = Predictions.from_probabilities("m", np.array([[0.75, 0.25]]), ["a"], [0])
    of_m = {"test": Trajectory("m", (0,), (said,))}
    subjects = [
        Subject(ModelEntry(id=name, name=name, role="candidate", method=Given(adapter="")), of_m, base, trained=False)
        for name, base in (("base", None), ("other", "base"))
    ]
    frame = all_rows([one.entry for one in subjects], rows_of(subjects)).collect()
    section = report_page().partition("## rows.parquet")[2].partition("\n## ")[0]
    listed = [line.split(" | ")[:2] for line in section.splitlines() if line.startswith("| `")]
    assert listed == [[f"| `{name}`", str(dtype)] for name, dtype in frame.schema.items()]
