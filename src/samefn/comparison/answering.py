"""Ask a model shard by shard; what it cannot answer is counted and named, never dropped silently."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.predictions.class_scores import no_class_scores
from samefn.runtimes.feeding import FeedPlan
from samefn.runtimes.model import Array, Model, output_trail
from samefn.spec.comparison import ModelSource

# So many examples at least make a shard, unless a batch is larger: what an interruption can cost.
SHARD = 4096
NOT_FINITE = "a NaN or infinite score"


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's answers to some examples.

    Attributes:
        scores: [examples, classes], float32; NaN where the model failed.
        failed: why, by the place of the example.
    """

    scores: NDArray[np.float32]
    failed: Mapping[int, str] = field(default_factory=dict)


def shards(examples: int, batch: int) -> Iterator[slice]:
    """Consecutive pieces of the examples, each of whole batches, so that shards do not change what a batch holds.

    >>> list(shards(10_000, 3000))
    [slice(0, 3000, None), slice(3000, 6000, None), slice(6000, 9000, None), slice(9000, 10000, None)]
    """
    size = batch * max(1, SHARD // batch)
    return (slice(start, min(start + size, examples)) for start in range(0, examples, size))


def answered(
    model: Model, plan: FeedPlan, arrays: Mapping[str, Array], rows: slice, batch: int, output: str, where: str
) -> Answers:
    """A model's scores for one shard.

    An example whose batch fails is asked again alone, and is NaN where it fails there too.

    Args:
        model: the model.
        plan: how it is fed.
        arrays: of all examples.
        rows: which of them.
        batch: examples a batch.
        output: which output; empty where there is one.
        where: what errors call the model.

    Raises:
        InputError: it fails on every example of a shard, or what it gives is no class scores.
    """
    found: list[NDArray[np.float32]] = []
    failed: dict[int, str] = {}
    for start in range(rows.start, rows.stop, batch):
        part = slice(start, min(start + batch, rows.stop))
        try:
            found.append(_scores(model, plan, arrays, part, output, where))
        except InputError as error:
            found.append(_one_by_one(model, plan, arrays, part, output, where, failed, error))
    scores = np.concatenate(_of_one_width(found, where))
    for place in np.flatnonzero(~np.isfinite(scores).all(axis=1)):
        failed.setdefault(rows.start + int(place), _unanswerable(arrays, rows.start + int(place)) or NOT_FINITE)
        scores[place] = np.nan
    return Answers(scores, failed)


def class_doubt(
    model: Model,
    source: ModelSource,
    arrays: Mapping[str, Array],
    labels: NDArray[np.int64] | None,
    scores: NDArray[np.float32],
    *,
    base: bool = True,
) -> str:
    """Why a model's output is no class scores; empty where nothing says so.

    Args:
        model: the model.
        source: it.
        arrays: the examples' by name.
        labels: of the rows of scores, or None.
        scores: what it gave for some examples; NaN where it failed.
        base: whether labels and values are asked too.
    """
    whole = np.isfinite(scores).all(axis=1)
    if not whole.any():
        return ""
    sizes = [int(np.prod(array.shape[1:])) for array in arrays.values()]
    known = None if labels is None else labels[whole]
    return no_class_scores(scores[whole], output_trail(model, source.output), sizes, known, base=base)


def _unanswerable(arrays: Mapping[str, Array], place: int) -> str:
    """What in an example itself no model can answer; empty where there is nothing."""
    for name, array in arrays.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array[place]).all():
            return f"the data hold {'NaN' if np.isnan(array[place]).any() else 'infinity'} there, in {name}"
    return ""


def _one_by_one(
    model: Model,
    plan: FeedPlan,
    arrays: Mapping[str, Array],
    part: slice,
    output: str,
    where: str,
    failed: dict[int, str],
    error: InputError,
) -> NDArray[np.float32]:
    """The answers of a batch that failed as a whole, each example alone; of those that fail again there are none."""
    alone: dict[int, NDArray[np.float32]] = {}
    for place in range(part.start, part.stop):
        try:
            alone[place] = _scores(model, plan, arrays, slice(place, place + 1), output, where)[0]
        except InputError as found:
            failed[place] = found.what
    if not alone:
        raise error
    blank = np.full_like(next(iter(alone.values())), np.nan)
    return np.stack([alone.get(place, blank) for place in range(part.start, part.stop)])


def _scores(
    model: Model, plan: FeedPlan, arrays: Mapping[str, Array], part: slice, output: str, where: str
) -> NDArray[np.float32]:
    values = {name: array[part] for name, array in arrays.items()}
    count = part.stop - part.start
    if plan.batch is not None and count != plan.batch:
        values = {name: _filled(array, plan.batch) for name, array in values.items()}
    scores = as_scores(chosen(model.run(plan.feeds(values)), output, where), where)
    require_rows(scores, plan.batch or count, where)
    return scores[:count]


def require_rows(scores: NDArray[np.float32], examples: int, where: str) -> None:
    """Refuse scores that are not one row an example.

    Raises:
        InputError: they are fewer or more.
    """
    if len(scores) != examples:
        raise InputError(f"{examples} examples gave {len(scores)} rows of scores", where=where)


def _filled(values: Array, batch: int) -> Array:
    """A batch filled up with its last example."""
    return np.concatenate([values, np.repeat(values[-1:], batch - len(values), axis=0)])


def chosen(outputs: Mapping[str, Array], wanted: str, where: str) -> Array:
    """The output that is asked for, or the only one.

    Raises:
        InputError: several and none is named, or the named one is not there.
    """
    names = list(outputs)
    if wanted:
        numbered = {str(number): name for number, name in enumerate(names)}
        name = wanted if wanted in outputs else numbered.get(wanted, wanted)
        if name not in outputs:
            raise InputError(f"has no output {wanted!r}", where=where, fix=f"its outputs are {', '.join(names)}")
        return outputs[name]
    if len(names) != 1:
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in outputs.items())
        raise InputError(f"has {len(names)} outputs: {shapes}", where=where, fix="say which with `output`")
    return outputs[names[0]]


def as_scores(values: Array, where: str) -> NDArray[np.float32]:
    """Class scores as float32 [examples, classes].

    Raises:
        InputError: it is something else, such as boxes, maps or one number an example.
    """
    scores = np.asarray(values)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise InputError(
            f"its output has shape {list(scores.shape)}: not [examples, classes] with two classes or more",
            where=where,
            fix="regression, a class a step, detection and segmentation cannot be compared yet; "
            "name another output with `output`",
        )
    if not np.issubdtype(scores.dtype, np.floating):
        raise InputError(
            f"its output holds {scores.dtype.name}, not floating-point scores",
            where=where,
            fix="give the model with its output dequantised",
        )
    return scores.astype(np.float32)


def _of_one_width(found: list[NDArray[np.float32]], where: str) -> list[NDArray[np.float32]]:
    widths = sorted({scores.shape[1] for scores in found})
    if len(widths) > 1:
        raise InputError(f"batches gave {' and '.join(map(str, widths))} classes", where=where)
    return found
