"""A comparison in shards: workers ask and leave rows, this process adds them up."""

import tempfile
import time
from collections.abc import Sequence
from math import lcm
from pathlib import Path

import polars as pl

from samefn.analysis.compare import named_columns
from samefn.analysis.sharded import audit_shards
from samefn.comparison.assemble import EVALUATION, NOISELESS, QUIET, known_names, pictures, report_of
from samefn.comparison.collect import failures_of, noted, set_aside, subject
from samefn.comparison.costs import cost_task, measured_costs, with_costs
from samefn.comparison.examples import comparison_examples, piece_of, store_examples
from samefn.comparison.shard_look import Looked, look
from samefn.comparison.shard_merge import Merged, merged
from samefn.comparison.shard_plan import cut, shard_task
from samefn.comparison.told import told
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.core.places import Places
from samefn.datasets.example_set import ExampleSet
from samefn.engine.pool import Engine
from samefn.engine.run import run
from samefn.engine.task import Task
from samefn.gate.check import check
from samefn.reports.write import write_report
from samefn.runtimes.adapters import find_adapter
from samefn.schema.environment import Times
from samefn.schema.methods import OutputKind
from samefn.schema.report import Failure, Report
from samefn.spec.comparison import ComparisonSpec
from samefn.store.artefact import Artefact
from samefn.store.opening import open_store
from samefn.store.store import Store

NO_MAP = (
    "There is no map of what the models answer: it needs all predictions side by side, and a comparison in shards "
    "keeps rows only."
)


def compare_in_shards(spec: ComparisonSpec, places: Places, engine: Engine, emit: Emit) -> Report:
    """Compare shard by shard and write the report; a shard that is stored is not asked again.

    The report does not depend on the number of shards, but for its times.

    Args:
        spec: with `shards`.
        places: where to read and write.
        engine: what asks the shards.
        emit: told of every step.

    Raises:
        InputError: what cannot be done in shards, models or data that cannot be used, or a shard that cannot be asked.
        StorageError: the store or the run's folder cannot be written.
    """
    _refuse(spec)
    started, clock = time.time(), time.perf_counter()
    store = open_store(str(places.store), places.cache)
    store.remove_left_overs()
    examples = comparison_examples(spec, places.data_dir, places.cache, emit)
    looked = look(spec, examples, store, engine, emit, places.out.name)
    tasks = _tasks(spec, looked, examples, store, emit)
    shards = _asked(tasks, store, engine, emit, places.out.name)
    with tempfile.TemporaryDirectory() as folder:
        found = merged(looked.models, shards, Path(folder))
        report = _report(spec, looked, found, examples, emit)
        costs, unpriced = measured_costs(
            cost_task(looked.asked, looked.examples, spec.batch_size) if spec.cost else None, store, emit
        )
        records = {one.model.id: one.record for one in found.found if one.model.role != "replicate"}
        report = with_costs(report, costs, records)
        report = report.model_copy(
            update={
                "warnings": (*report.warnings, *unpriced),
                "requirements": check(report, spec.require),
                "times": Times(
                    started=started,
                    seconds=time.perf_counter() - clock,
                    tasks={task.name: store.peek(task.key).seconds for task in tasks},
                ),
            }
        )
        write_report(report, _rows(found), places.out, emit)
    return report


def _refuse(spec: ComparisonSpec) -> None:
    """What cannot be done in shards, before anything is asked."""
    if spec.locate:
        fix = "leave out one of the two; layers can be located beside fewer examples (data.limit)"
        raise InputError("layers are not located in shards", where="locate", fix=fix)
    for source in spec.models:
        if find_adapter(source).kind == "predictions":
            fix = "leave out shards: saved predictions are read piece by piece without"
            raise InputError("saved predictions are not compared in shards", where=source.path, fix=fix)


def _tasks(spec: ComparisonSpec, looked: Looked, examples: ExampleSet, store: Store, emit: Emit) -> tuple[Task, ...]:
    """One task a shard, each of whole batches of every model."""
    assert spec.shards is not None  # noqa: S101  (whoever comes here asked for shards)
    batches = [one.record.batch or 1 for one in looked.models]
    pieces = cut(len(examples.ids), spec.shards, batches)
    if len(pieces) < spec.shards:
        why = (
            f"{len(examples.ids)} examples are no more pieces of whole batches of all models ({lcm(*batches)} examples)"
        )
        emit(Event("note", "shards", f"{len(pieces)} in place of {spec.shards}: {why}"))
    models = [one.model for one in looked.models]
    returns: dict[str, OutputKind] = {one.model.id: one.record.returns or "logits" for one in looked.models}
    return tuple(
        shard_task(
            models,
            returns,
            store_examples(piece_of(examples, rows), store, emit),
            f"shard {number} of {len(pieces)}",
        )
        for number, rows in enumerate(pieces, start=1)
    )


def _asked(tasks: Sequence[Task], store: Store, engine: Engine, emit: Emit, title: str) -> list[Artefact]:
    """The results of all shards, in the order of the examples."""
    outcome = run(tasks, [task.key for task in tasks], store, engine, emit, title)
    for task in tasks:
        if task.key in outcome.failed:
            fix = "the same command goes on where this ended: stored shards are not asked again"
            raise InputError(f"cannot be asked: {outcome.failed[task.key]}", where=task.name, fix=fix)
    return [store.open(task.key) for task in tasks]


def _report(spec: ComparisonSpec, looked: Looked, found: Merged, examples: ExampleSet, emit: Emit) -> Report:
    """The report, but for its times, costs and requirements."""
    models = list(found.found)
    if not any(one.model.role == "candidate" for one in models):
        raise InputError(f"no candidate can be asked: {next(iter(found.errors.values()))}")
    floor = looked.floor
    again = looked.again
    if again is not None and again.model.id in found.errors:
        floor = f"it could not be asked in other batches ({found.errors[again.model.id]})"
    warnings = [set_aside(found.failed, found.failed + found.examples)] if found.failed else []
    if looked.checked:
        models[0] = noted(models[0], QUIET.format(floor))
    names, unnamed = known_names(examples, models)
    warnings += [*unnamed, *found.warnings, NO_MAP]
    if floor and not looked.checked:
        warnings.append(NOISELESS.format(floor))
    entries = [subject(one, EVALUATION, "base").entry for one in models]
    made = audit_shards(entries, found.files, EVALUATION, names, spec.intervals, pictures(examples), emit)
    unusable = [
        Failure(model=name, error=why) for name, why in found.errors.items() if again is None or name != again.model.id
    ]
    failures = [*looked.failures, *unusable, *failures_of(found.found)]
    warnings += made.warnings
    confidence = spec.intervals.confidence
    return report_of(told(spec), made, confidence, found.examples, names, examples, failures, warnings)


def _rows(found: Merged) -> pl.LazyFrame:
    """All rows, model after model, as they are written: never all in memory."""
    return pl.concat(
        [
            pl.scan_parquet(list(paths), glob=False).select(*named_columns(EVALUATION, "base", name))
            for name, paths in found.files.items()
        ]
    )
