"""Compare in Python: predictions or models in, a result out, by the same steps as `samefn compare`."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from samefn.comparison.collect import Measured, saved_predictions
from samefn.comparison.compared import Located
from samefn.comparison.costs import here_costs, with_costs
from samefn.comparison.duplicates import refuse_copies
from samefn.comparison.examples import read_class_names, saved_examples, with_class_names
from samefn.comparison.kinds import are_language_models
from samefn.comparison.model_names import model_names
from samefn.comparison.models import Models
from samefn.comparison.noise_floor import SAVED, Noise, is_deterministic, quiet_because
from samefn.comparison.plan import REPLICATE_BATCH_DIVISOR, SAMPLE, ComparedModel
from samefn.comparison.predict import AnyData, AnyModel, as_examples, open_here, run_here, source_of
from samefn.comparison.records import given_record
from samefn.comparison.report import comparison_report
from samefn.comparison.result import Result
from samefn.comparison.run import run_comparison
from samefn.comparison.tasks import common_rows, require_any
from samefn.config.comparison import ComparisonSpec, Examples, ModelSource
from samefn.config.study import Intervals
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.loading import load
from samefn.core.paths import Places, cache_folder
from samefn.datasets.dataset import EXAMPLES_SPLIT, Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.datasets.fingerprints import examples_fingerprint
from samefn.engine.in_process import InProcessEngine
from samefn.gate.check import check
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.predictions.saved.read import SavedPredictions
from samefn.runtimes.adapters import Adapter, find_adapter, import_loader, open_model
from samefn.runtimes.model import Model
from samefn.schema.records import AnswerRecord
from samefn.schema.report import Report, Role

DEFAULT_BATCH: int = ComparisonSpec.model_fields["batch_size"].default
Anything: TypeAlias = AnyModel | Predictions

_HERE = Adapter("python", "samefn.comparison.predict:open_here", ())


def compare(
    base: Anything,
    candidates: Sequence[Anything],
    *,
    independents: Sequence[Anything] = (),
    again: Predictions | None = None,
    data: AnyData | None = None,
    labels: Sequence[int] | np.ndarray | None = None,
    class_names: Sequence[str] | Path = (),
    require: Sequence[str] = (),
    batch_size: int = DEFAULT_BATCH,
    task: Literal["classification"] | None = None,
    intervals: Intervals | None = None,
    cost: bool = False,
    locate: bool = False,
    n_ctx: int | None = None,
    emit: Emit = silent,
) -> Result:
    """Compare candidates with their base, in this process.

    Args:
        base: predictions (from `samefn.predict`, or `Predictions.from_logits` of your own), or a model as `predict`
            takes it.
        candidates: the same, one or more.
        independents: models trained independently of the base; with them there is a relative distance.
        again: the base's predictions made again in another way (other batches, another runtime): its own noise, the
            zero of the relative distance. None to run a base that is a model again here, in smaller batches.
        data: what models run on; not needed where all are predictions.
        labels: the true classes, where `data` is arrays.
        class_names: by class index, or a file of them; else what the data say.
        require: requirements, such as `relative_distance[disagreement] < 0.1`; their outcomes are in
            `result.report.requirements`.
        batch_size: examples a batch.
        task: `classification` where all outputs are class scores, whatever they look like.
        intervals: the intervals' settings.
        cost: also measure latency, here, and the memory of models that are files.
        locate: also find the layers in which each candidate loses the base's function.
        n_ctx: tokens a window, for language models, whose data is the path of a text; None for 512, or what files of
            logits have.
        emit: told of every step.

    Raises:
        InputError: models or data that cannot be used, predictions about other examples or classes, or an independent
            whose probabilities are another model's to the bit.

    >>> draw = np.random.default_rng(0).normal(size=(200, 3))
    >>> base = Predictions.from_logits("base", draw, range(200))
    >>> near = Predictions.from_logits("near", draw + 1e-6, range(200))
    >>> compare(base, [near]).verdicts["near"].outcome
    'inconclusive'
    """
    if not candidates:
        raise InputError("SF5901", "no candidate is given", where="compare", fix="give one or more")
    everything = [base, *candidates, *independents]
    spec = _spec(everything, len(candidates), data, require, batch_size, intervals)
    spec = spec.model_copy(update={"task": task})
    if all(isinstance(one, str | Path | ModelSource) for one in everything):
        asked = spec.model_copy(update={"cost": cost, "locate": locate, "n_ctx": n_ctx})
        if are_language_models(asked):
            _refuse(labels=labels is not None, class_names=class_names, again=again is not None)
            return _language(asked, emit)
    _refuse(n_ctx=n_ctx)
    given = None if data is None else as_examples(data, labels, None, emit)
    names_given = read_class_names(Path(class_names)) if isinstance(class_names, str | Path) else tuple(class_names)
    runs = [_run(base, spec.base, given, None, spec)]
    # Saved predictions are matched with what the base is about, as on the command line.
    saved_about = given or _without_inputs(runs[0].predictions)
    others = zip(everything[1:], spec.models[1:], strict=True)
    runs += [_run(one, source, given, saved_about, spec) for one, source in others]
    for other in runs[1:]:
        require_same_inputs(runs[0].predictions, other.predictions)
    ran_on = saved_about
    if names_given:
        ran_on = with_class_names(ran_on, names_given)
    roles: list[Role] = ["base", *(["candidate"] * len(candidates)), *(["independent"] * len(independents))]  # type: ignore[list-item]
    names = model_names(spec.base, spec.candidates, spec.independents)
    if independents:
        refuse_copies(
            [(name, role, _content(one, n)) for n, (name, role, one) in enumerate(zip(names, roles, runs, strict=True))]
        )
    models = [
        ComparedModel(_id(role, n, len(candidates)), name, role, source, one.adapter, batch_size)
        for n, (name, role, source, one) in enumerate(zip(names, roles, spec.models, runs, strict=True))
    ]
    replicate, noise = _noise(runs[0], spec, again, ran_on)
    with tempfile.TemporaryDirectory() as folder:
        found = [_measured(model, one, runs[0], Path(folder)) for model, one in zip(models, runs, strict=True)]
        if replicate is not None:
            found.append(_measured(models[0].replicate(), replicate, runs[0], Path(folder)))
        measured = Models(tuple(found), (), (), noise, {}, "", ())
        report, lazy = comparison_report(spec, ran_on, measured, Path(folder), emit)
        rows = lazy.collect()
    report = _with_extras(report, models, runs, ran_on.examples, spec, emit, cost=cost, locate=locate)
    return Result(report.model_copy(update={"requirements": check(report, require)}), rows)


def _refuse(**given: object) -> None:
    """Refuse what the models at hand have no use for: it is not passed over."""
    if unused := [name for name, value in given.items() if value]:
        raise InputError("SF5902", "is of no use to these models", where=unused[0], fix="leave it out")


def _language(spec: ComparisonSpec, emit: Emit) -> Result:
    """Language models go the way of the command line, in this process and with a store of their own."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder), Path(folder) / "store", cache_folder())
        report, found = run_comparison(spec, places, InProcessEngine(), Path(folder), emit)
        return Result(report, found.rows.collect())


@dataclass(frozen=True, eq=False)
class _Run:
    """One model that was run, or whose predictions were given."""

    predictions: Predictions
    record: AnswerRecord
    adapter: Adapter
    model: Model | None = None
    given: Callable[..., object] | None = None


def _spec(
    models: Sequence[Anything],
    candidates: int,
    data: AnyData | None,
    require: Sequence[str],
    batch_size: int,
    intervals: Intervals | None,
) -> ComparisonSpec:
    """What was asked for, as the command line would have it."""
    sources = [
        ModelSource(path=one.model, name=one.model) if isinstance(one, Predictions) else source_of(one, {})
        for one in models
    ]
    for place, source in enumerate(sources):
        name = source.name or source.path
        earlier = sum((one.name or one.path) == name for one in sources[:place])
        if earlier:
            sources[place] = source.model_copy(update={"name": f"{name} ({earlier + 1})"})
    named = data if isinstance(data, Examples) else Examples(path=str(data)) if isinstance(data, str | Path) else None
    spec = ComparisonSpec(
        base=sources[0],
        candidates=tuple(sources[1 : candidates + 1]),
        independents=tuple(sources[candidates + 1 :]),
        data=named,
        require=tuple(require),
        intervals=intervals or Intervals(),
    )
    return spec if batch_size == DEFAULT_BATCH else spec.model_copy(update={"batch_size": batch_size})


def _run(
    one: Anything, source: ModelSource, data: Dataset | None, saved_about: Dataset | None, spec: ComparisonSpec
) -> _Run:
    if isinstance(one, Predictions):
        return _Run(one, given_record(one), _HERE)
    base, insisted = source is spec.base, spec.task is not None
    live = one if callable(one) and not isinstance(one, str | Path | ModelSource) else None
    adapter = find_adapter(source) if live is None else _HERE
    if adapter.kind == "predictions":
        saved: SavedPredictions = import_loader(adapter)(source)  # type: ignore[assignment]
        about = data or saved_about or saved_examples(saved, source.path)
        found = saved_predictions(source.path, source, saved, about, base=base, insisted=insisted)
        return _Run(found, given_record(found), adapter)
    if data is None:
        raise InputError("SF5903", "must be run, and on what is not said", where=source.path, fix="give it data")
    model = open_model(source, adapter) if live is None else open_here(live, source)
    predictions, record = run_here(model, source, data.examples, spec.batch_size, base=base, insisted=insisted)
    require_any(record.failed.values(), len(data.examples), source.path)
    return _Run(predictions, record, adapter, model, live)


def _noise(base: _Run, spec: ComparisonSpec, again: Predictions | None, data: Dataset) -> tuple[_Run | None, Noise]:
    """The base run again, where its noise is measured, and what is known of that noise."""
    if again is not None:
        require_same_inputs(base.predictions, again)
        return _Run(again, given_record(again), _HERE), Noise()
    if base.model is None:
        return None, Noise(SAVED)
    model, batch = base.model, spec.base.batch_size or spec.batch_size
    source = spec.base.model_copy(update={"batch_size": max(1, batch // REPLICATE_BATCH_DIVISOR)})
    count = min(SAMPLE, len(data.examples))
    sample = data.examples.part(slice(count))
    first, record = run_here(model, source, sample, batch, insisted=True)
    if count < len(data.examples):
        if is_deterministic(base.predictions.part(slice(count)), first):
            return None, Noise(quiet_because(count), checked=True)
        first, record = run_here(model, source, data.examples, batch, insisted=True)
    return replace(base, predictions=first, record=record), Noise()


def _measured(model: ComparedModel, one: _Run, base: _Run, folder: Path) -> Measured:
    if one is base:
        return Measured(model, one.record, one.predictions.classes)
    path = folder / f"{model.id}.parquet"
    common_rows(base.predictions, one.predictions).write_parquet(path)
    return Measured(model, one.record, one.predictions.classes, (path,))


def _id(role: Role, place: int, candidates: int) -> str:
    """As the command line names them: candidates and independents are counted from 1."""
    if role == "base":
        return "base"
    return f"{role}-{place if role == 'candidate' else place - candidates}"


def _content(one: _Run, place: int) -> str:
    """What tells predictions apart; of labels alone, which good models may share, nothing but their place."""
    found = one.predictions
    if found.hard_predictions is not None:
        return str(place)
    return examples_fingerprint({"log_probs": found.log_probs}, found.ids, None, ())


def _with_extras(
    report: Report,
    models: Sequence[ComparedModel],
    runs: Sequence[_Run],
    examples: ExampleSet,
    spec: ComparisonSpec,
    emit: Emit,
    *,
    cost: bool,
    locate: bool,
) -> Report:
    opened = {one.id: run.model for one, run in zip(models, runs, strict=True) if run.model is not None}
    found = here_costs(models, opened, examples, spec.batch_size) if cost else {}
    records = {one.id: run.record for one, run in zip(models, runs, strict=True)}
    report = with_costs(report, found, records)
    if cost and (unrun := [one.name for one in models if one.id not in opened]):
        warning = f"What {', '.join(unrun)} cost to run was not measured: only predictions are given."
        report = report.model_copy(update={"warnings": (*report.warnings, warning)})
    if not locate:
        return report
    find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
    live = {one.id: run.given for one, run in zip(models, runs, strict=True) if run.given is not None}
    located, unmatched = find(models, examples, spec.batch_size, spec.intervals.confidence, emit, live)
    return report.model_copy(update={"located": located, "warnings": (*report.warnings, *unmatched)})


def _without_inputs(base: Predictions) -> Dataset:
    """The examples of predictions: ids and labels, no inputs."""
    known = {"ids": base.ids.tolist(), "labels": None if base.labels is None else base.labels.tolist()}
    return Dataset(
        "examples",
        (),
        {EXAMPLES_SPLIT: ExampleSet({}, base.ids, base.labels)},
        f"the {base.examples:,} examples of the base's predictions",
        known_fingerprint=digest(known),
    )
