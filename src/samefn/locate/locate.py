"""Swap one layer at a time between base and candidate, and rank what moves the function most."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.locate.onnx_pair import OnnxPair
from samefn.locate.pair import Pair
from samefn.locate.torch_pair import TorchPair
from samefn.measures.rows import rows
from samefn.predictions.interpret import to_predictions, told_apart
from samefn.predictions.output_kind import changed, distance
from samefn.predictions.predictions import Predictions
from samefn.runtimes.inference import count_examples
from samefn.runtimes.model import Array
from samefn.schema.layers import Direction, LocatedEntry
from samefn.schema.methods import OutputKind
from samefn.statistics.mean_intervals import mean_interval
from samefn.statistics.proportions import clopper_pearson


@dataclass(frozen=True)
class Moved:
    """How far one mixed model is from the base, an example each."""

    group: str
    direction: Direction
    changed: NDArray[np.bool_]
    distance: NDArray[np.float64]


def locate(
    base: Path | Callable[..., object],
    candidate: Path | Callable[..., object],
    inputs: Mapping[str, Array],
    batch_size: int,
    *,
    candidate_id: str = "",
    output: str = "",
    returns: OutputKind | None = None,
    confidence: float = 0.95,
    emit: Emit = silent,
) -> tuple[LocatedEntry, ...]:
    """Find the layers in which a candidate loses the base's function.

    Every layer is swapped twice. Forward, the base gets the candidate's: what moves is this layer's own doing.
    Backward, the candidate gets the base's: what comes back is what leaving it in the base's precision would save.
    What exactly changes hands says `swapped` of each entry.

    Args:
        base: a float ONNX file, or a torch module.
        candidate: of the same kind.
        inputs: [examples, ...] arrays as the models take them: by name for ONNX, in their order for torch.
        batch_size: examples a batch.
        candidate_id: what the entries call the candidate.
        output: which of several outputs.
        returns: what the output holds; None to tell it from the base's own answers.
        confidence: of the intervals, above 0 and below 1.
        emit: told of every layer.

    Returns:
        First forward, the layer that moves the base most first; then backward, the layer first that, given back,
        leaves the candidate nearest to the base.

    Raises:
        InputError: models of two kinds, layers that cannot be matched, or models that cannot run on the inputs.
    """
    examples = count_examples(inputs, batch_size, "locate")
    pair = _pair(base, candidate, output)
    scores = pair.forward((), inputs, batch_size)
    kind = returns or told_apart(scores, "base", None, pair.kind)
    ids = np.array([str(number) for number in range(examples)])

    def said(values: Array) -> Predictions:
        return to_predictions("mixed", values, ids, None, kind, pair.resolution, None)

    reference = said(scores)

    def moved(group: str, direction: Direction, values: Array) -> Moved:
        frame = rows(reference, said(values))
        return Moved(group, direction, changed(frame), distance(frame))

    whole = moved("", "backward", pair.backward((), inputs, batch_size))
    found = []
    for number, group in enumerate(pair.groups):
        emit(Event("progress", "locate", group.name, done=number, total=len(pair.groups)))
        found.append(moved(group.name, "forward", pair.forward((group.name,), inputs, batch_size)))
        found.append(moved(group.name, "backward", pair.backward((group.name,), inputs, batch_size)))
    return _ranked(found, whole, pair, candidate_id, confidence)


def _pair(base: Path | Callable[..., object], candidate: Path | Callable[..., object], output: str) -> Pair:
    if isinstance(base, nn.Module) and isinstance(candidate, nn.Module):
        return TorchPair(base, candidate, output)
    if isinstance(base, Path) and isinstance(candidate, Path):
        return OnnxPair(base, candidate, output)
    raise InputError(
        "SF5033",
        "base and candidate must both be ONNX files or both torch modules",
        where="locate",
        fix="export one of them",
    )


def _ranked(
    found: list[Moved], whole: Moved, pair: Pair, candidate_id: str, confidence: float
) -> tuple[LocatedEntry, ...]:
    """The entries, each direction ranked by mean total variation; equals stay in the order of the layers."""
    if not found:
        return ()
    total = float(whole.distance.mean())
    costs = {group.name: group.bytes for group in pair.groups}
    words = dict(zip(("forward", "backward"), pair.swapped, strict=True))
    entries = []
    for one in found:
        count, mean = int(one.changed.sum()), float(one.distance.mean())
        low, high = clopper_pearson(count, len(one.changed), confidence)
        ends = mean_interval(one.distance, confidence)
        part = mean / total if total else None
        entries.append(
            LocatedEntry(
                candidate=candidate_id,
                group=one.group,
                direction=one.direction,
                swapped=words[one.direction],
                disagreement=count / len(one.changed),
                disagreement_low=low,
                disagreement_high=high,
                total_variation=mean,
                total_variation_low=max(0.0, min(ends[0], mean)),
                total_variation_high=min(1.0, max(ends[1], mean)),
                share=part if part is None or one.direction == "forward" else 1 - part,
                bytes=costs[one.group],
                examples=len(one.changed),
            )
        )
    first = sorted((e for e in entries if e.direction == "forward"), key=lambda entry: -entry.total_variation)
    then = sorted((e for e in entries if e.direction == "backward"), key=lambda entry: entry.total_variation)
    return (*first, *then)
