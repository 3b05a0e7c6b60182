"""Compare in Python: predictions or models in, a result out, by the same steps as `samefn compare`."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from samefn.analysis.rows import UNLABELLED
from samefn.comparison.costs import costs_in_process, with_costs
from samefn.comparison.examples import read_class_names, with_class_names, with_groups_and_slices
from samefn.comparison.given_models import (
    ModelOrPredictions,
    content_of,
    measured_run,
    replicates_with_noise,
    run_given,
    run_unlabelled,
)
from samefn.comparison.in_process import InProcessRun
from samefn.comparison.measured import Located, MeasuredModels
from samefn.comparison.model_identity import refuse_duplicates
from samefn.comparison.model_names import model_names
from samefn.comparison.models import ComparedModel, are_language_models
from samefn.comparison.predict import AnyData, as_examples, source_of
from samefn.comparison.report import comparison_report
from samefn.comparison.result import ComparisonResult
from samefn.comparison.run import run_comparison
from samefn.comparison.saved_predictions import open_saved, saved_examples, without_inputs
from samefn.comparison.unlabelled import UnlabelledRuns, require_models, without_labels
from samefn.config.comparison import ComparisonSpec, Examples, ModelSource
from samefn.config.shares import share_of
from samefn.config.study import Intervals
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.loading import load
from samefn.core.paths import Places, cache_folder
from samefn.datasets.dataset import Dataset
from samefn.datasets.example_set import ExampleSet
from samefn.engine.in_process import InProcessEngine
from samefn.gate.check import check
from samefn.predictions.predictions import Predictions, require_same_inputs
from samefn.runtimes.adapters import find_adapter
from samefn.schema.report import Report, Role

DEFAULT_BATCH: int = ComparisonSpec.model_fields["batch_size"].default


def compare(
    base: ModelOrPredictions,
    candidates: Sequence[ModelOrPredictions],
    *,
    independents: Sequence[ModelOrPredictions] = (),
    again: Predictions | None = None,
    data: AnyData | None = None,
    labels: Sequence[int] | np.ndarray | None = None,
    groups: ArrayLike | None = None,
    slices: Mapping[str, ArrayLike] | None = None,
    class_names: Sequence[str] | Path = (),
    unlabelled: AnyData | None = None,
    limit: float | str | None = None,
    class_limit: float | str | None = None,
    loss_limit: float | str | None = None,
    simultaneous: bool = False,
    require: Sequence[str] = (),
    batch_size: int = DEFAULT_BATCH,
    task: Literal["classification"] | None = None,
    intervals: Intervals | None = None,
    cost: bool = False,
    locate: bool = False,
    n_ctx: int | None = None,
    emit: Emit = silent,
) -> ComparisonResult:
    """Compare candidates with their base, in this process.

    Args:
        base: predictions (from `samefn.predict`, or `Predictions.from_logits` of your own), or a model as `predict`
            takes it.
        candidates: the same, one or more.
        independents: models trained independently of the base; with them there is a relative distance.
        again: predictions of the base from another run (other batches, another runtime), which measure the noise
            floor. None to run a base that is a model again here, in smaller batches. A candidate that is a model is
            always run again: on the first 256 examples, and on all where these show that its predictions change.
        data: what models run on; not needed where all are predictions.
        labels: the true classes, where `data` is arrays.
        groups: [examples] which inputs belong together, such as frames of one video, in the order of the examples;
            intervals are then over groups. None where each input was drawn by itself.
        slices: by name, [examples] values by which changed predictions are also counted.
        class_names: by class index, or a file of them; else those of the data.
        unlabelled: further inputs, on which all models run too; they count for the first answer of a verdict (same or
            changed). Their labels are not read.
        limit: the share of changed predictions that is still the same function, such as 0.005 or "0.5%"; None for a
            tenth of the base's error rate, at least 0.1 % and at most 1 %.
        class_limit: the same for one class or slice; None for five limits.
        loss_limit: the net loss of accuracy that is still allowed; None for half the limit.
        simultaneous: hold the errors of all candidates together, and not of each, to those of one.
        require: requirements, such as `relative_distance[disagreement] < 0.1`; their outcomes are in
            `result.report.requirements`.
        batch_size: examples a batch.
        task: `classification` to take all outputs for class scores without a check.
        intervals: the intervals' settings.
        cost: also measure latency, here, and the memory of models that are files.
        locate: also find the layers in which each candidate loses the base's function.
        n_ctx: tokens a window, for language models, whose data is the path of a text; None for 512, or for the length
            in files of logits.
        emit: receives an event for each step.

    Raises:
        InputError: models or data that cannot be used, predictions about other examples or classes, or an independent
            that is a copy of another model.

    >>> draw = np.random.default_rng(0).normal(size=(200, 3))
    >>> base = Predictions.from_logits("base", draw, range(200))
    >>> near = Predictions.from_logits("near", draw + 1e-6, range(200))
    >>> compare(base, [near]).verdicts["near"].outcome
    'inconclusive'
    """
    if not candidates:
        raise InputError("SF500", "no candidate is given", where="compare", fix="give one or more")
    given = [base, *candidates, *independents]
    spec = _spec(given, len(candidates), data, unlabelled, require, batch_size, intervals)
    shares = {"limit": limit, "class_limit": class_limit, "loss_limit": loss_limit}
    limits = {name: _share(name, written) for name, written in shares.items()}
    spec = spec.model_copy(update={"task": task, "simultaneous": simultaneous, **limits})
    if all(isinstance(model, str | Path | ModelSource) for model in given):
        whole_spec = spec.model_copy(update={"cost": cost, "locate": locate, "n_ctx": n_ctx})
        if are_language_models(whole_spec):
            _refuse_unused(
                labels=labels is not None,
                class_names=class_names,
                again=again is not None,
                groups=groups is not None,
                slices=slices,
                unlabelled=unlabelled is not None,
                class_limit=class_limit,
            )
            return _compare_language(whole_spec, emit)
    _refuse_unused(n_ctx=n_ctx, **{"data.documents": spec.data and spec.data.documents})
    # Of saved predictions the data may name groups and slices alone.
    columns = data if isinstance(data, Examples) and not data.path else None
    dataset = None if data is None or columns else as_examples(data, labels, None, emit)
    names_given = read_class_names(Path(class_names)) if isinstance(class_names, str | Path) else tuple(class_names)
    runs = [run_given(base, spec.base, dataset, None, spec)]
    # Saved predictions are matched to the base's examples, as on the command line.
    examples = dataset or _examples_of(runs[0].predictions, base, spec.base, columns)
    if groups is not None or slices:
        examples = with_groups_and_slices(examples, groups, slices or {})
    others = zip(given[1:], spec.models[1:], strict=True)
    runs += [run_given(model, source, dataset, examples, spec) for model, source in others]
    for other in runs[1:]:
        require_same_inputs(runs[0].predictions, other.predictions)
    named = with_class_names(examples, names_given) if names_given else examples
    roles: list[Role] = ["base", *(["candidate"] * len(candidates)), *(["independent"] * len(independents))]  # type: ignore[list-item]
    names = model_names(spec.base, spec.candidates, spec.independents)
    if independents:
        contents = [content_of(run, number) for number, run in enumerate(runs)]
        refuse_duplicates(list(zip(names, roles, contents, strict=True)))
    models = [
        ComparedModel(
            _id(role, number, len(candidates)), name, role, source, run.adapter, source.batch_size or batch_size
        )
        for number, (name, role, source, run) in enumerate(zip(names, roles, spec.models, runs, strict=True))
    ]
    if unlabelled is not None:
        require_models([model.name for model, run in zip(models, runs, strict=True) if run.model is None])
    by_id = {model.id: run for model, run in zip(models, runs, strict=True)}
    replicates, noise = replicates_with_noise(models, by_id, again, named, emit)
    with tempfile.TemporaryDirectory() as folder:
        usable = [measured_run(model, run, runs[0], Path(folder)) for model, run in zip(models, runs, strict=True)]
        usable += [measured_run(one, run, by_id[one.parent.id], Path(folder)) for one, run in replicates if one.parent]
        measured = MeasuredModels(tuple(usable), (), (), noise, {}, "", ())
        further = None
        if unlabelled is not None:
            found, warnings = without_labels(as_examples(unlabelled, emit=emit), named)
            runs_on_it = run_unlabelled(models, runs, found, Path(folder) / UNLABELLED)
            further = UnlabelledRuns(found, runs_on_it, warnings)
        report, lazy = comparison_report(spec, named, measured, Path(folder), emit, further)
        rows = lazy.collect()
    if any(run.model is not None for run in runs):
        # (Live objects cannot leave this process, and files that are compared with them stay with them.)
        report = report.model_copy(update={"environment": report.environment.model_copy(update={"sandbox": "none"})})
    report = _with_extras(report, models, runs, named.examples, spec, emit, cost=cost, locate=locate)
    return ComparisonResult(report.model_copy(update={"requirements": check(report, require)}), rows)


def _share(name: str, written: float | str | None) -> float | None:
    try:
        return None if written is None else share_of(written)
    except ValueError as error:
        raise InputError("SF461", str(error), where=name) from error


def _refuse_unused(**settings: object) -> None:
    """Refuse settings that do not apply to these models: they are not ignored."""
    if unused := [name for name, value in settings.items() if value]:
        raise InputError("SF501", "does not apply to these models", where=unused[0], fix="leave it out")


def _compare_language(spec: ComparisonSpec, emit: Emit) -> ComparisonResult:
    """Compare language models as on the command line, in this process and with a temporary store."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder), Path(folder) / "store", cache_folder())
        report, comparison = run_comparison(spec, places, InProcessEngine(), Path(folder), emit)
        return ComparisonResult(report, comparison.rows.collect())


def _spec(
    models: Sequence[ModelOrPredictions],
    candidates: int,
    data: AnyData | None,
    unlabelled: AnyData | None,
    require: Sequence[str],
    batch_size: int,
    intervals: Intervals | None,
) -> ComparisonSpec:
    """The spec that the command line would make."""
    sources = [
        ModelSource(path=model.model, name=model.model) if isinstance(model, Predictions) else source_of(model, {})
        for model in models
    ]
    for number, source in enumerate(sources):
        name = source.name or source.path
        earlier = sum((other.name or other.path) == name for other in sources[:number])
        if earlier:
            sources[number] = source.model_copy(update={"name": f"{name} ({earlier + 1})"})
    spec = ComparisonSpec(
        base=sources[0],
        candidates=tuple(sources[1 : candidates + 1]),
        independents=tuple(sources[candidates + 1 :]),
        data=_in_spec(data),
        unlabelled=_in_spec(unlabelled),
        require=tuple(require),
        intervals=intervals or Intervals(),
    )
    return spec if batch_size == DEFAULT_BATCH else spec.model_copy(update={"batch_size": batch_size})


def _in_spec(data: AnyData | None) -> Examples | None:
    """The data as a spec has it; None for arrays."""
    return data if isinstance(data, Examples) else Examples(path=str(data)) if isinstance(data, str | Path) else None


def _id(role: Role, number: int, candidates: int) -> str:
    """As on the command line: candidates and independents are counted from 1."""
    if role == "base":
        return "base"
    return f"{role}-{number if role == 'candidate' else number - candidates}"


def _with_extras(
    report: Report,
    models: Sequence[ComparedModel],
    runs: Sequence[InProcessRun],
    examples: ExampleSet,
    spec: ComparisonSpec,
    emit: Emit,
    *,
    cost: bool,
    locate: bool,
) -> Report:
    """The report with costs and layers, where these are asked for."""
    opened = {model.id: run.model for model, run in zip(models, runs, strict=True) if run.model is not None}
    costs = costs_in_process(models, opened, examples, spec.batch_size) if cost else {}
    report = with_costs(report, costs, {model.id: run.record for model, run in zip(models, runs, strict=True)})
    if cost and (not_run := [model.name for model in models if model.id not in opened]):
        warning = f"Latency and memory of {', '.join(not_run)} were not measured: only predictions are given."
        report = report.model_copy(update={"warnings": (*report.warnings, warning)})
    if not locate:
        return report
    find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
    live = {model.id: run.module for model, run in zip(models, runs, strict=True) if run.module is not None}
    located, unmatched = find(models, examples, spec.batch_size, spec.intervals.confidence, emit, live)
    return report.model_copy(update={"located": located, "warnings": (*report.warnings, *unmatched)})


def _examples_of(
    predictions: Predictions, base: ModelOrPredictions, source: ModelSource, columns: Examples | None
) -> Dataset:
    """The examples of the base's predictions: ids and labels, groups and slices of a file, no inputs."""
    text = f"the {predictions.examples:,} examples of the base's predictions"
    data = without_inputs("examples", (), predictions.ids, predictions.labels, text)
    if isinstance(base, str | Path | ModelSource):
        saved = open_saved(source, find_adapter(source))
        return replace(data, about=saved_examples(saved, source.path, (), columns).about)
    if columns is not None:
        raise InputError("SF503", "predictions in memory have no columns", where="data", fix="give groups= and slices=")
    return data
