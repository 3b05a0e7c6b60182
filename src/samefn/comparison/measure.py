"""Run all models on the examples, piece by piece, and leave rows of every model against the base."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import lcm

from samefn.comparison.examples import store_examples, subset
from samefn.comparison.failures import DeduplicatedFailures, failure_entries
from samefn.comparison.inference import SAMPLE_SIZE
from samefn.comparison.measured import MeasuredModel, MeasuredModels, RunContext
from samefn.comparison.models import ComparedModel, advice_for_model, require_candidates
from samefn.comparison.piece_runs import PieceRuns
from samefn.comparison.plan import Piece, cut_into_pieces, prediction_task, rows_task
from samefn.comparison.records import differing_facts, merged_records
from samefn.comparison.replicate_noise import ReplicateNoise
from samefn.comparison.saved_predictions import aligned_predictions, open_saved
from samefn.comparison.tasks import common_rows
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.dataset import Dataset
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.predictions import require_same_inputs


def measure_models(
    models: Sequence[ComparedModel], data: Dataset, shards: int, context: RunContext, *, replicate: bool = True
) -> MeasuredModels:
    """Run all models and make rows; what is stored is not run again.

    Args:
        models: the base first.
        data: the examples.
        shards: how many pieces the examples are cut into; fewer where there are fewer whole batches.
        context: what running needs.
        replicate: whether to run the base and the candidates again, those that are models.

    Raises:
        InputError: the base or every candidate cannot be used.
        OwnError: the same, by a fault of samefn itself.
        StorageError: the store cannot be written.
    """
    with DeduplicatedFailures(context.emit) as failures:
        measuring = _Measuring(models, data, context, failures, replicate=replicate)
        measuring.read_saved()
        return measuring.in_one_piece() if shards == 1 else measuring.in_pieces(shards)


class _Measuring:
    """One comparison while its models run."""

    def __init__(
        self,
        models: Sequence[ComparedModel],
        data: Dataset,
        context: RunContext,
        emit: DeduplicatedFailures,
        *,
        replicate: bool,
    ) -> None:
        self._replicate = replicate
        self._all, self._models = models, list(models)
        self._data, self._context, self._emit = data, context, emit
        self._count = len(data.examples)
        self._base = models[0]
        self._runs = PieceRuns(data, context.store)
        self._failures: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._details: dict[str, str] = {}
        self._noise = ReplicateNoise(models[0], self._runs, self._failures, emit)

    def read_saved(self) -> None:
        """Read the saved predictions, and leave out the candidates that cannot be read."""
        for model in self._models:
            if model.problem:
                self._fail(model, model.problem, unreadable=True)
                self._emit(Event("failed", model.name, model.problem))
            elif model.saved:
                self._emit.register(model.name, model)
                try:
                    self._runs.saved[model.id] = aligned_predictions(
                        model.id,
                        model.source,
                        open_saved(model.source, model.adapter),
                        self._data,
                        base=model.role == "base",
                        assume_class_scores=model.assume_class_scores,
                    )
                except InputError as error:
                    if model.role != "candidate":
                        raise
                    self._fail(model, str(error), unreadable=True)
        self._require()

    def _fail(self, model: ComparedModel, error: str, *, unreadable: bool = False) -> None:
        """Go on without a model; its first reason stays."""
        self._failures.setdefault(model.id, error)
        if unreadable:
            self._unreadable.add(model.id)

    def in_one_piece(self) -> MeasuredModels:
        """Run all models on all examples, and the base and candidates again on a sample of them."""
        everything = Piece(0, self._count, self._store(self._data))
        sample = replace(everything, stop=min(SAMPLE_SIZE, self._count))
        pieces = {model.id: [everything] for model in self._models}
        again = self._replicates()
        pieces |= {replicate.id: [sample] for replicate in again}
        self._run_models([*self._models, *again], pieces)
        replicates = self._noise.on_sample(again, everything, sample, self._count)
        self._run_models(replicates, {model.id: [everything] for model in replicates})
        return self._measured([everything], replicates, self._first_runs(everything), everything.key)

    def in_pieces(self, shards: int) -> MeasuredModels:
        """Run a sample, which shows what each model returns and in which batches; then run piece by piece."""
        count = min(SAMPLE_SIZE, self._count)
        sample = Piece(0, count, self._store(subset(self._data, slice(0, count))))
        prefix = "" if count == self._count else f"on the first {count} examples: "
        again = self._replicates()
        everyone = [*self._models, *again]
        self._run_models(everyone, {model.id: [sample] for model in everyone}, rows=False, error_prefix=prefix)
        self._require_same_examples(sample)
        replicates = self._noise.on_sample(again, sample, sample, self._count)
        first_runs = self._first_runs(sample)
        pieces = self._cut(shards, sample)
        known = [
            model if model.saved else model.returning(self._runs.record(model, sample).kind)
            for model in (*self._usable(), *replicates)
        ]
        self._models = [model for model in known if model.role != "replicate"]
        self._base = self._models[0]
        self._run_models(known, {model.id: pieces for model in known})
        replicates = [model for model in known if model.role == "replicate"]
        return self._measured(pieces, replicates, first_runs, sample.key)

    def _first_runs(self, piece: Piece) -> dict[str, Task]:
        """By model id, the task that ran it on a piece."""
        return {
            model.id: self._runs.prediction_tasks[model.id, piece]
            for model in self._models
            if (model.id, piece) in self._runs.prediction_tasks
        }

    def _replicates(self) -> list[ComparedModel]:
        return [one for model in self._usable() for one in model.replicates()] if self._replicate else []

    def _usable(self) -> list[ComparedModel]:
        return [model for model in self._models if model.id not in self._failures]

    def _require(self) -> None:
        model_id, why = next(iter(self._failures.items()), ("", ""))
        reason = why if self._base.id in self._failures else advice_for_model(why, model_id)
        require_candidates(self._usable(), reason, "\n".join(self._details.values()))

    def _store(self, data: Dataset) -> str:
        return store_examples(data, self._context.store, self._emit)

    def _cut(self, shards: int, sample: Piece) -> list[Piece]:
        batches = [self._runs.record(model, sample).batch or 1 for model in self._usable()]
        parts = cut_into_pieces(self._count, shards, batches)
        if len(parts) < shards:
            size = f"{self._count} examples, in whole batches of all models ({lcm(*batches)} examples)"
            self._emit(Event("warning", "shards", f"{len(parts)} instead of {shards}: there are only {size}"))
        return [
            Piece(part.start, part.stop, self._store(subset(self._data, part)), f"shard {n} of {len(parts)}")
            for n, part in enumerate(parts, start=1)
        ]

    def _run_models(
        self,
        models: Sequence[ComparedModel],
        pieces: Mapping[str, Sequence[Piece]],
        *,
        rows: bool = True,
        error_prefix: str = "",
    ) -> None:
        """Run models on pieces, and measure each against the base where the base has the same piece."""
        readable = [model for model in models if model.id not in self._failures]
        planned = self._plan(readable, pieces, rows=rows)
        tasks = {task.key: task for _, task in planned}
        if tasks:
            context = self._context
            outcome = run_tasks([*tasks.values()], [*tasks], context.store, context.engine, self._emit, context.title)
            self._details |= outcome.details
            for model, task in planned:
                if task.key in outcome.failed:
                    self._fail(model, f"{error_prefix}{outcome.failed[task.key]}")
        for model in readable:
            self._require_class_scores(model, pieces[model.id])
        self._require()
        for model in readable if rows else ():
            for piece in pieces[model.id] if model.id != "base" else ():
                if (model.id, piece) not in self._runs.row_tasks and self._runs.has(self._against(model), piece):
                    self._make_rows(model, piece)
        self._require()

    def _against(self, model: ComparedModel) -> ComparedModel:
        """What its rows compare a model with."""
        return model.parent or self._base

    def _plan(
        self, models: Sequence[ComparedModel], pieces: Mapping[str, Sequence[Piece]], *, rows: bool
    ) -> list[tuple[ComparedModel, Task]]:
        """The tasks, those that run models first. Rows of an uncut piece are made in this process: no worker starts."""
        planned: list[tuple[ComparedModel, Task]] = []
        for model in models:
            for piece in pieces[model.id] if not model.saved else ():
                self._runs.prediction_tasks[model.id, piece] = task = prediction_task(model, piece)
                planned.append((model, task))
        for model in models if rows else ():
            for piece in pieces[model.id] if model.id != "base" else ():
                against = self._against(model)
                base_run, other_run = (self._runs.prediction_tasks.get((one.id, piece)) for one in (against, model))
                if piece.title and base_run and other_run:
                    self._runs.row_tasks[model.id, piece] = task = rows_task(
                        base_run, other_run, (against, model), piece
                    )
                    planned.append((model, task))
        for model, task in planned:
            self._emit.register(task.name, model)
        return planned

    def _require_class_scores(self, model: ComparedModel, pieces: Sequence[Piece]) -> None:
        """Fail a model whose stored run assumed class scores, where this comparison does not."""
        if model.saved or model.assume_class_scores or model.id in self._failures:
            return
        for piece in pieces:
            if doubt := self._runs.record(model, piece).doubt:
                self._fail(model, str(not_class_scores(doubt, model.source.path)))

    def _make_rows(self, model: ComparedModel, piece: Piece) -> None:
        """Make rows in this process: of an uncut piece, and of saved predictions."""
        if model.id in self._failures or self._against(model).id in self._failures:
            return
        path = self._context.folder / f"{model.id}-{piece.start}.parquet"
        try:
            first = self._runs.predictions(self._against(model), piece)
            common_rows(first, self._runs.predictions(model, piece)).write_parquet(path)
        except InputError as error:
            self._fail(model, str(error), unreadable=model.saved)
        else:
            self._runs.row_files[model.id, piece] = path

    def _require_same_examples(self, sample: Piece) -> None:
        """Fail, before all examples are run, the models that cannot be measured against the base."""
        base = self._runs.predictions(self._base, sample)
        for model in self._usable()[1:]:
            try:
                require_same_inputs(base, self._runs.predictions(model, sample))
            except InputError as error:
                self._fail(model, str(error), unreadable=model.saved)
        self._require()

    def _measured(
        self,
        pieces: Sequence[Piece],
        replicates: Sequence[ComparedModel],
        first_runs: Mapping[str, Task],
        key: str,
    ) -> MeasuredModels:
        usable, warnings = list[MeasuredModel](), self._noise.warnings
        for model in (*self._usable(), *replicates):
            if model.parent and model.parent.id in self._failures:
                self._failures.pop(model.id, "")
                continue
            if why := self._failures.pop(model.id, "") if model.parent else "":
                self._noise.failed(model, why)
                continue
            records = [self._runs.record(model, piece) for piece in pieces]
            warnings += differing_facts(model.name, records)
            rows = () if model.id == "base" else tuple(self._runs.rows_of(model, piece) for piece in pieces)
            classes = self._runs.predictions(model, pieces[0]).classes
            scores_of = self._runs.scores_of(model, pieces)
            usable.append(MeasuredModel(model, merged_records(records), classes, rows, scores_of))
        failures = failure_entries(self._failures, self._all, self._unreadable)
        tasks = (*self._runs.prediction_tasks.values(), *self._runs.row_tasks.values())
        floor = self._noise.floor
        return MeasuredModels(tuple(usable), failures, tuple(warnings), floor, first_runs, key, tasks, self._details)
