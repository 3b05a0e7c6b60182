"""The only batch loop: cut examples into batches, run them, check the scores, join them."""

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

# A block holds at most this many examples, unless one batch is larger: an interruption costs no more than a block.
MAX_BLOCK_EXAMPLES = 4096
NOT_FINITE = "a NaN or infinite score"

Scores: TypeAlias = NDArray[np.float32]
# From one batch of the examples' arrays to the output that holds the scores.
RunBatch: TypeAlias = Callable[[Mapping[str, Array]], Array]


@dataclass(frozen=True, eq=False)
class Inferred:
    """A model's scores of some examples.

    Attributes:
        scores: [examples, classes], float32; NaN where the model failed.
        failed: the reason, by the index of the example.
    """

    scores: Scores
    failed: Mapping[int, str] = field(default_factory=dict)


def infer_batches(
    run: RunBatch,
    arrays: Mapping[str, Array],
    batch: int,
    where: str,
    *,
    rows: slice | None = None,
    fixed: bool = False,
    failed: dict[int, str] | None = None,
) -> Scores:
    """Scores of examples, run in batches in the given order; the last batch may be smaller.

    Args:
        run: returns the scores of one batch.
        arrays: of all examples, by name.
        batch: examples per batch, at least 1. It can change the scores: dynamic int8 uses the range of each batch.
        where: what errors call the model.
        rows: which examples, consecutive ones; None for all.
        fixed: whether every batch must be full: a smaller one is padded with its last example, and the padding's
            scores are dropped.
        failed: None to raise the error of a batch that fails. Else the examples of that batch are run again one by
            one, and the reasons of those that fail again are put in here, by their index; their scores are NaN.

    Returns:
        float32, [examples, classes].

    Raises:
        InputError: a batch fails (where `failed` is given: and so does each example of it alone), or the output holds
            no class scores.
    """
    rows = rows or slice(0, count_examples(arrays, batch, where))
    scores: list[Scores] = []
    for start in range(rows.start, rows.stop, batch):
        part = slice(start, min(start + batch, rows.stop))
        try:
            scores.append(_run_part(run, arrays, part, batch if fixed else None, where))
        except RowsError:  # not an example's fault, and hidden where each is run alone
            raise
        except InputError as error:
            if failed is None:
                raise
            scores.append(_one_by_one(run, arrays, part, batch if fixed else None, where, failed, error))
    widths = sorted({part_scores.shape[1] for part_scores in scores})
    if len(widths) > 1:
        raise InputError(
            "SF311", f"returned {' and '.join(map(str, widths))} classes for different batches", where=where
        )
    return np.concatenate(scores)


def infer_block(
    model: Model, plan: FeedPlan, arrays: Mapping[str, Array], rows: slice, batch: int, output: str, where: str
) -> Inferred:
    """A model's scores of some examples; those that it fails on are in `failed`, never dropped silently.

    Args:
        model: the model.
        plan: how its inputs are made.
        arrays: of all examples.
        rows: which of them.
        batch: examples per batch.
        output: name or index of the output; empty for the only one.
        where: what errors call the model.

    Raises:
        InputError: it fails on every example of a batch, or its output holds no class scores.
    """
    failed: dict[int, str] = {}
    run = model_run(model, plan, output, where)
    scores = infer_batches(run, arrays, batch, where, rows=rows, fixed=plan.batch is not None, failed=failed)
    for row in np.flatnonzero(~np.isfinite(scores).all(axis=1)):
        example = rows.start + int(row)
        failed.setdefault(example, _not_finite_input(arrays, example) or NOT_FINITE)
        scores[row] = np.nan
    return Inferred(scores, failed)


def infer_images(model: Model, pixels: NDArray[np.uint8], batch: int, where: str) -> Scores:
    """A model's scores of images.

    Args:
        model: takes images as [batch, channels, height, width]; bytes are divided by 255 for a model of floats.
        pixels: uint8, [examples, channels, height, width].
        batch: examples per batch, where the model does not fix that.
        where: what errors call the model.

    Raises:
        InputError: the model cannot run on them, or returns no class scores.
    """
    arrays = {IMAGE: pixels}
    plan = plan_feed(model.inputs, arrays, Feed(layout="NCHW"), where)
    run = model_run(model, plan, "", where)
    return infer_batches(run, arrays, plan.batch or batch, where, fixed=plan.batch is not None)


def model_run(model: Model, plan: FeedPlan, output: str, where: str) -> RunBatch:
    """A function from one batch of the examples' arrays to one output of a model, named as for `pick_output`."""
    return lambda arrays: pick_output(model.run(plan.feeds(arrays)), output, where)


def one_batch(plan: FeedPlan, arrays: Mapping[str, Array], count: int) -> dict[str, Array]:
    """The first `count` examples as a model's inputs; where there are fewer, they are repeated."""
    return plan.feeds({name: array[np.arange(count) % len(array)] for name, array in arrays.items()})


def block_slices(examples: int, batch: int) -> Iterator[slice]:
    """Consecutive blocks of the examples, each of whole batches, so that a batch is the same with and without blocks.

    >>> list(block_slices(10_000, 3000))
    [slice(0, 3000, None), slice(3000, 6000, None), slice(6000, 9000, None), slice(9000, 10000, None)]
    """
    size = batch * max(1, MAX_BLOCK_EXAMPLES // batch)
    return (slice(start, min(start + size, examples)) for start in range(0, examples, size))


def count_examples(arrays: Mapping[str, Array], batch: int, where: str) -> int:
    """The number of examples in the arrays.

    Raises:
        InputError: no examples, arrays of different lengths, or a batch size below 1.
    """
    counts = {len(values) for values in arrays.values()}
    if len(counts) != 1 or counts == {0} or batch < 1:
        raise InputError(
            "SF312",
            f"cannot run inputs with {sorted(counts)} examples in batches of {batch}",
            where=where,
            fix="give every input the same number of examples, and batches of 1 or more",
        )
    return counts.pop()


def pick_output(outputs: Mapping[str, Array], output: str, where: str) -> Array:
    """One of a model's outputs.

    Args:
        outputs: all of them, by name.
        output: a name or an index; empty for the only one.
        where: what errors call the model.

    Raises:
        InputError: no such output, or several and none is named.
    """
    names = list(outputs)
    if output:
        by_index = {str(index): name for index, name in enumerate(names)}
        name = output if output in outputs else by_index.get(output, output)
        if name not in outputs:
            raise InputError(
                "SF313", f"has no output {output!r}", where=where, fix=f"its outputs are {', '.join(names)}"
            )
        return outputs[name]
    if len(names) != 1:
        shapes = ", ".join(f"{name} {list(array.shape)}" for name, array in outputs.items())
        raise InputError("SF313", f"has {len(names)} outputs: {shapes}", where=where, fix="choose one with `output`")
    return outputs[names[0]]


def class_scores(values: Array, where: str) -> Scores:
    """Class scores as float32 [examples, classes].

    Raises:
        InputError: it is something else, such as boxes, maps or one number per example.
    """
    scores = np.asarray(values)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise InputError(
            "SF314",
            f"its output has shape {list(scores.shape)}, not [examples, classes] with two classes or more",
            where=where,
            fix="choose another output with `output`; regression, detection, segmentation and one class per time step "
            "cannot be compared yet",
        )
    if not np.issubdtype(scores.dtype, np.floating):
        raise InputError(
            "SF314",
            f"its output holds {scores.dtype.name}, not floating-point scores",
            where=where,
            fix="give a model with a dequantised output",
        )
    return scores.astype(np.float32)


class RowsError(InputError):
    """A model that does not return one row of scores per example."""


def require_rows(scores: Scores, examples: int, where: str) -> None:
    """Refuse scores that are not one row per example.

    Raises:
        RowsError: there are fewer or more rows.
    """
    if len(scores) != examples:
        raise RowsError("SF311", f"returned {len(scores)} rows of scores for {examples} examples", where=where)


def _run_part(run: RunBatch, arrays: Mapping[str, Array], part: slice, full: int | None, where: str) -> Scores:
    values = {name: array[part] for name, array in arrays.items()}
    count = part.stop - part.start
    expected = full or count
    if count < expected:
        padding = expected - count
        values = {name: np.concatenate([array, np.repeat(array[-1:], padding, 0)]) for name, array in values.items()}
    scores = class_scores(run(values), where)
    require_rows(scores, expected, where)
    return scores[:count]


def _one_by_one(
    run: RunBatch,
    arrays: Mapping[str, Array],
    part: slice,
    full: int | None,
    where: str,
    failed: dict[int, str],
    error: InputError,
) -> Scores:
    """The scores of a batch that failed, each example run alone; NaN for those that fail again."""
    scores: dict[int, Scores] = {}
    for example in range(part.start, part.stop):
        try:
            scores[example] = _run_part(run, arrays, slice(example, example + 1), full, where)[0]
        except InputError as reason:
            failed[example] = reason.what
    if not scores:
        raise error
    blank = np.full_like(next(iter(scores.values())), np.nan)
    return np.stack([scores.get(example, blank) for example in range(part.start, part.stop)])


def _not_finite_input(arrays: Mapping[str, Array], example: int) -> str:
    """Whether an example itself holds NaN or infinity, in words; empty where it does not."""
    for name, array in arrays.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array[example]).all():
            return f"the data hold {'NaN' if np.isnan(array[example]).any() else 'infinity'} there, in {name}"
    return ""
