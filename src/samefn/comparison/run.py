"""Run a comparison: find the examples, run every model, analyse the rows, write the report."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from samefn.comparison.costs import cost_task, measured_costs, with_costs
from samefn.comparison.examples import comparison_examples, require_names
from samefn.comparison.kinds import are_language_models
from samefn.comparison.language import compare_language
from samefn.comparison.measure import measure_models
from samefn.comparison.models import Machinery
from samefn.comparison.plan import ComparedModel, candidate_names, compared_models
from samefn.comparison.report import comparison_report
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.loading import load
from samefn.core.places import Places, require_writable
from samefn.datasets.example_set import ExampleSet
from samefn.engine.choosing import find_engine
from samefn.engine.pool import Engine
from samefn.gate.check import check, require_known
from samefn.reports.files import write_tracebacks
from samefn.reports.write import write_report
from samefn.schema.environment import Times
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report
from samefn.spec.comparison import ComparisonSpec
from samefn.store.opening import open_store

# Layers, and warnings about candidates whose layers cannot be matched.
Located: TypeAlias = tuple[tuple[LocatedEntry, ...], tuple[str, ...]]


def compare_models(spec: ComparisonSpec, places: Places, engine: Engine | None = None, emit: Emit = silent) -> Report:
    """Run all models on the same examples and write the report; what is stored is not run again.

    The report does not depend on the number of shards, but for its times.

    Args:
        spec: the models, the examples and the requirements.
        places: where to read and write.
        engine: what runs the models, each in a process of its own; None for one process a core of this machine.
        emit: told of every step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: models or data that cannot be used, or a base that cannot be run.
        StorageError: the store or the run's folder cannot be written.
    """
    require_known(spec.require, candidate_names(spec))
    require_writable(places.out, "the run's folder", "--out")
    engine = engine or find_engine("local", None)
    if are_language_models(spec):
        if engine.name != "local":
            raise InputError(
                "language models are compared side by side in this process, not on a cluster",
                where=f"--engine {engine.name}",
                fix="leave it out",
            )
        return _language(spec, places, emit)
    started, clock = time.time(), time.perf_counter()
    store = open_store(str(places.store), places.cache)
    store.remove_left_overs()
    examples = comparison_examples(spec, places.data_dir, places.cache, emit)
    models = compared_models(spec)
    with tempfile.TemporaryDirectory() as folder:
        machinery = Machinery(store, engine, emit, places.out.name, Path(folder))
        found = measure_models(models, examples, spec.shards, machinery)
        write_tracebacks(found.details, places.out, emit)
        require_names(spec, found.found[0].classes)
        report, rows = comparison_report(spec, examples, found, Path(folder), emit)
        costs, unpriced = measured_costs(
            cost_task(models, found.answers, found.examples, spec.batch_size) if spec.cost else None, store, emit
        )
        report = with_costs(report, costs, {one.model.id: one.record for one in found.found})
        located, unmatched = _located(spec, models, examples, emit)
        report = report.model_copy(
            update={
                "located": located,
                "warnings": (*report.warnings, *unpriced, *unmatched),
                "requirements": check(report, spec.require),
                "times": Times(
                    started=started,
                    seconds=time.perf_counter() - clock,
                    tasks={task.name: store.peek(task.key).seconds for task in found.tasks if task.key in store},
                ),
            }
        )
        write_report(report, rows, places.out, emit)
    return report


def _language(spec: ComparisonSpec, places: Places, emit: Emit) -> Report:
    """Language models go side by side over a text, and only rows are kept."""
    found = compare_language(
        spec.base,
        spec.candidates,
        None if spec.data is None else Path(spec.data.path),
        places.out,
        independents=spec.independents,
        n_ctx=spec.n_ctx,
        confidence=spec.intervals.confidence,
        emit=emit,
    ).report
    if not spec.require:
        return found
    report = found.model_copy(update={"requirements": check(found, spec.require)})
    write_report(report, None, places.out, emit)
    return report


def _located(spec: ComparisonSpec, models: Sequence[ComparedModel], examples: ExampleSet, emit: Emit) -> Located:
    if not spec.locate:
        return (), ()
    # Loaded late: it imports torch, which few comparisons need in this process, and which takes seconds.
    find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
    return find(models, examples, spec.batch_size, spec.intervals.confidence, emit)
