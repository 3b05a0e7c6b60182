"""Compare language models over a text: every model is scored beside the base, and only rows are kept."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from samefn.comparison.collect import Measured
from samefn.comparison.compared import Compared, Located
from samefn.comparison.costs import cost_task
from samefn.comparison.examples import store_examples, subset
from samefn.comparison.failures import DeduplicatedFailures
from samefn.comparison.language.plan import Text, read_windows, score_task
from samefn.comparison.language.report import language_report
from samefn.comparison.language.tasks import read_records
from samefn.comparison.models import Machinery
from samefn.comparison.plan import ComparedModel, Piece, addressed, compared_models, cut, require_candidates
from samefn.comparison.records import differing_facts, merged_records
from samefn.comparison.tasks import ROWS
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit, Event
from samefn.core.paths import Places
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Failure


def compare_language(spec: ComparisonSpec, places: Places, machinery: Machinery) -> Compared:
    """Score all models over the same windows of a text: a `Kind` of comparison.

    The text is cut into windows of `n_ctx` tokens that do not overlap, and the second half of each is scored, as
    llama-perplexity does: position j from n_ctx // 2 to n_ctx - 2 predicts token j + 1. One task scores the base and
    one other model over a shard, some consecutive windows.
    """
    del places
    models = compared_models(spec)
    text = read_windows(spec, models)
    failures, details = dict(text.failures), dict[str, str]()
    with DeduplicatedFailures(machinery.emit) as emit:
        _say(models, failures, emit)
        require_usable(models, failures, details)
        pieces = _pieces(text, spec.shards, machinery, emit)
        tasks = _run(models, pieces, failures, details, machinery, emit)
        require_usable(models, failures, details)
    found, warnings = _measured(models, tasks, failures, machinery)
    names = {one.id: one.name for one in models}
    failed = [
        Failure(model=key, name=names[key], error=addressed(error, key), unreadable=key in text.failures)
        for key, error in failures.items()
    ]
    report, rows = language_report(spec, text, found, failed, warnings, machinery.emit)
    # A file of answers takes neither time nor memory to run.
    run_first = {one.model.id: tasks[one.model.id][0] for one in found[1:] if one.record.bytes is not None}
    if found[0].record.bytes is not None:
        run_first["base"] = tasks[found[1].model.id][0]
    return Compared(
        report=report,
        models=found,
        rows=rows,
        tasks=tuple(task for of in tasks.values() for task in of),
        cost_task=cost_task(models, run_first, pieces[0].key, 1),
        locate=_nowhere,
        details=details,
    )


def require_usable(models: Sequence[ComparedModel], failures: Mapping[str, str], details: Mapping[str, str]) -> None:
    """Refuse a comparison whose candidates all failed.

    Raises:
        InputError: they did, and why the first one.
        OwnError: the same, and it is samefn's own fault.
    """
    usable = (one for one in models if one.id not in failures)
    require_candidates(usable, next(iter(failures.values()), ""), "\n".join(details.values()))


def _say(models: Sequence[ComparedModel], failures: Mapping[str, str], emit: DeduplicatedFailures) -> None:
    for one in models:
        if one.id in failures:
            emit.know(one.name, one)
            emit(Event("failed", one.name, failures[one.id]))


def _pieces(text: Text, shards: int, machinery: Machinery, emit: Emit) -> list[Piece]:
    count = len(text.windows)
    parts = cut(count, shards, [1])
    if len(parts) < shards:
        emit(Event("note", "shards", f"{len(parts)} in place of {shards}: the text has no more windows"))
    stored = [store_examples(subset(text.data, part), machinery.store, emit) for part in parts]
    titles = [f"shard {n} of {len(parts)}" if len(parts) > 1 else "" for n in range(1, len(parts) + 1)]
    return [Piece(part.start, part.stop, key, title) for part, key, title in zip(parts, stored, titles, strict=True)]


def _run(
    models: Sequence[ComparedModel],
    pieces: Sequence[Piece],
    failures: dict[str, str],
    details: dict[str, str],
    machinery: Machinery,
    emit: DeduplicatedFailures,
) -> dict[str, list[Task]]:
    """Score every model that can be; by id its tasks, in the order of the text.

    Who fails is added to the failures, and tracebacks of samefn's own fault to the details.
    """
    base, *others = models
    tasks = {one.id: [score_task(base, one, piece) for piece in pieces] for one in others if one.id not in failures}
    for one in others:
        for task in tasks.get(one.id, ()):
            emit.know(task.name, one)
    every = {task.key: task for of in tasks.values() for task in of}
    outcome = run_tasks(list(every.values()), list(every), machinery.store, machinery.engine, emit, machinery.title)
    details |= outcome.details
    for key, of in tasks.items():
        if reason := next((outcome.failed[task.key] for task in of if task.key in outcome.failed), ""):
            failures[key] = reason
    return tasks


def _measured(
    models: Sequence[ComparedModel],
    tasks: Mapping[str, Sequence[Task]],
    failures: Mapping[str, str],
    machinery: Machinery,
) -> tuple[tuple[Measured, ...], list[str]]:
    """The models that were scored, the base first, and what a reader must know of how."""
    base, *others = (one for one in models if one.id not in failures)
    found: list[Measured] = []
    of_base: list[AnswerRecord] = []
    warnings: list[str] = []
    for one in others:
        artefacts = [machinery.store.open(task.key) for task in tasks[one.id]]
        records = [read_records(artefact) for artefact in artefacts]
        of_base += [record.base for record in records]
        own = [record.other for record in records]
        warnings += differing_facts(one.name, own)
        found.append(_of_model(one, own, tuple(artefact.path(ROWS) for artefact in artefacts)))
    warnings = [*differing_facts(base.name, of_base), *warnings]
    return (_of_model(base, of_base, ()), *found), warnings


def _of_model(one: ComparedModel, records: Sequence[AnswerRecord], rows: tuple[Path, ...]) -> Measured:
    record = merged_records(records)
    facts = {**record.facts, "content": one.content.files}
    return Measured(one, record.model_copy(update={"facts": facts}), 0, rows)


def _nowhere() -> Located:
    """Layers of language models are not looked into, and asking for it is refused."""
    return (), ()
