"""Run all models on the examples, piece by piece, and leave rows of every model against the base."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import lcm
from pathlib import Path

from samefn.comparison.collect import Measured, saved_predictions
from samefn.comparison.examples import store_examples, subset
from samefn.comparison.failures import DeduplicatedFailures
from samefn.comparison.models import Machinery, Models
from samefn.comparison.noise_floor import SAVED, Noise, failed_because, is_deterministic, quiet_because
from samefn.comparison.plan import (
    SAMPLE,
    ComparedModel,
    Piece,
    addressed,
    answer_task,
    cut,
    require_candidates,
    rows_task,
)
from samefn.comparison.records import differing_facts, given_record, merged_records
from samefn.comparison.tasks import ROWS, common_rows, read_record, stored_predictions
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.dataset import Dataset
from samefn.engine.run import run_tasks
from samefn.engine.task import Task
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.predictions.saved.read import SavedPredictions
from samefn.runtimes.adapters import import_loader
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Failure


def measure_models(models: Sequence[ComparedModel], data: Dataset, shards: int, machinery: Machinery) -> Models:
    """Run all models and make rows; what is stored is not run again.

    Args:
        models: the base first.
        data: what they run on.
        shards: how many pieces the examples are cut into, where there are as many of whole batches.
        machinery: what it needs.

    Raises:
        InputError: the base or every candidate cannot be used.
        StorageError: the store cannot be written.
    """
    with DeduplicatedFailures(machinery.emit) as failures:
        work = _Measuring(models, data, machinery, failures)
        work.read_saved()
        return work.in_one_piece() if shards == 1 else work.in_pieces(shards)


class _Measuring:
    """One comparison under way."""

    def __init__(
        self,
        models: Sequence[ComparedModel],
        data: Dataset,
        machinery: Machinery,
        emit: DeduplicatedFailures,
    ) -> None:
        self._models, self._data, self._of, self._emit = list(models), data, machinery, emit
        self._count = len(data.examples)
        self._base = models[0]
        self._names = {one.id: one.name for one in models}
        self._saved: dict[str, Predictions] = {}
        self._answers: dict[tuple[str, Piece], Task] = {}
        self._rows: dict[tuple[str, Piece], Task] = {}
        self._here: dict[tuple[str, Piece], Path] = {}
        self._failures: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._details: dict[str, str] = {}

    def read_saved(self) -> None:
        """Read the predictions that were saved, and leave out the candidates that cannot be read."""
        for one in self._models:
            if one.problem:
                self._fail(one, one.problem, unreadable=True)
                self._emit(Event("failed", one.name, one.problem))
            elif one.saved:
                self._emit.know(one.name, one)
                try:
                    saved: SavedPredictions = import_loader(one.adapter)(one.source)  # type: ignore[assignment]
                    self._saved[one.id] = saved_predictions(
                        one.id, one.source, saved, self._data, base=one.role == "base", insisted=one.insisted
                    )
                except InputError as error:
                    if one.role != "candidate":
                        raise
                    self._fail(one, str(error), unreadable=True)
        self._require()

    def _fail(self, one: ComparedModel, error: str, *, unreadable: bool = False) -> None:
        """Go on without a model; the first reason is kept."""
        self._failures.setdefault(one.id, error)
        if unreadable:
            self._unreadable.add(one.id)

    def in_one_piece(self) -> Models:
        """All models on all examples, and the base again on a sample of them."""
        whole = Piece(0, self._count, self._stored(self._data))
        sample = replace(whole, stop=min(SAMPLE, self._count))
        self._run([*self._models, *self._again()], {one.id: [whole] for one in self._models} | {"base-again": [sample]})
        noise = self._noise(whole, sample)
        again = [] if noise.none_because else self._again()
        self._run(again, {one.id: [whole] for one in again})
        answers = self._first_runs(whole)
        return self._found([whole], again, noise, answers, whole.key)

    def in_pieces(self, shards: int) -> Models:
        """A sample first, which tells what each model returns and in which batches; then piece by piece."""
        count = min(SAMPLE, self._count)
        sample = Piece(0, count, self._stored(subset(self._data, slice(0, count))))
        about = "" if count == self._count else f"asked about the first {count} examples: "
        everyone = [*self._models, *self._again()]
        self._run(everyone, {one.id: [sample] for one in everyone}, rows=False, about=about)
        self._require_alike(sample)
        noise = self._noise(sample, sample)
        answers = self._first_runs(sample)
        again = [] if noise.none_because else self._again()
        pieces = self._cut(shards, sample)
        known = [
            one if one.saved else one.returning(self._record(one, sample).kind) for one in (*self._usable(), *again)
        ]
        self._models = [one for one in known if one.role != "replicate"]
        self._base = self._models[0]
        self._run(known, {one.id: pieces for one in known})
        return self._found(pieces, [one for one in known if one.role == "replicate"], noise, answers, sample.key)

    def _first_runs(self, piece: Piece) -> dict[str, Task]:
        """What ran the models on a piece, by id."""
        return {one.id: self._answers[one.id, piece] for one in self._models if (one.id, piece) in self._answers}

    def _again(self) -> list[ComparedModel]:
        return [] if self._base.saved else [self._base.replicate()]

    def _usable(self) -> list[ComparedModel]:
        return [one for one in self._models if one.id not in self._failures]

    def _require(self) -> None:
        key, why = next(iter(self._failures.items()), ("", ""))
        reason = why if self._base.id in self._failures else addressed(why, key)
        require_candidates(self._usable(), reason, "\n".join(self._details.values()))

    def _stored(self, data: Dataset) -> str:
        return store_examples(data, self._of.store, self._emit)

    def _cut(self, shards: int, sample: Piece) -> list[Piece]:
        batches = [self._record(one, sample).batch or 1 for one in self._usable()]
        parts = cut(self._count, shards, batches)
        if len(parts) < shards:
            why = f"{self._count} examples are no more pieces of whole batches of all models"
            self._emit(Event("note", "shards", f"{len(parts)} in place of {shards}: {why} ({lcm(*batches)} examples)"))
        return [
            Piece(part.start, part.stop, self._stored(subset(self._data, part)), f"shard {n} of {len(parts)}")
            for n, part in enumerate(parts, start=1)
        ]

    def _run(
        self,
        models: Sequence[ComparedModel],
        pieces: Mapping[str, Sequence[Piece]],
        *,
        rows: bool = True,
        about: str = "",
    ) -> None:
        """Run models on pieces, and measure each against the base where the base has the whole piece too."""
        readable = [one for one in models if one.id not in self._failures]
        wanted = self._planned(readable, pieces, rows=rows)
        tasks = {task.key: task for _, task in wanted}
        if tasks:
            outcome = run_tasks(
                [*tasks.values()], [*tasks], self._of.store, self._of.engine, self._emit, self._of.title
            )
            self._details |= outcome.details
            for one, task in wanted:
                if task.key in outcome.failed:
                    self._fail(one, f"{about}{outcome.failed[task.key]}")
        for one in readable:
            self._require_no_doubt(one, pieces[one.id])
        self._require()
        for one in readable if rows else ():
            for piece in pieces[one.id] if one.id != "base" else ():
                if (one.id, piece) not in self._rows and self._has("base", piece):
                    self._make_rows(one, piece)
        self._require()

    def _has(self, model: str, piece: Piece) -> bool:
        return model in self._saved or (model, piece) in self._answers

    def _planned(
        self, models: Sequence[ComparedModel], pieces: Mapping[str, Sequence[Piece]], *, rows: bool
    ) -> list[tuple[ComparedModel, Task]]:
        """The tasks, first those that run models; rows of a whole are made in this process, which costs no start-up."""
        wanted: list[tuple[ComparedModel, Task]] = []
        for one in models:
            for piece in pieces[one.id] if not one.saved else ():
                self._answers[one.id, piece] = task = answer_task(one, piece)
                wanted.append((one, task))
        for one in models if rows else ():
            for piece in pieces[one.id] if one.id != "base" else ():
                ends = self._answers.get(("base", piece)), self._answers.get((one.id, piece))
                if piece.title and ends[0] and ends[1]:
                    self._rows[one.id, piece] = task = rows_task(ends[0], ends[1], (self._base, one), piece)
                    wanted.append((one, task))
        for one, task in wanted:
            self._emit.know(task.name, one)
        return wanted

    def _require_no_doubt(self, one: ComparedModel, pieces: Sequence[Piece]) -> None:
        """Refuse what was run because somebody insisted, and is stored, where nobody does now."""
        if one.saved or one.insisted or one.id in self._failures:
            return
        for piece in pieces:
            if doubt := self._record(one, piece).doubt:
                self._fail(one, str(not_class_scores(doubt, one.source.path)))

    def _make_rows(self, one: ComparedModel, piece: Piece) -> None:
        """Rows in this process: of a whole, and of predictions that were saved."""
        if one.id in self._failures:
            return
        path = self._of.folder / f"{one.id}-{piece.start}.parquet"
        try:
            common_rows(self._predictions(self._base, piece), self._predictions(one, piece)).write_parquet(path)
        except InputError as error:
            self._fail(one, str(error), unreadable=one.saved)
        else:
            self._here[one.id, piece] = path

    def _predictions(self, one: ComparedModel, piece: Piece) -> Predictions:
        if one.saved:
            return self._saved[one.id].part(piece.rows)
        artefact = self._of.store.open(self._answers[one.id, piece].key)
        return stored_predictions(artefact, one.source.path, self._data.examples.part(piece.rows))

    def _record(self, one: ComparedModel, piece: Piece) -> AnswerRecord:
        if one.saved:
            return given_record(self._saved[one.id])
        return read_record(self._of.store.open(self._answers[one.id, piece].key))

    def _require_alike(self, sample: Piece) -> None:
        """Leave out, before all examples are run, what no rows can be made of."""
        base = self._predictions(self._base, sample)
        for one in self._usable()[1:]:
            try:
                require_same_inputs(base, self._predictions(one, sample))
            except InputError as error:
                self._fail(one, str(error), unreadable=one.saved)
        self._require()

    def _noise(self, piece: Piece, sample: Piece) -> Noise:
        """Whether the base must be run again on everything."""
        if self._base.saved:
            return Noise(SAVED)
        again = self._base.replicate()
        if why := self._failures.pop(again.id, ""):
            return Noise(failed_because(why))
        if sample.count == self._count:
            return Noise()
        first = self._predictions(self._base, piece).part(slice(sample.count))
        if is_deterministic(first, self._predictions(again, sample)):
            return Noise(quiet_because(sample.count), checked=True)
        why = "its answers depend on the batch, so all examples are asked again for the noise_floor"
        self._emit(Event("note", self._base.name, why))
        return Noise()

    def _found(
        self,
        pieces: Sequence[Piece],
        again: Sequence[ComparedModel],
        noise: Noise,
        answers: Mapping[str, Task],
        key: str,
    ) -> Models:
        found, warnings = list[Measured](), list[str]()
        for one in (*self._usable(), *again):
            if why := self._failures.pop(one.id, "") if one.role == "replicate" else "":
                noise = Noise(failed_because(why))
                continue
            records = [self._record(one, piece) for piece in pieces]
            warnings += differing_facts(one.name, records)
            rows = () if one.id == "base" else tuple(self._rows_of(one, piece) for piece in pieces)
            found.append(Measured(one, merged_records(records), self._predictions(one, pieces[0]).classes, rows))
        failures = tuple(
            Failure(model=key, name=self._names[key], error=addressed(error, key), unreadable=key in self._unreadable)
            for key, error in self._failures.items()
        )
        tasks = (*self._answers.values(), *self._rows.values())
        return Models(tuple(found), failures, tuple(warnings), noise, answers, key, tasks, self._details)

    def _rows_of(self, one: ComparedModel, piece: Piece) -> Path:
        if (one.id, piece) in self._here:
            return self._here[one.id, piece]
        return self._of.store.open(self._rows[one.id, piece].key).path(ROWS)
