"""Which layers of each candidate move the function; base and candidate must both be ONNX files or torch modules."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samefn.comparison.plan import Asked
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.loading import load
from samefn.datasets.example_set import ExampleSet
from samefn.locate.locate import locate
from samefn.reports.contract_locate import LocatedEntry
from samefn.runtimes.adapters import open_model
from samefn.runtimes.feeding import plan_feed

# Every layer is asked twice, so so many examples must do; the intervals say what they can tell.
EXAMPLES = 512


def located_layers(
    asked: Sequence[Asked], examples: ExampleSet, batch: int, confidence: float, emit: Emit
) -> tuple[tuple[LocatedEntry, ...], tuple[str, ...]]:
    """The layers of every candidate, ranked, and a warning for each candidate whose layers cannot be matched."""
    base, warnings = asked[0], list[str]()
    found: list[LocatedEntry] = []
    for one in asked[1:]:
        if one.role != "candidate" or one.problem:
            continue
        try:
            found += _located(base, one, examples, batch, confidence, emit)
        except InputError as error:
            warnings.append(f"The layers of {one.name} cannot be located: {error}.")
    return tuple(found), tuple(warnings)


def _located(
    base: Asked, candidate: Asked, examples: ExampleSet, batch: int, confidence: float, emit: Emit
) -> tuple[LocatedEntry, ...]:
    if base.adapter.name != candidate.adapter.name or base.adapter.name not in {"onnx", "torch"}:
        raise InputError("base and candidate must both be ONNX files or both torch factories", where=candidate.name)
    model = open_model(base.source, base.adapter)
    plan = plan_feed(model.inputs, examples.arrays, base.source.feed, base.source.path)
    inputs = plan.feeds({name: array[:EXAMPLES] for name, array in examples.arrays.items()})
    return locate(
        _layers(base),
        _layers(candidate),
        inputs,
        plan.batch or batch,
        candidate_id=candidate.id,
        output=base.source.output,
        returns=base.source.returns,
        confidence=confidence,
        emit=emit,
    )


def _layers(one: Asked) -> Any:
    """A path for ONNX, else the torch module with its weights."""
    if one.adapter.name == "onnx":
        return Path(one.source.path)
    return load("samefn.runtimes.torch_models:open_factory")(one.source).call
