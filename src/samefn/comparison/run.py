"""Run a comparison: run every model, analyse the rows, write the report."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from samefn.analysis.rows import UNLABELLED
from samefn.comparison.complete import complete
from samefn.comparison.costs import cost_task, run_cost_task
from samefn.comparison.examples import comparison_examples, read_class_names, require_names
from samefn.comparison.ladder import ladder_ids
from samefn.comparison.language.run import compare_language
from samefn.comparison.measure import measure_models
from samefn.comparison.measured import ComparisonRun, Located, MeasuredModels, RunContext
from samefn.comparison.models import are_language_models, candidate_names, compared_models
from samefn.comparison.report import comparison_report
from samefn.comparison.unlabelled import UnlabelledRuns, about_unlabelled, require_models, without_labels
from samefn.config.comparison import ComparisonSpec, Examples
from samefn.core.events import Emit, silent
from samefn.core.loading import load
from samefn.core.paths import Places, require_writable
from samefn.datasets.dataset import Dataset
from samefn.datasets.examples.find import find_examples
from samefn.engine.engines import find_engine
from samefn.engine.pool import Engine
from samefn.gate.check import require_known
from samefn.reports.write import write_report, write_tracebacks
from samefn.schema.report import Report
from samefn.store.opening import open_store


def compare_models(spec: ComparisonSpec, places: Places, engine: Engine | None = None, emit: Emit = silent) -> Report:
    """Run all models on the same examples or text and write the report; what is stored is not run again.

    The report does not depend on the number of shards, except for its times.

    Args:
        spec: the models, the examples and the requirements.
        places: where to read and write.
        engine: runs the models, each in a process of its own; None for one process a core of this machine.
        emit: receives an event for each step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: models or data that cannot be used, or a base that cannot be run.
        OwnError: nothing can be compared, by a fault of samefn itself.
        StorageError: the store or the run's folder cannot be written.
    """
    require_known(spec.require, candidate_names(spec), len(spec.independents))
    ladder_ids(spec)
    require_writable(places.out, "the run's folder", "--out")
    engine = engine or find_engine("local", None)
    with tempfile.TemporaryDirectory() as folder:
        report, comparison = run_comparison(spec, places, engine, Path(folder), emit)
        write_tracebacks(comparison.details, places.out, emit)
        write_report(report, comparison.rows, places.out, emit, figures=places.figures)
    return report


def run_comparison(
    spec: ComparisonSpec, places: Places, engine: Engine, folder: Path, emit: Emit
) -> tuple[Report, ComparisonRun]:
    """Compare models, and write to the store but not to the run's folder.

    Args:
        spec: as for `compare_models`, like `places` and `emit`.
        places: where to read.
        engine: runs the models.
        folder: for rows that are made in this process; it must stay while they are read.
        emit: receives an event for each step.

    Returns:
        The report, and what it is made from.

    Raises:
        InputError: as `compare_models`.
        StorageError: the store cannot be written.
    """
    compare = compare_language if are_language_models(spec) else compare_classifiers
    started = time.time()
    store = open_store(str(places.store), places.cache)
    store.remove_leftovers()
    comparison = compare(spec, places, RunContext(store, engine, emit, places.out.name, folder))
    return complete(spec, comparison, started), comparison


def compare_classifiers(spec: ComparisonSpec, places: Places, context: RunContext) -> ComparisonRun:
    """Run models that return class scores on the same examples, and analyse their rows.

    Raises:
        InputError: models or data that cannot be used, or a base that cannot be run.
        OwnError: nothing can be compared, by a fault of samefn itself.
        StorageError: the store cannot be written.
    """
    emit = context.emit
    data = comparison_examples(spec, places.data_dir, places.cache, emit)
    models = compared_models(spec)
    if spec.unlabelled is not None:
        require_models([model.name for model in models if model.saved])
    measured = measure_models(models, data, spec.shards, context)
    if spec.class_names is not None:
        require_names(read_class_names(Path(spec.class_names)), measured.usable[0].classes, spec.class_names)
    unlabelled = (
        None
        if spec.unlabelled is None
        else _run_unlabelled(spec.unlabelled, spec.shards, data, measured, places, context)
    )
    report, rows = comparison_report(spec, data, measured, context.folder, emit, unlabelled)
    task = cost_task(models, measured.first_runs, measured.examples, spec.batch_size)

    def locate() -> Located:
        # Loaded late: it imports torch, which takes seconds and which few comparisons need in this process.
        find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
        return find(models, data.examples, spec.batch_size, spec.intervals.confidence, emit)

    further = () if unlabelled is None else (unlabelled.models,)
    seconds = context.seconds(task for models in (measured, *further) for task in models.tasks)
    details = {key: text for models in (measured, *further) for key, text in models.details.items()}
    costs = partial(run_cost_task, task, context.store, emit)
    return ComparisonRun(report, measured.usable, rows, seconds, costs, locate, details)


def _run_unlabelled(
    spec: Examples, shards: int, data: Dataset, measured: MeasuredModels, places: Places, context: RunContext
) -> UnlabelledRuns:
    """Run the models that ran on the data on further inputs too."""
    found = find_examples(spec, places.data_dir, places.cache, context.emit)
    further, warnings = without_labels(found, data)
    models = [one.model for one in measured.usable if one.model.role != "replicate"]
    folder = context.folder / UNLABELLED
    folder.mkdir()
    with about_unlabelled(further):
        run = measure_models(models, further, shards, replace(context, folder=folder), replicate=False)
    return UnlabelledRuns(further, run, warnings)
