"""Published results: every figure of the README and of the tables is in the run's report.json."""

import re
from pathlib import Path

import pytest

from samefn.reports.render import to_csv
from samefn.reports.write import all_tables, read_report

ROOT = Path(__file__).parents[2]
MNIST = ROOT / "results" / "mnist"
COLUMNS = [
    *("student-a0.1", "student-a0.5", "student-a0.9", "float16", "int8-dynamic"),
    *(f"pruned-{percent}" for percent in (10, 30, 50, 70, 90)),
]
PUBLISHED = [-0.19, -0.25, -0.24, -0.07, -0.05, -0.07, -0.08, -0.01, -1.04, -22.55]


@pytest.fixture(scope="module")
def report():
    return read_report(MNIST)


def readme_row(title):
    """The numbers of a row of the README's table."""
    [line] = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith(f"| {title}")]
    return [float(cell.replace("\N{MINUS SIGN}", "-").strip()) for cell in line.strip("|").split("|")[1:]]


def changed(report, model):
    """Percent of the answers that a model changed."""
    [value] = [m.value for m in report.measures if m.candidate == model and m.measure == "disagreement"]
    return 100 * value


def test_the_readmes_table_is_the_run(report):
    assert readme_row("accuracy, published") == PUBLISHED
    deviations = [report.model(model).accuracy_deviation for model in COLUMNS]
    assert readme_row("accuracy, samefn") == [round(value, 2) for value in deviations]
    assert readme_row("**answers changed**") == [round(changed(report, model), 2) for model in COLUMNS]


def test_the_readmes_sentences_are_the_run(report):
    text = (ROOT / "README.md").read_text()
    for model in ("independent-1", "independent-2", "control"):
        assert f"{changed(report, model):.2f} %" in text, model
    [most] = re.findall(r"within\s+([0-9.]+) % of\s+the\s+base", text)
    near = ["student-a0.1", "student-a0.5", "student-a0.9", "control", "independent-1", "independent-2"]
    assert max(abs(report.model(model).accuracy_deviation) for model in near) <= float(most)


def test_the_run_is_the_papers_experiment(report):
    spec = report.study
    assert (report.data.train_examples, report.data.test_examples) == (60000, 10000)
    assert (spec["training"]["epochs"], spec["training"]["batch_size"], spec["protocol"]) == (25, 64, "corrected")
    assert report.failures == ()


def test_the_tables_are_made_from_the_report(report):
    for table in all_tables(report):
        assert (MNIST / "tables" / f"{table.name}.csv").read_text() == to_csv(table), table.name
