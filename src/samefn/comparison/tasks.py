"""The tasks of a comparison: run one model on a piece of the examples, and measure it against the base."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.comparison.answering import NOT_FINITE, Answers, answered, class_doubt, shards
from samefn.comparison.numeric_environment import numeric_environment
from samefn.comparison.plan import SAMPLE
from samefn.core.errors import InputError
from samefn.core.events import Event
from samefn.datasets.example_files import read_examples
from samefn.datasets.example_set import ExampleSet
from samefn.engine.alike import require_alike
from samefn.engine.task import Job
from samefn.measures.rows import rows as measured
from samefn.predictions.answers import to_predictions, told_apart
from samefn.predictions.class_scores import no_scores
from samefn.predictions.predictions import Predictions
from samefn.predictions.rounding import rounding_of
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model, output_trail
from samefn.schema.methods import OutputKind
from samefn.schema.records import RECORD, AnswerRecord, Rounding, write_record
from samefn.spec.comparison import ModelSource
from samefn.store.artefact import Artefact

LOG_PROBS, ROWS = "log_probs.npy", "rows.parquet"

Floats = NDArray[np.float32]


@dataclass
class Inference:
    """A model that is run on examples, shard by shard, so that an interruption costs one shard.

    Args:
        model: the model.
        plan: how it is fed.
        source: where it is from, and what is said of it.
        batch: examples a batch.
        base: whether labels and values are asked whether it gives class scores: a candidate may have lost them.
        insisted: whether its output is class scores, whatever it looks like.
    """

    model: Model
    plan: FeedPlan
    source: ModelSource
    batch: int
    base: bool = True
    insisted: bool = False
    doubt: str = ""
    returns: OutputKind | None = field(init=False)
    failed: dict[int, str] = field(default_factory=dict)
    rounding: Rounding = field(default_factory=Rounding)

    def __post_init__(self) -> None:
        self.returns = self.source.returns

    def shard(self, arrays: dict[str, Array], rows: slice, examples: ExampleSet) -> tuple[Floats, "Left"]:
        """Log-probabilities of some examples, NaN where the model failed, and what else is known after them.

        Raises:
            InputError: it cannot be run, or what it gives is no class scores.
        """
        answers = answered(self.model, self.plan, arrays, rows, self.batch, self.source.output, self.source.path)
        if rows.start == 0:
            self._require_scores(arrays, examples, answers.scores[:SAMPLE])
        values, rounding = self._log_probs(answers, examples.ids[rows])
        return values, Left(dict(answers.failed), self.returns, rounding, self.doubt)

    def _require_scores(self, arrays: dict[str, Array], examples: ExampleSet, scores: Floats) -> None:
        labels = None if examples.labels is None else examples.labels[: len(scores)]
        self.doubt = class_doubt(self.model, self.source, arrays, labels, scores, base=self.base)
        if self.doubt and not self.insisted:
            raise no_scores(self.doubt, self.source.path)

    def take(self, left: "Left") -> None:
        """Go on after a shard."""
        self.failed |= left.failed
        self.returns = self.returns or left.returns
        self.doubt = self.doubt or left.doubt
        self.rounding = self.rounding.with_other(left.rounding)

    def record(self, ids: NDArray[np.str_]) -> AnswerRecord:
        """How it was run on these examples, and what it is."""
        return AnswerRecord.model_validate(
            {
                "fed": self.plan.said(),
                "returns": self.returns or "logits",
                "facts": self.model.facts(),
                "failed": {str(ids[place]): why for place, why in self.failed.items()},
                "notes": tuple(self.model.notes),
                "rounding": self.rounding,
                **asdict(self.model.weights()),
                "batch": self.batch,
                "doubt": self.doubt,
            }
        )

    def _log_probs(self, answers: Answers, ids: NDArray[np.str_]) -> tuple[Floats, Rounding]:
        whole = np.isfinite(answers.scores).all(axis=1)
        found = np.full(answers.scores.shape, np.nan, dtype=np.float32)
        if not whole.any():
            return found, Rounding()
        scores, step = answers.scores[whole], self.source.resolution or self.model.resolution
        # The first examples tell, however many there are.
        graph_says = output_trail(self.model, self.source.output).kind
        self.returns = self.returns or told_apart(scores[:SAMPLE], self.source.path, step, graph_says)
        found[whole] = to_predictions(self.source.path, scores, ids[whole], None, self.returns, step, None).log_probs
        return found, rounding_of(scores) if self.returns == "probabilities" else Rounding()


@dataclass(frozen=True)
class Left:
    """What is known after a shard besides its numbers.

    Attributes:
        failed: why the model failed, by the place of the example.
        returns: what its output holds.
        rounding: of its probabilities.
        doubt: why its output may be no class scores.
    """

    failed: dict[int, str]
    returns: OutputKind | None
    rounding: Rounding
    doubt: str


def opened(
    source: ModelSource,
    model: Model,
    arrays: dict[str, Array],
    batch: int,
    *,
    base: bool = True,
    insisted: bool = False,
) -> Inference:
    """A model that is open, ready to be run on arrays.

    Raises:
        InputError: inputs and arrays that do not fit.
    """
    plan = plan_feed(model.inputs, arrays, source.feed, source.path)
    return Inference(model, plan, source, plan.batch or batch, base, insisted)


def answer(job: Job) -> None:
    """A model's log-probabilities of every example, and a record of how it was run."""
    source = ModelSource.model_validate(job.spec["source"])
    adapter = find_adapter(source)
    require_alike(job.spec["planned_on"], numeric_environment([adapter]))
    examples = read_examples(job.inputs["examples"].folder)
    count: int = job.spec["examples"]
    model = open_model(source, adapter)
    arrays = {name: array[:count] for name, array in examples.arrays.items()}
    base, insisted = job.spec["role"] != "candidate", bool(job.spec["insisted"])
    inference = opened(source, model, arrays, int(job.spec["batch"]), base=base, insisted=insisted)

    def shard(rows: slice) -> bytes:
        return _packed(*inference.shard(arrays, rows, examples))

    parts: list[Path] = []
    for rows in shards(count, inference.batch):
        name = f"rows-{rows.start:010d}"  # (what earlier versions left is called shard-)
        values, left = _unpacked(_kept(job, name, lambda rows=rows: shard(rows)))  # type: ignore[misc]
        inference.take(left)
        parts.append(job.out / name)
        np.save(parts[-1], values)
        job.emit(Event("progress", job.name, "examples", done=rows.stop, total=count))
    require_any(inference.failed, count, source.path)
    _joined([part.with_name(f"{part.name}.npy") for part in parts], job.out / LOG_PROBS, count)
    write_record(inference.record(examples.ids), job.out)


def require_any(failed: Mapping[Any, str], examples: int, where: str) -> None:
    """Refuse a model that failed on every example.

    Raises:
        InputError: it did.
    """
    if len(failed) == examples:
        why = next(iter(failed.values()))
        what = "every answer is NaN or infinite" if why == NOT_FINITE else f"answers no example: {why}"
        raise InputError(what, where=where)


def rows(job: Job) -> None:
    """Rows of a model against the base, about the examples on which neither failed."""
    require_alike(job.spec["planned_on"], numeric_environment(()))
    examples = read_examples(job.inputs["examples"].folder)
    base, other = (
        stored_predictions(job.inputs[role], path, examples)
        for role, path in zip(("base", "other"), job.spec["paths"], strict=True)
    )
    common_rows(base, other).write_parquet(job.out / ROWS, compression="zstd")


def common_rows(base: Predictions, other: Predictions) -> pl.DataFrame:
    """Rows of a model against the base, about the examples on which neither failed; none at all where there is none."""
    # A row of log-probabilities that holds a NaN is nothing else, and the example failed.
    both = ~(_failed(base) | _failed(other))
    if both.all():
        return measured(base, other)
    if not both.any():
        return measured(base.part(slice(1)), base.part(slice(1))).clear()
    return measured(base.part(both), other.part(both))


def _failed(one: Predictions) -> NDArray[np.bool_]:
    if one.answers is not None:
        return np.zeros(one.examples, dtype=np.bool_)
    return np.asarray(np.isnan(one.log_probs[:, 0]))


def stored_predictions(artefact: Artefact, name: str, examples: ExampleSet) -> Predictions:
    """What a model said, from the store; the numbers are mapped, not read.

    Args:
        artefact: the result of its task.
        name: what errors call it.
        examples: what it was run on.

    Raises:
        InputError: the labels know more classes than the model.
    """
    log_probs: Floats = np.load(artefact.path(LOG_PROBS), mmap_mode="r")
    labels = None if examples.labels is None else labels_within(examples.labels, log_probs.shape[1], name)
    return Predictions(name, log_probs, examples.ids, labels)


def labels_within(labels: NDArray[np.int64], classes: int, where: str) -> NDArray[np.int64]:
    """The labels, none of them beyond the classes that a model gives.

    Raises:
        InputError: one is.
    """
    if len(labels) and int(labels.max()) >= classes:
        raise InputError(
            f"gives {classes} classes, but the data has label {int(labels.max())}",
            where=where,
            fix="are model and data about the same classes?",
        )
    return labels


def read_record(artefact: Artefact) -> AnswerRecord:
    """How a model was run."""
    return AnswerRecord.model_validate_json(artefact.path(RECORD).read_bytes())


def _kept(job: Job, name: str, make: Callable[[], bytes]) -> bytes:
    """What an interrupted try left, else made and left."""
    found = job.workspace.read(name)
    if found is None:
        found = make()
        job.workspace.write(name, found)
    return found


def _packed(values: Floats, left: Left) -> bytes:
    """A shard as bytes: one line of JSON, then the array."""
    head = {
        "failed": {str(place): why for place, why in left.failed.items()},
        "returns": left.returns,
        "rounding": left.rounding.model_dump(),
        "doubt": left.doubt,
    }
    buffer = io.BytesIO()
    buffer.write(json.dumps(head).encode() + b"\n")
    np.save(buffer, values)
    return buffer.getvalue()


def _unpacked(kept: bytes) -> tuple[Floats, Left]:
    head, _, array = kept.partition(b"\n")
    found = json.loads(head)
    failed = {int(place): str(why) for place, why in found["failed"].items()}
    left = Left(failed, found["returns"], Rounding(**found["rounding"]), found["doubt"])
    return np.load(io.BytesIO(array)), left


def _joined(parts: list[Path], path: Path, examples: int) -> None:
    """The shards as one array, written piece by piece; the pieces are removed."""
    width = np.load(parts[0], mmap_mode="r").shape[1]
    whole = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(examples, width))
    start = 0
    for values in _loaded(parts):
        if values.shape[1] != width:
            raise InputError(f"{width} classes in one shard, {values.shape[1]} in another", where=path.name)
        whole[start : start + len(values)] = values
        start += len(values)
    whole.flush()


def _loaded(parts: list[Path]) -> Iterator[Floats]:
    for part in parts:
        yield np.load(part)
        part.unlink()
