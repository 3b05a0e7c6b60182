"""What every model is fed and what it returns, from one batch, before anything long is run."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from samefn.comparison.class_doubt import class_doubt
from samefn.comparison.collect import matched
from samefn.comparison.examples import comparison_examples
from samefn.comparison.explanation import Explanation
from samefn.comparison.kinds import are_language_models
from samefn.comparison.language.explain import explain_language
from samefn.comparison.plan import addressed, named_models
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.interpret import detect_output_kind, step_of
from samefn.predictions.saved.read import SavedPredictions
from samefn.runtimes.adapters import Adapter, find_adapter, import_loader, open_model
from samefn.runtimes.inference import class_scores, one_batch, pick_output, require_rows
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.model import Array, output_trail


def explain(spec: ComparisonSpec, data_dir: Path | None, cache: Path, emit: Emit) -> tuple[Explanation, ...]:
    """Open every model, ask it one batch, and say what went in and what came out.

    Raises:
        InputError: the data cannot be read.
    """
    if are_language_models(spec):
        return explain_language(spec)
    data = comparison_examples(spec, data_dir, cache, emit)
    found = [(key, _explained(source, spec, data.examples)) for key, _, _, source in named_models(spec)]
    if found[0][1].error:
        return tuple(one for _, one in found)
    return tuple(replace(one, error=addressed(one.error, key)) for key, one in found)


def _explained(source: ModelSource, spec: ComparisonSpec, examples: ExampleSet) -> Explanation:
    lines: list[str] = []
    try:
        adapter = find_adapter(source)
        lines.append(f"run by {adapter.name}")
        if adapter.kind == "predictions":
            lines += _saved(source, adapter, examples)
        else:
            lines += _run(source, adapter, spec, examples, lines)
    except InputError as error:
        return Explanation(source.path, tuple(lines), str(error))
    return Explanation(source.path, tuple(lines))


def _saved(source: ModelSource, adapter: Adapter, examples: ExampleSet) -> list[str]:
    saved: SavedPredictions = import_loader(adapter)(source)  # type: ignore[assignment]
    if saved.ids is not None:
        matched(saved.ids, examples.ids, source.path)
    kind = (
        source.returns
        or saved.returns
        or detect_output_kind(saved.values, source.path, source.resolution or step_of(saved.values))
    )
    ids = "matched by id" if saved.ids is not None else "in the order of the data: it has no ids"
    return [_array("holds", saved.values), f"taken for {kind}", ids, *saved.notes]


def _run(
    source: ModelSource, adapter: Adapter, spec: ComparisonSpec, examples: ExampleSet, lines: list[str]
) -> list[str]:
    model = open_model(source, adapter)
    for port in model.inputs:
        shape = "any shape" if port.shape is None else str(["any" if n is None else n for n in port.shape])
        lines.append(f"takes {port.name or 'an input'}: {port.dtype or 'any type'}, {shape}")
    plan = plan_feed(model.inputs, examples.arrays, source.feed, source.path)
    batch = plan.batch or min(source.batch_size or spec.batch_size, len(examples.ids))
    feeds = one_batch(plan, examples.arrays, batch)
    said = [*plan.describe(), *(_array(f"fed {name}", values) for name, values in feeds.items())]
    lines += said
    outputs: Mapping[str, Array] = model.run(feeds)
    lines += [_array(f"returned {name}", values) for name, values in outputs.items()]
    scores = class_scores(pick_output(outputs, source.output, source.path), source.path)
    require_rows(scores, batch, source.path)
    # (What is repeated to fill a batch says nothing new.)
    if spec.task is None and (why := class_doubt(model, source, examples, scores[: len(examples)])):
        raise not_class_scores(why, source.path)
    said_by_graph = output_trail(model, source.output).kind
    kind = source.returns or detect_output_kind(
        scores, source.path, source.resolution or model.resolution, said_by_graph
    )
    return [f"taken for {kind}", *model.notes]


def _array(what: str, values: Array) -> str:
    """An array in words: shape, type, range."""
    text = f"{what}: {list(values.shape)} of {values.dtype}"
    if values.size and np.issubdtype(values.dtype, np.number):
        text += f", {np.nanmin(values):.4g} to {np.nanmax(values):.4g}"
    return text
