"""The layers of each candidate that change the function; both models must be ONNX files, or both torch modules."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from samefn.comparison.confinement import call_with_models
from samefn.comparison.examples import subset
from samefn.comparison.measured import Located
from samefn.comparison.models import ComparedModel
from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError, one_line
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples, write_examples
from samefn.locate.locate import locate
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.torch.callables import open_callable, open_factory
from samefn.sandbox.limits import Limits
from samefn.schema.layers import LocatedEntry

# Every layer runs twice, so only the first examples are used; the intervals show whether they are enough.
LAYER_EXAMPLES = 512
_SAID = TypeAdapter(tuple[Annotated[str, Field(max_length=10_000)], int, int])
_ENTRIES = TypeAdapter(tuple[LocatedEntry, ...])


def confined_layers(
    models: Sequence[ComparedModel], data: Dataset, batch: int, confidence: float, limits: Limits, emit: Emit
) -> Located:
    """The same as `located_layers` of models that are files: base and each candidate in a confined process.

    Args:
        models: the base first.
        data: what they run on; the first 512 examples are used.
        batch: examples a batch.
        confidence: of the intervals.
        limits: on each process.
        emit: receives an event for each layer.
    """
    base, warnings = models[0], list[str]()
    entries: list[LocatedEntry] = []
    with TemporaryDirectory() as folder:
        write_examples(subset(data, slice(0, min(LAYER_EXAMPLES, len(data.examples)))), Path(folder))
        for model in models[1:]:
            if model.role != "candidate" or model.problem:
                continue
            pair = [[one.id, one.name, one.role, one.source.model_dump(mode="json")] for one in (base, model)]
            heard = _Progress(emit)
            try:
                found = call_with_models(
                    [(one.source, one.adapter) for one in (model, base)],
                    "samefn.comparison.layers:locate_pair",
                    [pair, folder, batch, confidence],
                    Path(folder),
                    limits,
                    heard,
                )
                entries += _ENTRIES.validate_python(found)
            except (InputError, ValidationError) as error:
                warnings.append(f"Layers of {model.name} were not located: {one_line(error)}.")
    return tuple(entries), tuple(warnings)


class _Progress:
    """Receives how far a confined process is, and passes it on."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def __call__(self, said: Any) -> None:
        layer, done, total = _SAID.validate_python(said)
        self._emit(Event("progress", "locate", layer, done, total))


def locate_pair(arguments: Any, say: Callable[[Any], None]) -> Any:
    """In the confined process: the layers of one candidate."""
    pair, folder, batch, confidence = arguments
    models = []
    for model_id, name, role, given in pair:
        source = ModelSource.model_validate(given)
        models.append(ComparedModel(model_id, name, role, source, find_adapter(source)))
    base, candidate = models
    examples = read_examples(Path(folder)).examples

    def emit(event: Event) -> None:
        say([event.text, event.done, event.total])

    found = _located(base, candidate, examples, batch, confidence, emit, {})
    return [entry.model_dump(mode="json") for entry in found]


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
