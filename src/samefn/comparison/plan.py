"""The plan of a comparison: its models, where the examples are cut, and the tasks that run models and make rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import lcm

from samefn.comparison.duplicates import refuse_copies
from samefn.comparison.model_identity import (
    ModelContent,
    ModelIdentity,
    function_sha256,
    model_content,
    model_identity,
)
from samefn.comparison.model_names import model_names
from samefn.comparison.numeric_environment import numeric_environment, packages
from samefn.comparison.task_specs import AnswerSpec, ModelPaths, ModelRun, RowsSpec
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.config.keys import ANSWER, ROWS
from samefn.config.read_comparison import ALL_MODELS
from samefn.core.canonical import Json
from samefn.core.errors import InputError, OwnError
from samefn.engine.task import Task
from samefn.measures.stored_rows import measures_in_keys
from samefn.runtimes.adapters import Adapter, find_adapter
from samefn.runtimes.host import int8_flags
from samefn.schema.methods import OutputKind
from samefn.schema.report import Role

# What computes rows.
MEASURED_BY = ("numpy", "numba")
# Stands in for the runtime of a candidate that cannot be read.
_NO_ADAPTER = Adapter("none", "", ())
# The first so many examples say what a model returns, and whether it is deterministic.
SAMPLE = 256
# A replicate runs in batches so many times smaller.
REPLICATE_BATCH_DIVISOR = 4


@dataclass(frozen=True, eq=False)
class ComparedModel:
    """One model of a comparison.

    Attributes:
        id: unique in the comparison.
        name: for people.
        role: what it is to the comparison.
        source: where it is, and how it is fed.
        adapter: its runtime.
        batch: examples a batch, where the model does not fix that.
        content: what it holds; empty where nothing is run by a task.
        insisted: whether its output is class scores, whatever it looks like.
        problem: why it cannot be read; empty where it can.
    """

    id: str
    name: str
    role: Role
    source: ModelSource
    adapter: Adapter
    batch: int = 0
    content: ModelContent = field(default_factory=ModelContent, repr=False)
    insisted: bool = False
    problem: str = ""

    @property
    def saved(self) -> bool:
        """Whether its predictions were saved: nothing is run."""
        return self.adapter.kind == "predictions"

    @property
    def identity(self) -> ModelIdentity:
        """What decides its predictions, but for the examples and the machine."""
        return model_identity(self.source, self.adapter.name, self.batch, self.content)

    def replicate(self) -> "ComparedModel":
        """The same model, to be run again in smaller batches."""
        batch = max(1, self.batch // REPLICATE_BATCH_DIVISOR)
        name = f"{self.name} in other batches"
        return replace(self, id=f"{self.id}-again", name=name, role="replicate", batch=batch)

    def returning(self, kind: OutputKind) -> "ComparedModel":
        """The same model, known to return this: so no shard decides it by itself."""
        return replace(self, source=self.source.model_copy(update={"returns": kind}))


@dataclass(frozen=True)
class Piece:
    """Consecutive examples.

    Attributes:
        start: the first of them, in the order of all.
        stop: the one after the last.
        key: of them in the store, where they may be the first of more.
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


def compared_models(spec: ComparisonSpec) -> tuple[ComparedModel, ...]:
    """All models, the base first.

    Raises:
        InputError: the base, an independent or all candidates cannot be found or read, two models with one name, or an
            independent that is a copy.
    """
    models = tuple(_compared(*named, spec) for named in named_models(spec))
    readable = [one for one in models if not one.problem]
    if not any(one.role == "candidate" for one in readable):
        raise InputError("SF5907", next(one.problem for one in models if one.problem))
    if spec.independents:
        refuse_copies([(one.name, one.role, function_sha256(one.source, one.adapter)) for one in readable])
    return models


def readable(spec: ComparisonSpec) -> list[tuple[ModelSource, Adapter]]:
    """All models with their runtimes, without the candidates of which nothing can be read: those fail alone.

    Raises:
        InputError: of the base, an independent, or the first candidate where none can be read.
    """
    found: list[tuple[ModelSource, Adapter]] = [(spec.base, find_adapter(spec.base))]
    problems: list[InputError] = []
    for source in spec.candidates:
        try:
            found.append((source, find_adapter(source)))
        except InputError as error:
            problems.append(error)
    if len(problems) == len(spec.candidates):
        raise problems[0]
    return [*found, *((source, find_adapter(source)) for source in spec.independents)]


def candidate_names(spec: ComparisonSpec) -> dict[str, str]:
    """The candidates' names by id.

    Raises:
        InputError: two models with one name.
    """
    return {key: name for key, name, role, _ in named_models(spec) if role == "candidate"}


def spec_key(model_id: str) -> str:
    """What `--set` calls a model.

    >>> spec_key("candidate-2"), spec_key("base"), spec_key("base-again")
    ('candidates.2', 'base', 'base')
    """
    role, _, number = model_id.partition("-")
    return f"{role}s.{number}" if number.isdecimal() else role


def addressed(reason: str, model_id: str) -> str:
    """Why a model failed, with advice about this model alone: the base did not fail.

    >>> addressed("x has shape [3]; say --set model.feed.layout=NCHW", "candidate-2")
    'x has shape [3]; say --set candidates.2.feed.layout=NCHW'
    """
    return reason.replace(f"--set {ALL_MODELS}.", f"--set {spec_key(model_id)}.")


def _compared(model_id: str, name: str, role: Role, source: ModelSource, spec: ComparisonSpec) -> ComparedModel:
    """A model; a candidate that cannot be read has its problem instead."""
    insisted = spec.task is not None
    try:
        adapter = find_adapter(source)
        if adapter.kind == "predictions":
            return ComparedModel(model_id, name, role, source, adapter, insisted=insisted)
        batch = source.batch_size or spec.batch_size
        content = model_content(source, adapter)
    except InputError as error:
        if role != "candidate":
            raise
        return ComparedModel(model_id, name, role, source, _NO_ADAPTER, problem=str(error))
    return ComparedModel(model_id, name, role, source, adapter, batch, content, insisted)


def named_models(spec: ComparisonSpec) -> Iterator[tuple[str, str, Role, ModelSource]]:
    """Id, name, role and source of every model."""
    names = iter(model_names(spec.base, spec.candidates, spec.independents))
    yield "base", next(names), "base", spec.base
    for number, source in enumerate(spec.candidates, start=1):
        yield f"candidate-{number}", next(names), "candidate", source
    for number, source in enumerate(spec.independents, start=1):
        yield f"independent-{number}", next(names), "independent", source


def cut(examples: int, shards: int, batches: Iterable[int]) -> tuple[slice, ...]:
    """Consecutive pieces of the examples, each of whole batches of every model; as many as asked for where there are.

    Args:
        examples: how many.
        shards: how many pieces are asked for.
        batches: the batch sizes of all models.

    >>> cut(1000, 3, [64])
    (slice(0, 320, None), slice(320, 640, None), slice(640, 1000, None))
    >>> len(cut(1000, 3, [64, 10]))  # whole batches of both are 320 examples: 320, 320 and 360
    3
    >>> cut(100, 7, [64])
    (slice(0, 64, None), slice(64, 100, None))
    """
    size = lcm(*batches)
    whole = -(-examples // size)
    count = min(shards, whole)
    borders = [min(whole * number // count * size, examples) for number in range(count + 1)]
    return tuple(slice(start, stop) for start, stop in pairwise(borders))


def answer_task(model: ComparedModel, piece: Piece) -> Task:
    """The task that runs a model on a piece of the examples."""
    spec = AnswerSpec(source=model.identity, batch=model.batch, examples=piece.count)
    needs = {"examples": piece.key}
    versions: dict[str, Json] = {"packages": packages(model.adapter.distributions), "cpu": dict(int8_flags())}
    told = ModelRun(
        model=model.source,
        planned_on=numeric_environment([model.adapter]),
        # Of a shard the probe has told already.
        insisted=model.insisted or bool(piece.title),
        role=model.role,
    )
    key, name = ANSWER.key(spec=spec.entries(), needs=needs, versions=versions), titled(model.name, piece)
    run = "samefn.comparison.tasks:answer"
    return Task(key, ANSWER.name, name, run, spec.entries(), needs, told.entries())


def rows_task(base: Task, other: Task, models: Sequence[ComparedModel], piece: Piece) -> Task:
    """The task that measures a model against the base, example by example.

    Args:
        base: what ran the base on the piece.
        other: what ran the model on it.
        models: the two.
        piece: the examples.
    """
    spec = RowsSpec(measures=tuple(measures_in_keys()))
    needs = {"base": base.key, "other": other.key, "examples": piece.key}
    versions: dict[str, Json] = {"packages": packages(MEASURED_BY), "cpu": dict(int8_flags())}
    paths = models[0].source.path, models[-1].source.path
    told = ModelPaths(paths=paths, planned_on=numeric_environment(()))
    key, name = ROWS.key(spec=spec.entries(), needs=needs, versions=versions), f"rows of {models[-1].name}"
    run = "samefn.comparison.tasks:rows"
    return Task(key, ROWS.name, titled(name, piece), run, spec.entries(), needs, told.entries())


def titled(name: str, piece: Piece) -> str:
    """What a task is called: the model, and the piece where there are several."""
    return f"{name}, {piece.title}" if piece.title else name


def require_candidates(models: Iterable[ComparedModel], reason: str, details: str) -> None:
    """Refuse a comparison without a base or a candidate.

    Args:
        models: those that can be used.
        reason: why the first of the others cannot.
        details: tracebacks, where that is samefn's own fault.

    Raises:
        InputError: the base cannot be run, or no candidate.
        OwnError: the same, and it is samefn's own fault.
    """
    roles = [one.role for one in models]
    if "base" in roles and "candidate" in roles:
        return
    what = f"{'no candidate can' if 'base' in roles else 'the base cannot'} be asked: {reason}"
    raise OwnError("SF5908", what, details=details) if details else InputError("SF5909", what)
