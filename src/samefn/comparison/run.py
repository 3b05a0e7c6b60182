"""Run a comparison: find the examples, ask every model, measure, write the report."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from samefn.comparison.assemble import Floor, assemble
from samefn.comparison.collect import Collected, all_collected, from_store
from samefn.comparison.costs import cost_task, measured_costs, with_costs
from samefn.comparison.examples import comparison_examples, store_examples
from samefn.comparison.floor import asked_again, is_quiet, quiet_because
from samefn.comparison.kinds import are_language_models
from samefn.comparison.language import compare_language
from samefn.comparison.plan import Asked, asked_models, candidate_names
from samefn.comparison.reasons import said_once
from samefn.comparison.sharded import compare_in_shards
from samefn.comparison.told import told
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.core.loading import load
from samefn.core.places import Places, require_writable
from samefn.datasets.example_set import ExampleSet
from samefn.engine.choosing import find_engine
from samefn.engine.pool import Engine
from samefn.engine.run import run
from samefn.engine.task import Task
from samefn.gate.check import check, require_known
from samefn.reports.write import write_report
from samefn.schema.environment import Times
from samefn.schema.layers import LocatedEntry
from samefn.schema.report import Report
from samefn.spec.comparison import ComparisonSpec
from samefn.store.opening import open_store
from samefn.store.store import Store

# Layers, and warnings about candidates whose layers cannot be matched.
Located: TypeAlias = tuple[tuple[LocatedEntry, ...], tuple[str, ...]]


def compare_models(spec: ComparisonSpec, places: Places, engine: Engine | None = None, emit: Emit = silent) -> Report:
    """Ask all models the same and write the report; what a model answered before is not asked again.

    Args:
        spec: the models, the examples and the requirements.
        places: where to read and write.
        engine: what asks the models, each in a process of its own; None for one process a core of this machine.
        emit: told of every step.

    Returns:
        The report, as written to `report.json`.

    Raises:
        InputError: models or data that cannot be used, or a base that cannot be asked.
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
    if spec.shards is not None:
        return compare_in_shards(spec, places, engine, emit)
    started, clock = time.time(), time.perf_counter()
    store = open_store(str(places.store), places.cache)
    store.remove_left_overs()
    examples = comparison_examples(spec, places.data_dir, places.cache, emit)
    key = store_examples(examples, store, emit)
    asked = asked_models(spec, key, len(examples.ids))
    again = asked_again(asked[0], spec, key, len(examples.ids))
    tasks = [one.task for one in (*asked, *again[:1]) if one.task]
    with said_once(emit, (*asked, *again)) as heard:
        outcome = run(tasks, [task.key for task in tasks], store, engine, heard, places.out.name)
        found, failures = all_collected(asked, outcome.failed, examples, store)
    floor = _floor(found[0], again, examples, store, outcome.failed, engine, emit)
    report, frame = assemble(told(spec), found, floor, failures, examples, spec.intervals, spec.landscape, emit)
    costs, unpriced = measured_costs(cost_task(asked, key, spec.batch_size) if spec.cost else None, store, emit)
    report = with_costs(report, costs, {one.model.id: one.record for one in found})
    located, unmatched = _located(spec, asked, examples, emit)
    report = report.model_copy(
        update={
            "located": located,
            "warnings": (*report.warnings, *unpriced, *unmatched),
            "requirements": check(report, spec.require),
            "times": Times(
                started=started,
                seconds=time.perf_counter() - clock,
                tasks={task.name: store.peek(task.key).seconds for task in tasks if task.key in store},
            ),
        }
    )
    write_report(report, frame, places.out, emit)
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


def _located(spec: ComparisonSpec, asked: tuple[Asked, ...], examples: ExampleSet, emit: Emit) -> Located:
    if not spec.locate:
        return (), ()
    # Loaded late: it imports torch, which few comparisons need in this process, and which takes seconds.
    find: Callable[..., Located] = load("samefn.comparison.located:located_layers")
    return find(asked, examples, spec.batch_size, spec.intervals.confidence, emit)


def _floor(
    base: Collected,
    again: tuple[Asked, ...],
    examples: ExampleSet,
    store: Store,
    failed: Mapping[str, str],
    engine: Engine,
    emit: Emit,
) -> Floor:
    """The base's own noise: of a sample where that is none, else of all examples."""
    if not again:
        return Floor(none_because="its predictions were saved, and cannot be made again")
    sample: Task | None = again[0].task
    assert sample is not None  # noqa: S101  (whoever is asked again has a task)
    if sample.key in failed:
        return Floor(none_because=f"it could not be asked in other batches ({failed[sample.key]})")
    count = int(sample.spec["examples"])  # type: ignore[arg-type]
    first = from_store(again[0], store.open(sample.key), examples, count)
    if len(again) == 1:
        return Floor((first,))
    if is_quiet(base.predictions.part(slice(count)), first.predictions):
        why = quiet_because(count)
        return Floor(none_because=why, checked=True)
    emit(
        Event("note", base.model.name, "its answers depend on the batch, so all examples are asked again for the floor")
    )
    whole = again[1].task
    assert whole is not None  # noqa: S101  (as above)
    outcome = run([whole], [whole.key], store, engine, emit, whole.name)
    if whole.key in outcome.failed:
        return Floor(none_because=f"it could not be asked in other batches ({outcome.failed[whole.key]})")
    return Floor((from_store(again[1], store.open(whole.key), examples),))
