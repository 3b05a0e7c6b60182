"""Published results: every figure of the README and of the tables is in the run's report.json."""

import re
from pathlib import Path

import pytest

from samefn.reports.overview.overview import StudyResult, overview_of
from samefn.reports.overview.tables import overview_tables
from samefn.reports.read import read_report
from samefn.reports.tables.render import to_csv
from samefn.reports.write import all_tables
from samefn.schema.overview import Overview, StudyEntry

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
    assert readme_row("**predictions changed**") == [round(changed(report, model), 2) for model in COLUMNS]


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


RUNS = sorted(path.parent for path in (ROOT / "results").rglob("report.json"))
WITH_ROWS = [run for run in RUNS if (run / "README.md").exists() and "\n| `base` |" in (run / "README.md").read_text()]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.relative_to(ROOT / "results").as_posix())
def test_the_tables_are_made_from_the_report(run):
    for table in all_tables(read_report(run)):
        assert (run / "tables" / f"{table.name}.csv").read_text() == to_csv(table), table.name


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.relative_to(ROOT / "results").as_posix())
def test_the_readme_says_whether_the_split_is_official(run):
    """201 of CIFAR-10's images here come from JPEG copies, and CIFAR-100 is a part: only MNIST's runs are official."""
    data = read_report(run).data
    assert data.official == (data.name == "mnist")
    readme = next(path for folder in (run, run.parent) if (path := folder / "README.md").exists()).read_text()
    if data.name in {"mnist", "cifar10", "cifar100"}:
        assert ("not the official split" not in readme) == data.official


def shared_figures(first, second, without=()):
    """Every figure that two runs both have, as pairs; models whose roles are left out are other models there."""
    found = []
    for run in (first, second):
        report = read_report(ROOT / "results" / run)
        kept = {model.id for model in report.models if model.role not in without}
        found.append({(m.candidate, m.measure): m.value for m in report.measures if m.candidate in kept})
    return [(found[0][key], found[1][key]) for key in found[0] if key in found[1]]


def test_the_same_bits_on_another_day():
    pairs = shared_figures("cifar10-lenet", "cifar10-protocols/corrected")
    assert all(one == other for one, other in pairs)
    assert f"all {len(pairs)} figures" in (ROOT / "results" / "cifar10-protocols" / "README.md").read_text()
    pairs = shared_figures("mnist", "mnist-published", {"student", "pruned"})
    assert all(one == other for one, other in pairs)
    assert f"all {len(pairs)} figures" in (ROOT / "results" / "mnist-published" / "README.md").read_text()


def test_the_overview_is_made_from_the_reports():
    run = ROOT / "results" / "cifar10-protocols"
    stored = Overview.model_validate_json((run / "overview.json").read_bytes())
    made = [
        StudyResult(StudyEntry(name=of.name, pair=of.pair, variant=of.variant, data=of.data, net=of.net), report)
        for of in stored.studies
        for report in [read_report(run / of.variant)]
    ]
    assert overview_of(stored.suite, stored.samefn, made) == stored
    for table in overview_tables(stored):
        assert (run / "tables" / f"{table.name}.csv").read_text() == to_csv(table), table.name


@pytest.mark.parametrize("protocol", ["published", "corrected"])
def test_the_rows_of_cifar10s_protocols_are_the_runs(protocol):
    run = ROOT / "results" / "cifar10-protocols"
    report = read_report(run / protocol)
    lines = [line for line in (run / "README.md").read_text().splitlines() if line.startswith(f"| `{protocol}` |")]
    deviations, answers = (
        [cell.replace("\N{MINUS SIGN}", "-") for cell in line.strip("|").split("|")[1:]] for line in lines
    )
    assert [float(cell) for cell in deviations] == [round(report.model(m).accuracy_deviation, 2) for m in COLUMNS]
    with_control = [*COLUMNS[:3], "control", *COLUMNS[3:]]
    for cell, model in zip(answers, with_control, strict=True):
        digits = len(cell.strip().partition(".")[2])
        assert float(cell) == round(changed(report, model), digits), model


@pytest.mark.parametrize(
    ("run", "title"), [("mnist-published", "`published`"), ("mnist", "`corrected` (results/mnist)")]
)
def test_the_rows_of_mnists_protocols_are_the_runs(run, title):
    report = read_report(ROOT / "results" / run)
    text = (ROOT / "results" / "mnist-published" / "README.md").read_text()
    for name, figure in (
        (f"| {title} |", lambda m: report.model(m).accuracy_deviation),
        (f"| changed, {title.split()[0]} |", lambda m: changed(report, m)),
    ):
        [line] = [line for line in text.splitlines() if line.startswith(name)]
        cells = [cell.replace("\N{MINUS SIGN}", "-").strip() for cell in line.strip("|").split("|")[1:]]
        for cell, model in zip(cells, COLUMNS, strict=True):
            assert float(cell) == round(figure(model), len(cell.partition(".")[2])), (title, model)


@pytest.mark.parametrize(
    ("scope", "title"),
    [
        ("kernels", "| kernels (`corrected`) |"),
        ("parameters", "| kernels, biases, scales and shifts |"),
        ("everything", "| everything, running statistics too (`published`) |"),
    ],
)
def test_the_rows_of_mobilenets_pruning_are_the_runs(scope, title):
    run = ROOT / "results" / "cifar10-mobilenet-short"
    report = read_report(run / scope)
    [line] = [line for line in (run / "README.md").read_text().splitlines() if line.startswith(title)]
    assert [float(cell) for cell in line.strip("|").split("|")[1:]] == [
        round(100 * report.model(f"pruned-{percent}").accuracy, 2) for percent in (10, 30, 50, 70, 90)
    ]


def test_the_rows_of_the_language_models_are_the_run():
    run = ROOT / "results" / "language"
    report = read_report(run)
    figures = {(one.candidate, one.figure): one.value for one in report.language}
    lines = [line.strip("|").split("|") for line in (run / "README.md").read_text().splitlines()]
    rows = {cells[0].strip(): cells[1:] for cells in lines if len(cells) == 6}
    for title, model in (("float16", 1), ("int8", 2), ("int4", 3), ("seed 2", 4), ("seed 3", 5)):
        entry = report.models[model]
        assert entry.name == title.replace(" ", "-")
        told = [float(cell.split()[0]) for cell in (rows[title][1], rows[title][3], rows[title][4])]
        found = (changed(report, entry.id), figures[entry.id, "perplexity_ratio"], figures[entry.id, "kld_mean"])
        for cell, value in zip(told, found, strict=True):
            assert cell == float(f"{value:.{len(f'{cell:.10f}'.rstrip('0').partition('.')[2])}f}"), title


def row(report, model):
    """A model's row as the READMEs of `results/` have it: its id, accuracy, deviation, answers changed, scale."""
    entry = report.model(model)
    if entry.role == "base":
        return f"| `{model}` | {100 * entry.accuracy:.2f} | | | |"
    [moved] = [m for m in report.measures if m.candidate == model and m.measure == "disagreement"]
    cells = [f"{100 * entry.accuracy:.2f}", f"{entry.accuracy_deviation:.2f}"]
    cells.append(f"{100 * moved.value:.2f} [{100 * moved.low:.2f}, {100 * moved.high:.2f}]")
    scales = [one for one in report.relative_distances if one.candidate == model and one.measure == "disagreement"]
    cells += [f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]" for one in scales] or [""]
    return f"| `{model}` | {' | '.join(cells)} |"


@pytest.mark.parametrize("run", WITH_ROWS, ids=lambda run: run.name)
def test_the_rows_of_every_model_are_the_runs(run):
    report = read_report(run)
    rows = [line for line in (run / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert len(rows) > 10
    assert rows == [row(report, line.split("`")[1]) for line in rows]


def test_what_was_transferred_is_the_run():
    run = ROOT / "results" / "cifar10-five-seeds"
    shares = {(one.measure, one.inputs): one for one in read_report(run).transfer}
    text = " ".join((run / "README.md").read_text().split())
    for one in shares.values():
        assert f"{100 * one.share:.1f} % [{100 * one.low:.1f}, {100 * one.high:.1f}]" in text, (one.measure, one.inputs)
        assert (one.seeds, one.outcome) == (5, "transferred")
    for name in ("cifar100-lenet", "cifar10-three-seeds"):
        text = " ".join((ROOT / "results" / name / "README.md").read_text().split())
        for one in read_report(ROOT / "results" / name).transfer:
            if (one.measure, one.inputs) == ("disagreement", "all"):
                assert f"{100 * one.share:.1f} % [{100 * one.low:.1f}, {100 * one.high:.1f}]" in text, one.alpha
