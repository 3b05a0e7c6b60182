"""Compare language models over a text: every model is scored beside the base, and only rows are stored."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from samefn.comparison.costs import cost_task, run_cost_task
from samefn.comparison.examples import store_examples, subset
from samefn.comparison.failures import DeduplicatedFailures, failure_entries
from samefn.comparison.language.plan import Text, read_windows, score_task
from samefn.comparison.language.report import language_report
from samefn.comparison.language.tasks import read_records
from samefn.comparison.measured import ComparisonRun, Located, MeasuredModel, RunContext
from samefn.comparison.models import ComparedModel, compared_models, require_candidates
from samefn.comparison.plan import Piece, cut_into_pieces
from samefn.comparison.records import differing_facts, merged_records
from samefn.comparison.tasks import ROWS_FILE
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit, Event
from samefn.core.paths import Places
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.schema.records import AnswerRecord


def compare_language(spec: ComparisonSpec, places: Places, context: RunContext) -> ComparisonRun:
    """Score all models over the same windows of a text, and analyse their rows.

    The text is cut into windows of `n_ctx` tokens, without overlap. The second half of each is scored, as
    llama-perplexity does: position j from n_ctx // 2 to n_ctx - 2 predicts token j + 1. One task scores the base and
    one other model over a shard, some consecutive windows.

    Raises:
        InputError: models or a text that cannot be used, or a base that cannot be run.
        OwnError: nothing can be compared, by a fault of samefn itself.
        StorageError: the store cannot be written.
    """
    del places
    models = compared_models(spec)
    text = read_windows(spec, models)
    failures, details = dict(text.failures), dict[str, str]()
    with DeduplicatedFailures(context.emit) as emit:
        _emit_failures(models, failures, emit)
        _require_usable(models, failures, details)
        pieces = _pieces(text, spec.shards, context, emit)
        tasks = _run(models, pieces, failures, details, context, emit)
        _require_usable(models, failures, details)
    measured, warnings = _measured(models, tasks, failures, context)
    entries = failure_entries(failures, models, text.failures)
    report, rows = language_report(spec, text, measured, entries, warnings, context.emit)
    # A file of logits is not run, so it has no size in bytes and no costs.
    first_runs = {one.model.id: tasks[one.model.id][0] for one in measured[1:] if one.record.bytes is not None}
    if measured[0].record.bytes is not None:
        first_runs["base"] = tasks[measured[1].model.id][0]
    return ComparisonRun(
        report=report,
        models=measured,
        rows=rows,
        seconds=context.seconds(task for of_model in tasks.values() for task in of_model),
        costs=partial(run_cost_task, cost_task(models, first_runs, pieces[0].key, 1), context.store, context.emit),
        locate=_no_layers,
        details=details,
    )


def _require_usable(models: Sequence[ComparedModel], failures: Mapping[str, str], details: Mapping[str, str]) -> None:
    """Refuse a comparison whose candidates all failed."""
    usable = (model for model in models if model.id not in failures)
    require_candidates(usable, next(iter(failures.values()), ""), "\n".join(details.values()))


def _emit_failures(models: Sequence[ComparedModel], failures: Mapping[str, str], emit: DeduplicatedFailures) -> None:
    for model in models:
        if model.id in failures:
            emit.register(model.name, model)
            emit(Event("failed", model.name, failures[model.id]))


def _pieces(text: Text, shards: int, context: RunContext, emit: Emit) -> list[Piece]:
    count = len(text.windows)
    parts = cut_into_pieces(count, shards, [1])
    if len(parts) < shards:
        emit(Event("warning", "shards", f"{len(parts)} instead of {shards}: the text has no more windows"))
    stored = [store_examples(subset(text.data, part), context.store, emit) for part in parts]
    titles = [f"shard {n} of {len(parts)}" if len(parts) > 1 else "" for n in range(1, len(parts) + 1)]
    return [Piece(part.start, part.stop, key, title) for part, key, title in zip(parts, stored, titles, strict=True)]


def _run(
    models: Sequence[ComparedModel],
    pieces: Sequence[Piece],
    failures: dict[str, str],
    details: dict[str, str],
    context: RunContext,
    emit: DeduplicatedFailures,
) -> dict[str, list[Task]]:
    """Score every model that can be; by id its tasks, in the order of the text.

    Models that fail are added to `failures`, and tracebacks of faults of samefn itself to `details`.
    """
    base, *others = models
    tasks = {
        model.id: [score_task(base, model, piece) for piece in pieces] for model in others if model.id not in failures
    }
    for model in others:
        for task in tasks.get(model.id, ()):
            emit.register(task.name, model)
    by_key = {task.key: task for of_model in tasks.values() for task in of_model}
    outcome = run_tasks(list(by_key.values()), list(by_key), context.store, context.engine, emit, context.title)
    details |= outcome.details
    for model_id, of_model in tasks.items():
        if reason := next((outcome.failed[task.key] for task in of_model if task.key in outcome.failed), ""):
            failures[model_id] = reason
    return tasks


def _measured(
    models: Sequence[ComparedModel],
    tasks: Mapping[str, Sequence[Task]],
    failures: Mapping[str, str],
    context: RunContext,
) -> tuple[tuple[MeasuredModel, ...], list[str]]:
    """The models that were scored, the base first, and warnings on how they were run."""
    base, *others = (model for model in models if model.id not in failures)
    measured: list[MeasuredModel] = []
    base_records: list[AnswerRecord] = []
    warnings: list[str] = []
    for model in others:
        artefacts = [context.store.open(task.key) for task in tasks[model.id]]
        records = [read_records(artefact) for artefact in artefacts]
        base_records += [record.base for record in records]
        own = [record.other for record in records]
        warnings += differing_facts(model.name, own)
        measured.append(_measured_model(model, own, tuple(artefact.path(ROWS_FILE) for artefact in artefacts)))
    warnings = [*differing_facts(base.name, base_records), *warnings]
    return (_measured_model(base, base_records, ()), *measured), warnings


def _measured_model(model: ComparedModel, records: Sequence[AnswerRecord], rows: tuple[Path, ...]) -> MeasuredModel:
    record = merged_records(records)
    facts = {**record.facts, "content": model.content.files}
    return MeasuredModel(model, record.model_copy(update={"facts": facts}), 0, rows)


def _no_layers() -> Located:
    """The layers of language models are not located; asking for them is refused before."""
    return (), ()
