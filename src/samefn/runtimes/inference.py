"""The one batch loop: cut examples into batches, run them, check that scores came out, join them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from samefn.config.comparison import Feed
from samefn.core.errors import InputError
from samefn.datasets.example_set import IMAGE
from samefn.runtimes.inputs.feeding import FeedPlan, plan_feed
from samefn.runtimes.model import Array, Model

# So many examples at least make a shard, unless a batch is larger: what an interruption can cost.
SHARD = 4096
NOT_FINITE = "a NaN or infinite score"

Scores: TypeAlias = NDArray[np.float32]
# From one batch of the examples' arrays to the output that holds the scores.
Run: TypeAlias = Callable[[Mapping[str, Array]], Array]


@dataclass(frozen=True, eq=False)
class Inferred:
    """A model's scores of some examples.

    Attributes:
        scores: [examples, classes], float32; NaN where the model failed.
        failed: why, by the place of the example.
    """

    scores: Scores
    failed: Mapping[int, str] = field(default_factory=dict)


def infer_batches(
    run: Run,
    arrays: Mapping[str, Array],
    batch: int,
    where: str,
    *,
    rows: slice | None = None,
    fixed: bool = False,
    failed: dict[int, str] | None = None,
) -> Scores:
    """Scores of examples, run in batches that are cut in the given order; the last may be smaller.

    Args:
        run: gives the scores of one batch.
        arrays: of all examples, by name.
        batch: examples a batch, at least 1. It matters: dynamic int8 takes each batch's own range.
        where: what errors call the model.
        rows: which examples, consecutive ones; None for all.
        fixed: whether every batch must be full: a smaller one is filled up with its last example, and cut again.
        failed: None to raise what goes wrong. Else the examples of a batch that fails are run again one by one, and
            those that fail again are noted here with the reason, by their place; their scores are NaN.

    Returns:
        float32, [examples, classes].

    Raises:
        InputError: a batch fails (where `failed` is given: every example of it alone too), or no class scores come out.
    """
    rows = rows or slice(0, count_examples(arrays, batch, where))
    scores: list[Scores] = []
    for start in range(rows.start, rows.stop, batch):
        part = slice(start, min(start + batch, rows.stop))
        try:
            scores.append(_run_part(run, arrays, part, batch if fixed else None, where))
        except RowsError:  # no fault of an example: alone each would seem right
            raise
        except InputError as error:
            if failed is None:
                raise
            scores.append(_one_by_one(run, arrays, part, batch if fixed else None, where, failed, error))
    widths = sorted({one.shape[1] for one in scores})
    if len(widths) > 1:
        raise InputError("SF3011", f"batches gave {' and '.join(map(str, widths))} classes", where=where)
    return np.concatenate(scores)


def infer_shard(
    model: Model, plan: FeedPlan, arrays: Mapping[str, Array], rows: slice, batch: int, output: str, where: str
) -> Inferred:
    """A model's scores of some examples; what it fails on is counted and named, never dropped silently.

    Args:
        model: the model.
        plan: how it is fed.
        arrays: of all examples.
        rows: which of them.
        batch: examples a batch.
        output: which output; empty where there is one.
        where: what errors call the model.

    Raises:
        InputError: it fails on every example of a batch, or what it gives is no class scores.
    """
    failed: dict[int, str] = {}
    run = model_run(model, plan, output, where)
    scores = infer_batches(run, arrays, batch, where, rows=rows, fixed=plan.batch is not None, failed=failed)
    for place in np.flatnonzero(~np.isfinite(scores).all(axis=1)):
        example = rows.start + int(place)
        failed.setdefault(example, _not_finite_input(arrays, example) or NOT_FINITE)
        scores[place] = np.nan
    return Inferred(scores, failed)


def infer_images(model: Model, pixels: NDArray[np.uint8], batch: int, where: str) -> Scores:
    """A model's scores of images.

    Args:
        model: takes images as [batch, channels, height, width]; bytes are divided by 255 for a model of floats.
        pixels: uint8, [examples, channels, height, width].
        batch: examples a batch, where the model does not fix that.
        where: what errors call the model.

    Raises:
        InputError: the model cannot run on them, or gives no class scores.
    """
    arrays = {IMAGE: pixels}
    plan = plan_feed(model.inputs, arrays, Feed(layout="NCHW"), where)
    run = model_run(model, plan, "", where)
    return infer_batches(run, arrays, plan.batch or batch, where, fixed=plan.batch is not None)


def model_run(model: Model, plan: FeedPlan, output: str, where: str) -> Run:
    """From one batch of the examples' arrays to one output of a model, named as for `pick_output`."""
    return lambda arrays: pick_output(model.run(plan.feeds(arrays)), output, where)


def one_batch(plan: FeedPlan, arrays: Mapping[str, Array], count: int) -> dict[str, Array]:
    """The first so many examples as a model's inputs; where there are fewer, they are repeated."""
    return plan.feeds({name: array[np.arange(count) % len(array)] for name, array in arrays.items()})


def shard_slices(examples: int, batch: int) -> Iterator[slice]:
    """Consecutive shards of the examples, each of whole batches, so that shards do not change what a batch holds.

    >>> list(shard_slices(10_000, 3000))
    [slice(0, 3000, None), slice(3000, 6000, None), slice(6000, 9000, None), slice(9000, 10000, None)]
    """
    size = batch * max(1, SHARD // batch)
    return (slice(start, min(start + size, examples)) for start in range(0, examples, size))


def count_examples(arrays: Mapping[str, Array], batch: int, where: str) -> int:
    """How many examples all arrays hold.

    Raises:
        InputError: none, different numbers of them, or a batch size below 1.
    """
    counts = {len(values) for values in arrays.values()}
    if len(counts) != 1 or counts == {0} or batch < 1:
        raise InputError(
            "SF3012",
            f"inputs with {sorted(counts)} examples in batches of {batch}",
            where=where,
            fix="give every input the same number of examples, one or more",
        )
    return counts.pop()


def pick_output(outputs: Mapping[str, Array], wanted: str, where: str) -> Array:
    """The output that is asked for, by name or place, or the only one.

    Raises:
        InputError: several and none is named, or the named one is not there.
    """
    names = list(outputs)
    if wanted:
        numbered = {str(number): name for number, name in enumerate(names)}
        name = wanted if wanted in outputs else numbered.get(wanted, wanted)
        if name not in outputs:
            raise InputError(
                "SF3013", f"has no output {wanted!r}", where=where, fix=f"its outputs are {', '.join(names)}"
            )
        return outputs[name]
    if len(names) != 1:
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in outputs.items())
        raise InputError("SF3014", f"has {len(names)} outputs: {shapes}", where=where, fix="say which with `output`")
    return outputs[names[0]]


def class_scores(values: Array, where: str) -> Scores:
    """Class scores as float32 [examples, classes].

    Raises:
        InputError: it is something else, such as boxes, maps or one number an example.
    """
    scores = np.asarray(values)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise InputError(
            "SF3015",
            f"its output has shape {list(scores.shape)}: not [examples, classes] with two classes or more",
            where=where,
            fix="regression, a class a step, detection and segmentation cannot be compared yet; "
            "name another output with `output`",
        )
    if not np.issubdtype(scores.dtype, np.floating):
        raise InputError(
            "SF3016",
            f"its output holds {scores.dtype.name}, not floating-point scores",
            where=where,
            fix="give the model with its output dequantised",
        )
    return scores.astype(np.float32)


class RowsError(InputError):
    """A model that does not give one row of scores an example."""


def require_rows(scores: Scores, examples: int, where: str) -> None:
    """Refuse scores that are not one row an example.

    Raises:
        RowsError: they are fewer or more.
    """
    if len(scores) != examples:
        raise RowsError("SF3017", f"{examples} examples gave {len(scores)} rows of scores", where=where)


def _run_part(run: Run, arrays: Mapping[str, Array], part: slice, full: int | None, where: str) -> Scores:
    values = {name: array[part] for name, array in arrays.items()}
    count = part.stop - part.start
    expected = full or count
    if count < expected:
        values = {name: np.concatenate([one, np.repeat(one[-1:], expected - count, 0)]) for name, one in values.items()}
    scores = class_scores(run(values), where)
    require_rows(scores, expected, where)
    return scores[:count]


def _one_by_one(
    run: Run,
    arrays: Mapping[str, Array],
    part: slice,
    full: int | None,
    where: str,
    failed: dict[int, str],
    error: InputError,
) -> Scores:
    """The scores of a batch that failed as a whole, each example alone; of those that fail again NaN."""
    alone: dict[int, Scores] = {}
    for place in range(part.start, part.stop):
        try:
            alone[place] = _run_part(run, arrays, slice(place, place + 1), full, where)[0]
        except InputError as reason:
            failed[place] = reason.what
    if not alone:
        raise error
    blank = np.full_like(next(iter(alone.values())), np.nan)
    return np.stack([alone.get(place, blank) for place in range(part.start, part.stop)])


def _not_finite_input(arrays: Mapping[str, Array], place: int) -> str:
    """What in an example itself no model can take; empty where there is nothing."""
    for name, array in arrays.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array[place]).all():
            return f"the data hold {'NaN' if np.isnan(array[place]).any() else 'infinity'} there, in {name}"
    return ""
