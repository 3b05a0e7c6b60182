"""Swap one layer at a time between base and candidate, and rank the layers by how far predictions move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from samefn.core.errors import InputError
from samefn.core.events import Emit, Event, silent
from samefn.locate.onnx.pair import OnnxPair
from samefn.locate.pair import ModelPair
from samefn.locate.torch_pair import TorchPair
from samefn.measures.rows import rows
from samefn.predictions.interpret import detect_output_kind, to_predictions
from samefn.predictions.output_kind import changed_predictions, prediction_distance
from samefn.predictions.predictions import Predictions
from samefn.runtimes.inference import count_examples
from samefn.runtimes.model import Array
from samefn.schema.layers import LocatedEntry, SwapDirection
from samefn.schema.methods import OutputKind
from samefn.statistics.distance_mean import distance_mean
from samefn.statistics.proportions import clopper_pearson

GREATEST_DISTANCE = 1.0  # of total variation


@dataclass(frozen=True)
class _SwapDistances:
    """How far the model with one layer swapped is from the base, for each example."""

    layer: str
    direction: SwapDirection
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

    Every layer is swapped twice. Forward, the base gets the candidate's layer: the distance shows what this layer
    alone changes. Backward, the candidate gets the base's layer: the distance shows what is left to change if this
    layer keeps the base's precision. `swapped` of each entry says exactly what is swapped.

    Args:
        base: a float ONNX file, or a torch module.
        candidate: of the same kind.
        inputs: [examples, ...] arrays as the models take them: by name for ONNX, in their order for torch.
        batch_size: examples per batch.
        candidate_id: the candidate's name in the entries.
        output: name or index of the output; empty for the only one.
        returns: what the output holds; None to detect it from the base's graph and outputs.
        confidence: of the intervals, above 0 and below 1.
        emit: gets a progress event for each layer.

    Returns:
        First the forward entries, the largest distance first; then the backward entries, the smallest distance first.

    Raises:
        InputError: models of two kinds, layers that cannot be matched, or models that cannot run on the inputs.
    """
    examples = count_examples(inputs, batch_size, "locate")
    pair = _open_pair(base, candidate, output)
    scores = pair.forward((), inputs, batch_size)
    kind = returns or detect_output_kind(scores, "base", None, pair.kind)
    ids = np.array([str(number) for number in range(examples)])

    def predictions(values: Array) -> Predictions:
        return to_predictions("mixed", values, ids, None, kind, pair.resolution, None)

    reference = predictions(scores)

    def distances(layer: str, direction: SwapDirection, values: Array) -> _SwapDistances:
        frame = rows(reference, predictions(values))
        return _SwapDistances(layer, direction, changed_predictions(frame), prediction_distance(frame))

    total = distances("", "backward", pair.backward((), inputs, batch_size))
    swaps = []
    for number, layer in enumerate(pair.layers):
        emit(Event("progress", "locate", layer.name, done=number, total=len(pair.layers)))
        swaps.append(distances(layer.name, "forward", pair.forward((layer.name,), inputs, batch_size)))
        swaps.append(distances(layer.name, "backward", pair.backward((layer.name,), inputs, batch_size)))
    return _ranked_entries(swaps, total, pair, candidate_id, confidence)


def _open_pair(base: Path | Callable[..., object], candidate: Path | Callable[..., object], output: str) -> ModelPair:
    if isinstance(base, nn.Module) and isinstance(candidate, nn.Module):
        return TorchPair(base, candidate, output)
    if isinstance(base, Path) and isinstance(candidate, Path):
        return OnnxPair(base, candidate, output)
    raise InputError(
        "SF560",
        "base and candidate must both be ONNX files or both torch modules",
        where="locate",
        fix="export one of them to ONNX",
    )


def _ranked_entries(
    swaps: list[_SwapDistances], total: _SwapDistances, pair: ModelPair, candidate_id: str, confidence: float
) -> tuple[LocatedEntry, ...]:
    """The entries, ranked by mean total variation in each direction; ties stay in the order of the layers.

    Args:
        swaps: each layer in both directions.
        total: of the candidate itself.
        pair: the two models.
        candidate_id: the candidate's name in the entries.
        confidence: of the intervals.
    """
    if not swaps:
        return ()
    total_variation = float(total.distance.mean())
    extra_bytes = {layer.name: layer.bytes for layer in pair.layers}
    swapped = dict(zip(("forward", "backward"), pair.swapped, strict=True))
    entries = []
    for swap in swaps:
        count, mean = int(swap.changed.sum()), float(swap.distance.mean())
        low, high = clopper_pearson(count, len(swap.changed), confidence)
        nearest, farthest = distance_mean(swap.distance, GREATEST_DISTANCE, confidence)
        share = mean / total_variation if total_variation else None
        entries.append(
            LocatedEntry(
                candidate=candidate_id,
                group=swap.layer,
                direction=swap.direction,
                swapped=swapped[swap.direction],
                disagreement=count / len(swap.changed),
                disagreement_low=low,
                disagreement_high=high,
                total_variation=mean,
                total_variation_low=min(nearest, mean),
                total_variation_high=max(farthest, mean),
                share=share if share is None or swap.direction == "forward" else 1 - share,
                bytes=extra_bytes[swap.layer],
                examples=len(swap.changed),
            )
        )
    forward = sorted((e for e in entries if e.direction == "forward"), key=lambda entry: -entry.total_variation)
    backward = sorted((e for e in entries if e.direction == "backward"), key=lambda entry: entry.total_variation)
    return (*forward, *backward)
