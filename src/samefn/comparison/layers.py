"""The layers of each candidate that change the function; both models must be ONNX files, or both torch modules."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from samefn.comparison.models import ComparedModel
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.example_set import ExampleSet
from samefn.locate.locate import locate
from samefn.runtimes.adapters import open_model
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.torch.callables import open_callable, open_factory
from samefn.schema.layers import LocatedEntry

# Every layer runs twice, so only the first examples are used; the intervals show whether they are enough.
LAYER_EXAMPLES = 512


def located_layers(
    models: Sequence[ComparedModel],
    examples: ExampleSet,
    batch: int,
    confidence: float,
    emit: Emit,
    live: Mapping[str, Callable[..., object]] = MappingProxyType({}),
) -> tuple[tuple[LocatedEntry, ...], tuple[str, ...]]:
    """The layers of every candidate, ranked, and a warning for each candidate whose layers cannot be matched.

    Args:
        models: the base first.
        examples: what they run on; the first 512 are used.
        batch: examples a batch.
        confidence: of the intervals.
        emit: receives an event for each layer.
        live: torch modules of this process, by model id.
    """
    base, warnings = models[0], list[str]()
    entries: list[LocatedEntry] = []
    for model in models[1:]:
        if model.role != "candidate" or model.problem:
            continue
        try:
            entries += _located(base, model, examples, batch, confidence, emit, live)
        except InputError as error:
            warnings.append(f"Layers of {model.name} were not located: {error}.")
    return tuple(entries), tuple(warnings)


def _located(
    base: ComparedModel,
    candidate: ComparedModel,
    examples: ExampleSet,
    batch: int,
    confidence: float,
    emit: Emit,
    live: Mapping[str, Callable[..., object]],
) -> tuple[LocatedEntry, ...]:
    modules = {"torch", "python"}
    runtimes = {one.adapter.name for one in (base, candidate)}
    if not (runtimes == {"onnx"} or runtimes <= modules):
        raise InputError(
            "SF540", "base and candidate must both be ONNX files or both torch modules", where=candidate.name
        )
    for one in (base, candidate):
        if one.adapter.name == "python" and one.id not in live:
            raise InputError("SF541", "only its predictions are given", where=one.name, fix="give the model itself")
    module = live.get(base.id)
    model = open_model(base.source, base.adapter) if module is None else open_callable(base.name, module)
    plan = plan_feed(model.inputs, examples.arrays, base.source.feed, base.source.path)
    inputs = plan.feeds({name: array[:LAYER_EXAMPLES] for name, array in examples.arrays.items()})
    return locate(
        _layers(base, live),
        _layers(candidate, live),
        inputs,
        plan.batch or batch,
        candidate_id=candidate.id,
        output=base.source.output,
        returns=base.source.returns,
        confidence=confidence,
        emit=emit,
    )


def _layers(model: ComparedModel, live: Mapping[str, Callable[..., object]]) -> Path | Callable[..., object]:
    """A path for ONNX, else the torch module with its weights."""
    if model.id in live:
        return live[model.id]
    if model.adapter.name == "onnx":
        return Path(model.source.path)
    return open_factory(model.source).call
