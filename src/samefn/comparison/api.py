"""Compare in Python: predictions or models in, a result out, by the same steps as `samefn compare`."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from numpy.typing import ArrayLike

from samefn.comparison.compare_given import compare_given
from samefn.comparison.complete import complete
from samefn.comparison.examples import checked_class_names, read_class_names, require_names, with_groups_and_slices
from samefn.comparison.given import ModelOrPredictions, Models, given_model, given_models
from samefn.comparison.given_examples import given_examples
from samefn.comparison.ladder import ladder_ids
from samefn.comparison.models import are_language_models, candidate_names, refuse_language_settings
from samefn.comparison.predict import AnyData, as_examples
from samefn.comparison.run import run_comparison
from samefn.config.comparison import ComparisonSpec, Examples
from samefn.config.read import validated
from samefn.config.study import Intervals
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.core.paths import Places, cache_folder
from samefn.engine.in_process import InProcessEngine
from samefn.gate.check import require_known
from samefn.results.result import Result

DEFAULT_BATCH: int = ComparisonSpec.model_fields["batch_size"].default


def compare(
    base: ModelOrPredictions | Mapping[str, ModelOrPredictions],
    candidates: Models,
    data: AnyData | None = None,
    *,
    labels: ArrayLike | None = None,
    independents: Models = (),
    again: ModelOrPredictions | None = None,
    unlabelled: AnyData | None = None,
    groups: ArrayLike | None = None,
    slices: Mapping[str, ArrayLike] | None = None,
    class_names: Sequence[str] | Path = (),
    limit: float | str | None = None,
    class_limit: float | str | None = None,
    loss_limit: float | str | None = None,
    kl_limit: float | None = None,
    simultaneous: bool = False,
    ladder: Sequence[str] = (),
    require: str | Sequence[str] = (),
    intervals: Intervals | None = None,
    batch_size: int = DEFAULT_BATCH,
    task: Literal["classification"] | None = None,
    cost: bool = False,
    locate: bool = False,
    n_ctx: int | None = None,
    emit: Emit = silent,
) -> Result:
    """Compare candidates with their base, in this process.

    A model is a path as on the command line (also of saved predictions), a `ModelSource`, a `torch.nn.Module`, a
    function of a batch of arrays, `Predictions`, or an array [examples, classes] of logits or probabilities: of NumPy,
    a tensor or a table. An array has no name; a mapping gives it one: `{"int8": scores}`.

    Args:
        base: the original model.
        candidates: the model that should still be the same function; or several, as a list or as a mapping from names.
        data: what models run on: arrays, a path, or the name of a data set; not needed where all are predictions.
        labels: the true classes, where `data` is arrays, or of predictions that have none.
        independents: models trained independently of the base, one or several; with them there is a relative distance.
        again: predictions of the base from another run (other batches, another runtime), which measure the noise
            floor. None to run a base that is a model again here, in smaller batches. A candidate that is a model is
            always run again: on the first 256 examples, and on all where these show that its predictions change.
        unlabelled: further inputs, on which all models run too; they count for the first answer of a verdict (same or
            changed). Their labels are not read.
        groups: [examples] which inputs belong together, such as frames of one video, in the order of the examples;
            intervals are then over groups. None where each input was drawn by itself.
        slices: by name, [examples] values by which changed predictions are also counted.
        class_names: by class index, or a file of them; else those of the data.
        limit: the share of changed predictions that is still the same function, such as 0.005 or "0.5%"; None for a
            tenth of the base's error rate, at least 0.1 % and at most 1 %.
        class_limit: the same for one class or slice; None for five limits.
        loss_limit: the net loss of accuracy that is still allowed; None for half the limit.
        kl_limit: for language models, the mean KL divergence from the base that is still the same function, in nats a
            token; None for 0.01.
        simultaneous: hold the errors of all candidates together, and not of each, to those of one.
        ladder: names of candidates that are known to be finer and rougher, from the finest to the roughest; every
            candidate is placed among them.
        require: requirements, such as `relative_distance[disagreement] < 0.1`; their outcomes are in
            `result.report.requirements`.
        intervals: the intervals' settings.
        batch_size: examples a batch.
        task: `classification` to take all outputs for class scores without a check.
        cost: also measure latency, here, and the memory of models that are files.
        locate: also find the layers in which each candidate loses the base's function.
        n_ctx: tokens a window, for language models, whose data is the path of a text; None for 512, or for the length
            in files of logits.
        emit: receives an event for each step.

    Raises:
        InputError: models or data that cannot be used, predictions about other examples or classes, or an independent
            that is a copy of another model.

    >>> import numpy as np
    >>> logits = np.random.default_rng(0).normal(size=(200, 3))
    >>> compare(logits, logits + 1e-6, labels=logits.argmax(axis=1)).verdicts["candidate"].outcome
    'inconclusive'
    >>> list(compare(logits, {"fine": logits + 1e-6, "rough": logits.round(1)}).verdicts)
    ['fine', 'rough']
    """
    given, count = given_models(base, candidates, independents)
    sources = tuple(one.source for one in given)
    names = _class_names(class_names)
    settings = {
        "data": _in_spec(data),
        "unlabelled": _in_spec(unlabelled),
        "class_names": str(class_names) if isinstance(class_names, str | Path) else None,
        "limit": limit,
        "class_limit": class_limit,
        "loss_limit": loss_limit,
        "kl_limit": kl_limit,
        "simultaneous": simultaneous,
        "ladder": ladder if isinstance(ladder, str) else tuple(ladder),
        "require": (require,) if isinstance(require, str) else tuple(require),
        "batch_size": None if batch_size == DEFAULT_BATCH else batch_size,
        "task": task,
        "intervals": intervals,
        "locate": locate,
        "n_ctx": n_ctx,
    }
    models = {"base": sources[0], "candidates": sources[1 : count + 1], "independents": sources[count + 1 :]}
    chosen = {key: value for key, value in settings.items() if value is not None and value is not False}
    spec = validated(ComparisonSpec, {**models, "cost": cost, **chosen}, "compare")
    require_known(spec.require, candidate_names(spec), len(spec.independents))
    ladder_ids(spec)
    with tempfile.TemporaryDirectory() as folder:
        if all(one.content is None for one in given) and are_language_models(spec):
            _refuse_unused(labels=labels, again=again, groups=groups, slices=slices, class_names=names or None)
            places = Places(Path(folder), Path(folder) / "store", cache_folder())
            report, comparison = run_comparison(spec, places, InProcessEngine(), Path(folder), emit)
            return Result(report, comparison.rows.collect())
        refuse_language_settings(spec)
        started = time.time()
        examples = given_examples(given, data, labels, names, emit)
        if groups is not None or slices is not None:
            examples = with_groups_and_slices(examples, groups, {} if slices is None else slices)
        run_again = None if again is None else given_model(again, "", "base, run again", "again")
        further = None if unlabelled is None else as_examples(unlabelled, emit=emit)
        comparison = compare_given(spec, given, examples, Path(folder), emit, run_again, further)
        require_names(names, comparison.models[0].classes, "class_names")
        return Result(complete(spec, comparison, started), comparison.rows.collect(), examples.about)


def _class_names(given: Sequence[str] | Path) -> tuple[str, ...]:
    """The names of the classes; none where none are given."""
    if isinstance(given, str | Path):
        return read_class_names(Path(given))
    return checked_class_names(given, "class_names") if len(given) else ()


def _in_spec(data: AnyData | None) -> Examples | None:
    """The data as a spec has it; None for arrays."""
    return data if isinstance(data, Examples) else Examples(path=str(data)) if isinstance(data, str | Path) else None


def _refuse_unused(**settings: object) -> None:
    """Refuse settings that do not apply to language models: they are not ignored."""
    if unused := [name for name, value in settings.items() if value is not None]:
        raise InputError("SF501", "does not apply to language models", where=unused[0], fix="leave it out")
