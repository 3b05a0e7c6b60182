"""Run a comparison: find the examples, ask every model, measure, write the report."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from samefn.comparison.assemble import Floor, assemble
from samefn.comparison.collect import Collected, from_saved, from_store
from samefn.comparison.costs import RECORD as COST_RECORD
from samefn.comparison.costs import cost_task, with_costs
from samefn.comparison.examples import comparison_examples, store_examples
from samefn.comparison.kinds import are_language_models
from samefn.comparison.language import compare_language
from samefn.comparison.plan import OTHER_BATCH, SAMPLE, Asked, asked_models, candidate_names, task_of
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.core.loading import load
from samefn.core.places import Places, require_writable
from samefn.datasets.example_set import ExampleSet
from samefn.engine.choosing import find_engine
from samefn.engine.local import LocalEngine
from samefn.engine.pool import Engine
from samefn.engine.run import run
from samefn.engine.task import Task
from samefn.gate.check import check, require_known
from samefn.measures.rows import rows
from samefn.reports.contract import Failure, Report
from samefn.reports.contract_locate import LocatedEntry
from samefn.reports.write import write_report
from samefn.runtimes.adapters import opener
from samefn.spec.comparison import ComparisonSpec
from samefn.store.opening import open_store
from samefn.store.store import Store

# A floor below this much total variation, without a changed answer, is rounding of float32 and no noise.
ROUNDING = 1e-4
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
    if are_language_models(spec):
        return _language(spec, places, emit)
    started, clock = time.time(), time.perf_counter()
    store, engine = open_store(str(places.store), places.cache), engine or find_engine("local", None)
    store.remove_left_overs()
    examples = comparison_examples(spec, places.data_dir, places.cache, emit)
    key = store_examples(examples, store, emit)
    asked = asked_models(spec, key, len(examples.ids))
    again = _again(asked[0], spec, key, len(examples.ids))
    tasks = [one.task for one in (*asked, *again[:1]) if one.task]
    outcome = run(tasks, [task.key for task in tasks], store, engine, emit, places.out.name)
    found, failures = _collected(asked, outcome.failed, examples, store)
    floor = _floor(found[0], again, examples, store, outcome.failed, engine, emit)
    report, frame = assemble(_told(spec), found, floor, failures, examples, spec.intervals, spec.landscape, emit)
    costs, unpriced = _costs(cost_task(asked, key, spec.batch_size) if spec.cost else None, store, emit)
    report = with_costs(report, costs, {one.model.id: one.record for one in found})
    located, unmatched = _located(spec, asked, examples, emit)
    report = report.model_copy(
        update={
            "located": located,
            "warnings": (*report.warnings, *unpriced, *unmatched),
            "requirements": check(report, spec.require),
            "times": {
                "started": started,
                "seconds": time.perf_counter() - clock,
                "tasks": {task.name: store.peek(task.key).seconds for task in tasks if task.key in store},
            },
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


def _costs(task: Task | None, store: Store, emit: Emit) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the models cost to run, measured when nothing else runs here, and a warning where that failed."""
    if task is None:
        return {}, ()
    outcome = run([task], [task.key], store, LocalEngine(1), emit, task.name)
    if task.key in outcome.failed:
        return {}, (f"What the models cost was not measured: {outcome.failed[task.key]}.",)
    found: dict[str, Any] = json.loads(store.open(task.key).path(COST_RECORD).read_text())
    return found, ()


def _collected(
    asked: tuple[Asked, ...], failed: Mapping[str, str], examples: ExampleSet, store: Store
) -> tuple[list[Collected], list[Failure]]:
    """Every model's answers, and those that could not be asked."""
    found: list[Collected] = []
    failures: list[Failure] = []
    for one in asked:
        if one.task is None:
            found.append(from_saved(one, opener(one.adapter)(one.source), examples))  # type: ignore[arg-type]
        elif one.task.key in failed:
            failures.append(Failure(model=one.id, error=failed[one.task.key]))
        else:
            found.append(from_store(one, store.open(one.task.key), examples))
    if not found or found[0].model.role != "base":
        raise InputError(f"the base cannot be asked: {failures[0].error}")
    if not any(one.model.role == "candidate" for one in found):
        raise InputError(f"no candidate can be asked: {failures[0].error}")
    return found, failures


def _again(base: Asked, spec: ComparisonSpec, key: str, count: int) -> tuple[Asked, ...]:
    """The base asked again in other batches: a sample of the examples, then all of them; none where it is saved."""
    if base.task is None:
        return ()
    name = f"{base.name} in other batches"
    replicate = replace(base, id="base-again", name=name, role="replicate")
    sizes = dict.fromkeys((min(SAMPLE, count), count))
    return tuple(replace(replicate, task=task_of(replicate, spec, key, size, OTHER_BATCH)) for size in sizes)


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
    if _quiet(base, first, count):
        why = f"asked {count:,} inputs again in other batches, it answered the same but for rounding"
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


def _quiet(base: Collected, again: Collected, count: int) -> bool:
    """Whether the base, asked again, moved by no more than rounding."""
    first, second = base.predictions.part(slice(count)), again.predictions
    # Neither failed on it: what failed is NaN.
    failed = np.isnan(first.log_probs).any(axis=1) | np.isnan(second.log_probs).any(axis=1)
    both = np.flatnonzero(~failed)
    frame = rows(first.part(both), second.part(both))
    return bool((frame["disagreement"] == 0).all()) and bool((frame["total_variation"] <= ROUNDING).all())


def _told(spec: ComparisonSpec) -> dict[str, Any]:
    """The spec as the report tells it: files by their names, because a report goes to others and paths do not."""
    told = spec.model_dump(mode="json", exclude_defaults=True)

    def named(model: dict[str, Any]) -> dict[str, Any]:
        return {**model, **{key: Path(model[key]).name for key in ("path", "weights") if model.get(key)}}

    told["base"] = named(told["base"])
    for group in ("candidates", "independents"):
        told[group] = [named(model) for model in told.get(group, [])]
    if told.get("data"):
        told["data"] = {**told["data"], "path": Path(told["data"]["path"]).name}
    return {"name": spec.name, **told}
