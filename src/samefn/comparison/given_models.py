"""The models of a comparison in Python, run in this process: on the data, again for their noise, on further inputs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from samefn.comparison.in_process import PYTHON, AnyModel, InProcessRun, given_run, open_module, run_in_process
from samefn.comparison.inference import SAMPLE_SIZE
from samefn.comparison.measured import MeasuredModel, MeasuredModels
from samefn.comparison.models import ComparedModel
from samefn.comparison.noise_floor import SAVED, NoiseFloor, moves, noise_on_sample, why_all_examples
from samefn.comparison.predict import missing_data
from samefn.comparison.saved_predictions import aligned_predictions, open_saved, saved_examples
from samefn.comparison.tasks import common_rows, require_any
from samefn.config.comparison import ComparisonSpec, ModelSource
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.fingerprints import examples_fingerprint
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.runtimes.adapters import find_adapter, open_model

ModelOrPredictions: TypeAlias = AnyModel | Predictions


def run_given(
    given: ModelOrPredictions, source: ModelSource, data: Dataset | None, of_base: Dataset | None, spec: ComparisonSpec
) -> InProcessRun:
    """A model run on the data; `of_base` are the examples of the base where there is no data."""
    if isinstance(given, Predictions):
        return given_run(given)
    base, assumed = source is spec.base, spec.task is not None
    module = given if callable(given) and not isinstance(given, str | Path | ModelSource) else None
    adapter = find_adapter(source) if module is None else PYTHON
    if adapter.kind == "predictions":
        saved = open_saved(source, adapter)
        about = data or of_base or saved_examples(saved, source.path)
        aligned = aligned_predictions(source.path, source, saved, about, base=base, assume_class_scores=assumed)
        return given_run(aligned, adapter)
    if data is None:
        raise missing_data(source)
    model = open_model(source, adapter) if module is None else open_module(module, source)
    predictions, record = run_in_process(
        model, source, data.examples, spec.batch_size, base=base, assume_class_scores=assumed
    )
    require_any(record.failed.values(), len(data.examples), source.path)
    return InProcessRun(predictions, record, adapter, model, module)


def replicates_with_noise(
    models: Sequence[ComparedModel],
    runs: Mapping[str, InProcessRun],
    again: Predictions | None,
    data: Dataset,
    emit: Emit,
) -> tuple[list[tuple[ComparedModel, InProcessRun]], NoiseFloor]:
    """The replicates of models that have noise, run on all examples, and the noise floor."""
    base, found = models[0], list[tuple[ComparedModel, InProcessRun]]()
    noise = NoiseFloor(SAVED if runs[base.id].model is None else "")
    if again is not None:
        require_same_inputs(runs[base.id].predictions, again)
        found, noise = [(base.in_other_batches(), given_run(again))], NoiseFloor()
    of_base = base.replicates() if again is None else ()
    for replicate in (*of_base, *(one for model in models[1:] for one in model.replicates())):
        assert replicate.parent is not None  # noqa: S101  (it is a replicate)
        first = runs[replicate.parent.id]
        if first.model is None:
            continue
        run = _run_again(first, replicate, data.examples.part(slice(SAMPLE_SIZE)))
        whole, moved = len(data.examples) <= SAMPLE_SIZE, moves(first.predictions, run.predictions)
        if replicate.parent is base:
            on_sample = noise_on_sample(first.predictions, run.predictions, len(data.examples))
            noise = on_sample if moved or not replicate.repeat else noise
        if moved and not whole:
            emit(Event("note", replicate.parent.name, why_all_examples(replicate)))
            run = _run_again(first, replicate, data.examples)
        if moved or (whole and replicate.parent is base):
            found.append((replicate, run))
    return found, noise


def _run_again(first: InProcessRun, replicate: ComparedModel, examples: ExampleSet) -> InProcessRun:
    assert first.model is not None  # noqa: S101  (the caller looked)
    source = replicate.source.model_copy(update={"batch_size": replicate.batch})
    predictions, record = run_in_process(
        first.model, source, examples, replicate.batch, base=False, assume_class_scores=True
    )
    return InProcessRun(predictions, record, first.adapter)


def run_unlabelled(
    models: Sequence[ComparedModel], runs: Sequence[InProcessRun], data: Dataset, folder: Path
) -> MeasuredModels:
    """The same models on further inputs; `runs` are theirs on the data."""
    folder.mkdir()
    again = []
    for model, run in zip(models, runs, strict=True):
        assert run.model is not None  # noqa: S101  (`require_models` refused others)
        predictions, record = run_in_process(
            run.model, model.source, data.examples, model.batch, assume_class_scores=True
        )
        require_any(record.failed.values(), len(data.examples), model.source.path)
        again.append(InProcessRun(predictions, record, run.adapter))
    usable = [measured_run(model, run, again[0], folder) for model, run in zip(models, again, strict=True)]
    return MeasuredModels(tuple(usable), (), (), NoiseFloor(), {}, "", ())


def measured_run(model: ComparedModel, run: InProcessRun, base: InProcessRun, folder: Path) -> MeasuredModel:
    """A model with its rows against the base, written into a folder; the base has none."""
    if run is base:
        return MeasuredModel(model, run.record, run.predictions.classes, (), run.predictions.scores_of)
    path = folder / f"{model.id}.parquet"
    common_rows(base.predictions, run.predictions).write_parquet(path)
    return MeasuredModel(model, run.record, run.predictions.classes, (path,), run.predictions.scores_of)


def content_of(run: InProcessRun, number: int) -> str:
    """A hash that is equal for copies of one model; never for labels alone, which two good models may share."""
    predictions = run.predictions
    if predictions.hard_predictions is not None:
        return str(number)
    return examples_fingerprint({"log_probs": predictions.log_probs}, predictions.ids, None, ())
