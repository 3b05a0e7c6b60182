"""Compare what is given in Python: models of this process and predictions in memory, as files are compared."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from samefn.analysis.rows import UNLABELLED
from samefn.comparison.costs import costs_in_process
from samefn.comparison.given import GivenModel
from samefn.comparison.given_models import content_of, measured_run, replicates_with_noise, run_given, run_unlabelled
from samefn.comparison.in_process import InProcessRun
from samefn.comparison.measured import ComparisonRun, Located, MeasuredModels
from samefn.comparison.model_identity import refuse_duplicates
from samefn.comparison.models import ComparedModel, named_models
from samefn.comparison.report import comparison_report
from samefn.comparison.unlabelled import UnlabelledRuns, about_unlabelled, require_models, without_labels
from samefn.config.comparison import ComparisonSpec
from samefn.core.events import Emit
from samefn.core.loading import load
from samefn.datasets.dataset import Dataset
from samefn.predictions.predictions import require_same_inputs
from samefn.schema.report import Role


def compare_given(
    spec: ComparisonSpec,
    given: Sequence[GivenModel],
    data: Dataset,
    folder: Path,
    emit: Emit,
    again: GivenModel | None = None,
    further: Dataset | None = None,
) -> ComparisonRun:
    """Run models in this process, and analyse their rows.

    Args:
        spec: of the comparison; its models are the given ones.
        given: the models, the base first.
        data: the examples.
        folder: for rows; it must stay while they are read.
        emit: receives an event for each step.
        again: predictions of the base from another run; None to run a base that is a model again.
        further: inputs without labels; None for none.

    Raises:
        InputError: models or data that cannot be used, or an independent that is a copy of another model.
    """
    named = list(named_models(spec))
    runs = [run_given(one, data, role, spec) for one, (_, _, role, _) in zip(given, named, strict=True)]
    for other in runs[1:]:
        require_same_inputs(runs[0].predictions, other.predictions)
    _refuse_copies(named, runs)
    models = [
        ComparedModel(key, name, role, source, run.adapter, source.batch_size or spec.batch_size)
        for (key, name, role, source), run in zip(named, runs, strict=True)
    ]
    by_id = {model.id: run for model, run in zip(models, runs, strict=True)}
    run_again = None if again is None else run_given(again, data, "replicate", spec).predictions
    replicates, noise = replicates_with_noise(models, by_id, run_again, data, emit)
    usable = [measured_run(model, by_id[model.id], runs[0], folder) for model in models]
    usable += [measured_run(one, run, by_id[one.parent.id], folder) for one, run in replicates if one.parent]
    measured = MeasuredModels(tuple(usable), (), (), noise, {}, "", ())
    unlabelled = None if further is None else _run_further(models, runs, data, further, folder)
    report, rows = comparison_report(spec, data, measured, folder, emit, unlabelled)
    opened = {key: run.model for key, run in by_id.items() if run.model is not None}

    def locate() -> Located:
        find: Callable[..., Located] = load("samefn.comparison.layers:located_layers")
        modules = {key: run.module for key, run in by_id.items() if run.module is not None}
        return find(models, data.examples, spec.batch_size, spec.intervals.confidence, emit, modules)

    costs = partial(costs_in_process, models, opened, data.examples, spec.batch_size)
    return ComparisonRun(report, tuple(usable), rows, {}, costs, locate, {})


def _refuse_copies(named: Sequence[tuple[str, str, Role, object]], runs: Sequence[InProcessRun]) -> None:
    """Refuse an independent with the predictions of another model."""
    if any(role == "independent" for _, _, role, _ in named):
        contents = [content_of(run, number) for number, run in enumerate(runs)]
        refuse_duplicates([(name, role, content) for (_, name, role, _), content in zip(named, contents, strict=True)])


def _run_further(
    models: Sequence[ComparedModel], runs: Sequence[InProcessRun], data: Dataset, further: Dataset, folder: Path
) -> UnlabelledRuns:
    """The models run on inputs without labels too."""
    require_models([model.name for model, run in zip(models, runs, strict=True) if run.model is None])
    found, warnings = without_labels(further, data)
    with about_unlabelled(found):
        return UnlabelledRuns(found, run_unlabelled(models, runs, found, folder / UNLABELLED), warnings)
