"""What every model is fed and what it returns, from one batch, before anything long is run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np

from samefn.comparison.confinement import Lines, call_with_models
from samefn.comparison.examples import comparison_examples, subset
from samefn.comparison.inference import class_doubt
from samefn.comparison.language.explain import explain_language_model
from samefn.comparison.language.windows import confined_windows
from samefn.comparison.models import advice_for_model, are_language_models, compared_models, named_models
from samefn.comparison.saved_predictions import matching_order, open_saved, returned_kind
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.files import read_examples, write_examples
from samefn.predictions.class_scores import not_class_scores
from samefn.predictions.interpret import detect_output_kind
from samefn.runtimes.adapters import Adapter, find_adapter, open_model
from samefn.runtimes.inference import class_scores, one_batch, pick_output, require_rows
from samefn.runtimes.inputs.feeding import plan_feed
from samefn.runtimes.model import Array, output_trail
from samefn.sandbox.limits import Limits

Say: TypeAlias = Callable[[str], None]
# A batch that the model itself fixes may take so many examples before they are repeated.
_MOST_EXAMPLES = 256


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


def explain(
    spec: ComparisonSpec, data_dir: Path | None, cache: Path, limits: Limits, emit: Emit
) -> tuple[Explanation, ...]:
    """Open every model, run it on one batch or window, and describe what went in and what came out.

    Args:
        spec: the models and the data.
        data_dir: where the data is; None to look in the cache, or to download it.
        cache: the user's cache folder.
        limits: on the confined process of each model.
        emit: receives an event for each step.

    Raises:
        InputError: the data cannot be read, or the base of a comparison of language models cannot be used.
    """
    if are_language_models(spec):
        models = compared_models(spec, limits)
        text = confined_windows(spec, models, limits)
        return tuple(
            _explanation(
                model.source,
                partial(explain_language_model, model, text, limits),
                text.failures.get(model.id, ""),
            )
            for model in models
        )
    data = comparison_examples(spec, data_dir, cache, emit)
    sources = [(model_id, source) for model_id, _, _, source in named_models(spec)]
    with TemporaryDirectory() as folder:
        few = subset(data, slice(0, min(len(data.examples), max(spec.batch_size, _MOST_EXAMPLES))))
        write_examples(few, Path(folder))
        explanations = [
            _explanation(source, partial(_explain, source, spec, data.examples, Path(folder), limits))
            for _, source in sources
        ]
    if explanations[0].error:
        return tuple(explanations)
    return tuple(
        replace(explanation, error=advice_for_model(explanation.error, model_id))
        for explanation, (model_id, _) in zip(explanations, sources, strict=True)
    )


def _explanation(source: ModelSource, explain_to: Callable[[Say], None], error: str = "") -> Explanation:
    """The lines up to the first error."""
    given: list[str] = []
    try:
        explain_to(given.append)
    except InputError as raised:
        error = error or str(raised)
    return Explanation(source.path, tuple(given), error)


def _explain(
    source: ModelSource, spec: ComparisonSpec, examples: ExampleSet, folder: Path, limits: Limits, say: Say
) -> None:
    adapter = find_adapter(source)
    say(f"run by {adapter.name}")
    if adapter.kind == "predictions":
        for line in _explain_saved(source, adapter, examples):
            say(line)
        return
    few = [source.model_dump(mode="json"), str(folder), spec.batch_size, spec.task is not None]
    function = "samefn.comparison.explain:explain_model"
    call_with_models([(source, adapter)], function, few, folder, limits, Lines(say))


def explain_model(arguments: Any, say: Say) -> None:
    """In the confined process: open a model and run it on one batch."""
    given, folder, batch, assume_class_scores = arguments
    source = ModelSource.model_validate(given)
    examples = read_examples(Path(folder)).examples
    for line in _explain_model(source, find_adapter(source), batch, examples, assume_class_scores=assume_class_scores):
        say(line)


def _explain_saved(source: ModelSource, adapter: Adapter, examples: ExampleSet) -> Iterator[str]:
    saved = open_saved(source, adapter)
    if saved.ids is not None:
        matching_order(saved.ids, examples.ids, source.path)
    kind = returned_kind(source, saved, saved.values)
    yield _array("holds", saved.values)
    yield f"taken for {kind}"
    yield "matched by id" if saved.ids is not None else "in the order of the data: it has no ids"
    yield from saved.notes


def _explain_model(
    source: ModelSource, adapter: Adapter, batch_size: int, examples: ExampleSet, *, assume_class_scores: bool
) -> Iterator[str]:
    model = open_model(source, adapter)
    for port in model.inputs:
        shape = "any shape" if port.shape is None else str(["any" if n is None else n for n in port.shape])
        yield f"takes {port.name or 'an input'}: {port.dtype or 'any type'}, {shape}"
    plan = plan_feed(model.inputs, examples.arrays, source.feed, source.path)
    batch = plan.batch or min(source.batch_size or batch_size, len(examples.ids))
    feeds = one_batch(plan, examples.arrays, batch)
    yield from plan.describe()
    yield from (_array(f"fed {name}", values) for name, values in feeds.items())
    outputs: Mapping[str, Array] = model.run(feeds)
    yield from (_array(f"returned {name}", values) for name, values in outputs.items())
    scores = class_scores(pick_output(outputs, source.output, source.path), source.path)
    require_rows(scores, batch, source.path)
    # (Examples that are repeated to fill the batch are left out.)
    if not assume_class_scores and (why := class_doubt(model, source, examples, scores[: len(examples)])):
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
