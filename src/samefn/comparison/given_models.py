"""The models of a comparison in Python, run in this process: on the data, again for their noise, on further inputs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from samefn.comparison.given import GivenModel
from samefn.comparison.given_examples import of_examples
from samefn.comparison.in_process import PYTHON, InProcessRun, given_run, open_module, run_in_process
from samefn.comparison.inference import SAMPLE_SIZE
from samefn.comparison.measured import MeasuredModel, MeasuredModels
from samefn.comparison.models import ComparedModel
from samefn.comparison.noise_floor import SAVED, NoiseFloor, moves, noise_on_sample, why_all_examples
from samefn.comparison.predict import missing_data
from samefn.comparison.saved_predictions import aligned_predictions, open_saved
from samefn.comparison.tasks import common_rows, require_any
from samefn.config.comparison import ComparisonSpec
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.fingerprints import examples_fingerprint
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.predictions.saved.read import SavedPredictions
from samefn.runtimes.adapters import ADAPTERS, find_adapter, open_model
from samefn.schema.report import Role

# An array in memory has no settings: its kind is said in another way.
SAY_KIND = "say what they are: Predictions.from_logits, .from_log_probs or .from_probabilities"


def run_given(given: GivenModel, data: Dataset, role: Role, spec: ComparisonSpec) -> InProcessRun:
    """A model run on the data, or its predictions in the order of the data.

    Raises:
        InputError: a model that cannot be run, or predictions about other examples.
    """
    source, content = given.source, given.content
    base, assumed = role == "base", spec.task is not None
    if isinstance(content, Predictions):
        return given_run(of_examples(content, data))
    adapter = (
        ADAPTERS["predictions"]
        if isinstance(content, SavedPredictions)
        else PYTHON
        if content
        else find_adapter(source)
    )
    if adapter.kind == "language":
        what = "is a language model, but other models of this comparison are not"
        raise InputError("SF504", what, where=source.path, fix="compare models of one type")
    if adapter.kind == "predictions":
        saved = content if isinstance(content, SavedPredictions) else open_saved(source, adapter)
        try:
            aligned = aligned_predictions(source.path, source, saved, data, base=base, assume_class_scores=assumed)
        except InputError as error:
            if content is None or error.code != "SF406":
                raise
            raise InputError("SF406", error.what, where=error.where, fix=SAY_KIND) from error
        return given_run(aligned, adapter)
    if not data.examples.arrays:
        raise missing_data(source)
    model = open_model(source, adapter) if given.module is None else open_module(given.module, source)
    predictions, record = run_in_process(
        model, source, data.examples, spec.batch_size, base=base, assume_class_scores=assumed
    )
    require_any(record.failed.values(), len(data.examples), source.path)
    return InProcessRun(predictions, record, adapter, model, given.module)


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
