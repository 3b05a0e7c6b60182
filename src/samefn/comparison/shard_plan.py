"""The plan of a comparison in shards: where the examples are cut, and the task of each piece."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import lcm
from typing import cast

from samefn.comparison.decisive import decisive, versions_of
from samefn.comparison.plan import Asked
from samefn.core.canonical import Json
from samefn.engine.task import Task
from samefn.measures.table import MEASURES
from samefn.runtimes.cpu import int8_flags
from samefn.schema.methods import OutputKind
from samefn.spec.identity import task_key

# Raise it when the numbers of rows move, a measure's for instance: rows are stored.
ALGORITHM = 1


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


def shard_task(models: Sequence[Asked], returns: Mapping[str, OutputKind], examples: str, name: str) -> Task:
    """The task that asks all models about one piece of the examples.

    Args:
        models: the base first, each with the task that asked it about a sample: what it is stands there.
        returns: what each gives, by id, so that no shard decides that by itself.
        examples: key of the piece in the store.
        name: for people.
    """
    asked: list[Json] = []
    sources: dict[str, Json] = {}
    for one in models:
        assert one.task is not None  # noqa: S101  (saved predictions are refused before)
        identity = {**cast("dict[str, Json]", one.task.spec["source"]), "returns": returns[one.id]}
        asked.append({"id": one.id, "source": identity, "batch": one.task.spec["batch"]})
        sources[one.id] = {**one.source.model_dump(mode="json"), "returns": returns[one.id]}
    what: dict[str, Json] = {"models": asked, "measures": list(MEASURES)}
    packages: dict[str, Json] = {one.adapter.name: versions_of(one.adapter) for one in models}
    versions: dict[str, Json] = {"packages": packages, "cpu": dict(int8_flags())}
    needs = {"examples": examples}
    key = task_key("shard", ALGORITHM, {"spec": what, "needs": needs, "versions": versions})
    told: dict[str, Json] = {"sources": sources, "planned_on": decisive(one.adapter for one in models)}
    return Task(key, "shard", name, "samefn.comparison.shard_tasks:shard", what, needs, told)
