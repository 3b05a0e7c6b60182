"""What every model is fed and what it returns, from one batch, before anything long is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from samefn.comparison.examples import comparison_examples
from samefn.comparison.inference import class_doubt
from samefn.comparison.language.explain import explain_language_model
from samefn.comparison.language.plan import read_windows
from samefn.comparison.models import advice_for_model, are_language_models, compared_models, named_models
from samefn.comparison.saved_predictions import matching_order, open_saved, returned_kind
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.example_set import ExampleSet
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.interpret import detect_output_kind
from samefn.runtimes.adapters import Adapter, find_adapter, open_model
from samefn.runtimes.inference import class_scores, one_batch, pick_output, require_rows
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.model import Array, output_trail


@dataclass(frozen=True)
class Explanation:
    """One model, explained.

    Attributes:
        model: its path.
        lines: its runtime, its inputs and its outputs, a sentence each.
        error: why it cannot be used; empty where it can.
    """

    model: str
    lines: tuple[str, ...]
    error: str = ""


def explain(spec: ComparisonSpec, data_dir: Path | None, cache: Path, emit: Emit) -> tuple[Explanation, ...]:
    """Open every model, run it on one batch or window, and describe what went in and what came out.

    Raises:
        InputError: the data cannot be read, or the base of a comparison of language models cannot be used.
    """
    if are_language_models(spec):
        models = compared_models(spec)
        text = read_windows(spec, models)
        return tuple(
            _explanation(model.source, explain_language_model(model, text), text.failures.get(model.id, ""))
            for model in models
        )
    data = comparison_examples(spec, data_dir, cache, emit)
    sources = [(model_id, source) for model_id, _, _, source in named_models(spec)]
    explanations = [_explanation(source, _explain(source, spec, data.examples)) for _, source in sources]
    if explanations[0].error:
        return tuple(explanations)
    return tuple(
        replace(explanation, error=advice_for_model(explanation.error, model_id))
        for explanation, (model_id, _) in zip(explanations, sources, strict=True)
    )


def _explanation(source: ModelSource, lines: Iterator[str], error: str = "") -> Explanation:
    """The lines up to the first error."""
    given: list[str] = []
    try:
        given.extend(lines)
    except InputError as raised:
        error = error or str(raised)
    return Explanation(source.path, tuple(given), error)


def _explain(source: ModelSource, spec: ComparisonSpec, examples: ExampleSet) -> Iterator[str]:
    adapter = find_adapter(source)
    yield f"run by {adapter.name}"
    if adapter.kind == "predictions":
        yield from _explain_saved(source, adapter, examples)
    else:
        yield from _explain_model(source, adapter, spec, examples)


def _explain_saved(source: ModelSource, adapter: Adapter, examples: ExampleSet) -> Iterator[str]:
    saved = open_saved(source, adapter)
    if saved.ids is not None:
        matching_order(saved.ids, examples.ids, source.path)
    kind = returned_kind(source, saved, saved.values)
    yield _array("holds", saved.values)
    yield f"taken for {kind}"
    yield "matched by id" if saved.ids is not None else "in the order of the data: it has no ids"
    yield from saved.notes


def _explain_model(source: ModelSource, adapter: Adapter, spec: ComparisonSpec, examples: ExampleSet) -> Iterator[str]:
    model = open_model(source, adapter)
    for port in model.inputs:
        shape = "any shape" if port.shape is None else str(["any" if n is None else n for n in port.shape])
        yield f"takes {port.name or 'an input'}: {port.dtype or 'any type'}, {shape}"
    plan = plan_feed(model.inputs, examples.arrays, source.feed, source.path)
    batch = plan.batch or min(source.batch_size or spec.batch_size, len(examples.ids))
    feeds = one_batch(plan, examples.arrays, batch)
    yield from plan.describe()
    yield from (_array(f"fed {name}", values) for name, values in feeds.items())
    outputs: Mapping[str, Array] = model.run(feeds)
    yield from (_array(f"returned {name}", values) for name, values in outputs.items())
    scores = class_scores(pick_output(outputs, source.output, source.path), source.path)
    require_rows(scores, batch, source.path)
    # (Examples that are repeated to fill the batch are left out.)
    if spec.task is None and (why := class_doubt(model, source, examples, scores[: len(examples)])):
        raise not_class_scores(why, source.path)
    kind_by_graph = output_trail(model, source.output).kind
    step = source.resolution or model.resolution
    yield f"taken for {source.returns or detect_output_kind(scores, source.path, step, kind_by_graph)}"
    yield from model.notes


def _array(what: str, values: Array) -> str:
    """An array in words: shape, type, range."""
    text = f"{what}: {list(values.shape)} of {values.dtype}"
    if values.size and np.issubdtype(values.dtype, np.number):
        text += f", {np.nanmin(values):.4g} to {np.nanmax(values):.4g}"
    return text
