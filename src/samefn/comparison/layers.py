"""Which layers of each candidate move the function; base and candidate must both be ONNX files or torch modules."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from samefn.comparison.plan import ComparedModel
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.example_set import ExampleSet
from samefn.locate.locate import locate
from samefn.runtimes.adapters import open_model
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.torch.callables import open_callable, open_factory
from samefn.schema.layers import LocatedEntry

# Every layer is asked twice, so so many examples must do; the intervals say what they can tell.
EXAMPLES = 512


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
        emit: told of every layer.
        live: torch modules of this process, by model id.
    """
    base, warnings = models[0], list[str]()
    found: list[LocatedEntry] = []
    for one in models[1:]:
        if one.role != "candidate" or one.problem:
            continue
        try:
            found += _located(base, one, examples, batch, confidence, emit, live)
        except InputError as error:
            warnings.append(f"The layers of {one.name} cannot be located: {error}.")
    return tuple(found), tuple(warnings)


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
    kinds = {one.adapter.name for one in (base, candidate)}
    if not (kinds == {"onnx"} or kinds <= modules):
        raise InputError(
            "SF5904", "base and candidate must both be ONNX files or both torch modules", where=candidate.name
        )
    for one in (base, candidate):
        if one.adapter.name == "python" and one.id not in live:
            raise InputError("SF5020", "only its predictions are given", where=one.name, fix="give the model itself")
    here = live.get(base.id)
    model = open_model(base.source, base.adapter) if here is None else open_callable(base.name, here)
    plan = plan_feed(model.inputs, examples.arrays, base.source.feed, base.source.path)
    inputs = plan.feeds({name: array[:EXAMPLES] for name, array in examples.arrays.items()})
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


def _layers(one: ComparedModel, live: Mapping[str, Callable[..., object]]) -> Path | Callable[..., object]:
    """A path for ONNX, else the torch module with its weights."""
    if one.id in live:
        return live[one.id]
    if one.adapter.name == "onnx":
        return Path(one.source.path)
    return open_factory(one.source).call
