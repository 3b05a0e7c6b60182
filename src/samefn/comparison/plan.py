"""The plan of a comparison: its models, and the tasks that ask them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from samefn.comparison.called import called
from samefn.comparison.copies import refuse_copies
from samefn.comparison.decisive import decisive, versions_of
from samefn.comparison.identity import function_sha256, model_identity
from samefn.core.canonical import Json
from samefn.core.errors import InputError
from samefn.engine.task import Task
from samefn.reports.contract import Role
from samefn.runtimes.adapters import Adapter, find_adapter
from samefn.runtimes.cpu import int8_flags
from samefn.spec.comparison import ComparisonSpec, ModelSource
from samefn.spec.identity import task_key
from samefn.spec.read_comparison import ALL

ALGORITHM = 2
# The base is asked again in other batches: first so many examples, and all only where its answers moved.
SAMPLE = 256
OTHER_BATCH = 4


@dataclass(frozen=True)
class Asked:
    """One model of a comparison.

    Attributes:
        id: unique in the comparison.
        name: for people.
        role: what it is to the comparison.
        source: the model.
        adapter: its runtime.
        task: what asks it; None where its predictions were saved, or it cannot be read.
        problem: why it cannot be read; empty where it can.
        insisted: whether its output is class scores, whatever it looks like.
    """

    id: str
    name: str
    role: Role
    source: ModelSource
    adapter: Adapter
    task: Task | None
    problem: str = ""
    insisted: bool = False


# Stands in for the runtime of a candidate that cannot be read.
_NO_ADAPTER = Adapter("none", "", ())


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
    return reason.replace(f"--set {ALL}.", f"--set {spec_key(model_id)}.")


def asked_models(spec: ComparisonSpec, examples: str, count: int) -> tuple[Asked, ...]:
    """All models, the base first, each with the task that asks it.

    Args:
        spec: the comparison.
        examples: key of the examples in the store.
        count: how many examples.

    Raises:
        InputError: a base or independent that cannot be found or read, or no candidate that can; two with one name,
            or an independent that is a copy.
    """
    found = tuple(_asked(*named, spec, examples, count) for named in named_models(spec))
    read = [one for one in found if not one.problem]
    if not any(one.role == "candidate" for one in read):
        raise InputError(next(one.problem for one in found if one.problem))
    if spec.independents:
        refuse_copies([(one.name, one.role, function_sha256(one.source, one.adapter)) for one in read])
    return found


def _asked(
    model_id: str, name: str, role: Role, source: ModelSource, spec: ComparisonSpec, examples: str, count: int
) -> Asked:
    """A model with its task; a candidate that cannot be read has its problem instead."""
    try:
        one = Asked(model_id, name, role, source, find_adapter(source), None, insisted=spec.task is not None)
        return one if one.adapter.kind == "predictions" else replace(one, task=task_of(one, spec, examples, count))
    except InputError as error:
        if role != "candidate":
            raise
        return Asked(model_id, name, role, source, _NO_ADAPTER, None, str(error))


def candidate_names(spec: ComparisonSpec) -> dict[str, str]:
    """The candidates' names by id.

    Raises:
        InputError: two models with one name.
    """
    return {key: name for key, name, role, _ in named_models(spec) if role == "candidate"}


def task_of(one: Asked, spec: ComparisonSpec, examples: str, count: int, divide_batch: int = 1) -> Task:
    """The task that asks a model.

    Args:
        one: the model; where it has a task, its files are taken for those that were hashed for that.
        spec: the comparison.
        examples: key of the examples in the store.
        count: ask about the first so many.
        divide_batch: make the batches so many times smaller than the comparison's.
    """
    batch = max(1, (one.source.batch_size or spec.batch_size) // divide_batch)
    identity: dict[str, Json]
    if one.task is None:
        identity = model_identity(one.source, one.adapter, batch)
    else:
        identity = {**cast("dict[str, Json]", one.task.spec["source"]), "batch_size": batch}
    what: dict[str, Json] = {"source": identity, "batch": batch, "examples": count}
    needs = {"examples": examples}
    versions: dict[str, Json] = {"packages": versions_of(one.adapter), "cpu": dict(int8_flags())}
    key = task_key("answer", ALGORITHM, {"spec": what, "needs": needs, "versions": versions})
    told: dict[str, Json] = {
        "source": one.source.model_dump(mode="json"),
        "planned_on": decisive([one.adapter]),
        "insisted": spec.task is not None,
        "role": one.role,
    }
    return Task(key, "answer", one.name, "samefn.comparison.tasks:answer", what, needs, told)


def named_models(spec: ComparisonSpec) -> Iterator[tuple[str, str, Role, ModelSource]]:
    """Id, name, role and source of every model."""
    names = iter(called(spec.base, spec.candidates, spec.independents))
    yield "base", next(names), "base", spec.base
    for number, source in enumerate(spec.candidates, start=1):
        yield f"candidate-{number}", next(names), "candidate", source
    for number, source in enumerate(spec.independents, start=1):
        yield f"independent-{number}", next(names), "independent", source
