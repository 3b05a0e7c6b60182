"""The plan of a comparison: where the examples are cut, and the tasks that run models and make rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import lcm

from samefn.comparison.confinement import confined_models
from samefn.comparison.models import ComparedModel
from samefn.comparison.numeric_environment import key_versions, numeric_environment
from samefn.comparison.task_specs import ModelPaths, ModelRun, PredictionSpec, RowsSpec
from samefn.config.keys import ANSWER, ROWS
from samefn.engine.task import Task
from samefn.measures.stored_rows import measures_in_keys

# The packages that compute rows.
ROWS_PACKAGES = ("numpy", "numba")


@dataclass(frozen=True)
class Piece:
    """Consecutive examples.

    Attributes:
        start: the first of them, in the order of all.
        stop: the one after the last.
        key: of stored examples that begin with these.
        title: for people; empty where nothing was cut.
    """

    start: int
    stop: int
    key: str
    title: str = ""

    @property
    def rows(self) -> slice:
        """Which of all examples."""
        return slice(self.start, self.stop)

    @property
    def count(self) -> int:
        """How many."""
        return self.stop - self.start


def cut_into_pieces(examples: int, shards: int, batches: Iterable[int]) -> tuple[slice, ...]:
    """Consecutive pieces of the examples, each of whole batches of every model; fewer than asked where these run out.

    Args:
        examples: how many.
        shards: how many pieces are asked for.
        batches: the batch sizes of all models.

    >>> cut_into_pieces(1000, 3, [64])
    (slice(0, 320, None), slice(320, 640, None), slice(640, 1000, None))
    >>> len(cut_into_pieces(1000, 3, [64, 10]))  # whole batches of both are 320 examples: 320, 320 and 360
    3
    >>> cut_into_pieces(100, 7, [64])
    (slice(0, 64, None), slice(64, 100, None))
    """
    size = lcm(*batches)
    batch_count = -(-examples // size)
    count = min(shards, batch_count)
    borders = [min(batch_count * number // count * size, examples) for number in range(count + 1)]
    return tuple(slice(start, stop) for start, stop in pairwise(borders))


def prediction_task(model: ComparedModel, piece: Piece) -> Task:
    """The task that runs a model on a piece of the examples."""
    spec = PredictionSpec(source=model.identity, batch=model.batch, examples=piece.count, repeat=model.repeat)
    needs = {"examples": piece.key}
    run = ModelRun(
        model=model.source,
        planned_on=numeric_environment([model.adapter]),
        # Shards are not checked: the sample was.
        assume_class_scores=model.assume_class_scores or bool(piece.title),
        role=(model.parent or model).role,
    )
    key = ANSWER.key(spec=spec.entries(), needs=needs, versions=key_versions(model.adapter.distributions))
    name = task_name(model.name, piece)
    return Task(
        key,
        ANSWER.name,
        name,
        "samefn.comparison.model_task:run_model",
        spec.entries(),
        needs,
        run.entries(),
        confined=confined_models([(model.source, model.adapter)]),
    )


def rows_task(base: Task, other: Task, models: Sequence[ComparedModel], piece: Piece) -> Task:
    """The task that measures a model against the base, or a replicate against its parent, example by example.

    Args:
        base: the task that ran the base or parent on the piece.
        other: the task that ran the model on it.
        models: the two.
        piece: the examples.
    """
    spec = RowsSpec(measures=tuple(measures_in_keys()))
    needs = {"base": base.key, "other": other.key, "examples": piece.key}
    paths = models[0].source.path, models[-1].source.path
    used = ModelPaths(paths=paths, planned_on=numeric_environment(()))
    key = ROWS.key(spec=spec.entries(), needs=needs, versions=key_versions(ROWS_PACKAGES))
    name = task_name(f"rows of {models[-1].name}", piece)
    return Task(key, ROWS.name, name, "samefn.comparison.tasks:make_rows", spec.entries(), needs, used.entries())


def task_name(name: str, piece: Piece) -> str:
    """The name of a task, with the piece where there are several."""
    return f"{name}, {piece.title}" if piece.title else name
