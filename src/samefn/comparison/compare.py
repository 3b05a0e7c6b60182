"""Compare in Python: predictions or models in, a result out."""

from collections.abc import Sequence

import numpy as np
from pydantic import JsonValue

from samefn.comparison.assemble import Floor, assemble
from samefn.comparison.collect import Collected
from samefn.comparison.copies import refuse_copies
from samefn.comparison.plan import Asked
from samefn.comparison.predict import AnyData, AnyModel, as_examples, predict
from samefn.comparison.result import Result
from samefn.core.canonical import digest
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.datasets.example_set import ExampleSet, fingerprint_of
from samefn.gate.check import check
from samefn.predictions.predictions import Predictions, require_same_examples
from samefn.runtimes.adapters import Adapter
from samefn.schema.records import AnswersRecord
from samefn.schema.report import Role
from samefn.spec.comparison import ModelSource
from samefn.spec.study import Intervals, Landscape

_PYTHON = Adapter("python", "samefn.comparison.predict:predict", ())


def compare(
    base: AnyModel | Predictions,
    candidates: Sequence[AnyModel | Predictions],
    *,
    independents: Sequence[AnyModel | Predictions] = (),
    again: Predictions | None = None,
    data: AnyData | None = None,
    labels: Sequence[int] | np.ndarray | None = None,
    class_names: Sequence[str] = (),
    require: Sequence[str] = (),
    batch_size: int = 64,
    intervals: Intervals | None = None,
    landscape: Landscape | None = None,
    emit: Emit = silent,
) -> Result:
    """Compare candidates with their base, in this process.

    Args:
        base: predictions (from `samefn.predict`, or `Predictions.from_logits` of your own), or a model as `predict`
            takes it.
        candidates: the same, one or more.
        independents: models trained independently of the base; with them there is a scale.
        again: the base's predictions made again in another way (other batches, another runtime): its own noise, the
            zero of the scale. None to take it for none.
        data: what models are asked; not needed where all are predictions.
        labels: the true classes, where `data` is arrays.
        class_names: by class index; numbers where not given.
        require: requirements, such as `scale[disagreement] < 0.1`; their outcomes are in `result.report.requirements`.
        batch_size: examples a batch.
        intervals: the intervals' settings.
        landscape: the maps' settings.
        emit: told of every step.

    Raises:
        InputError: models or data that cannot be used, predictions about other examples or classes, or an independent
            whose probabilities are another model's to the bit.

    >>> draw = np.random.default_rng(0).normal(size=(200, 3))
    >>> base = Predictions.from_logits("base", draw, range(200))
    >>> near = Predictions.from_logits("near", draw + 1e-6, range(200))
    >>> compare(base, [near]).verdicts["near"].outcome
    'cannot tell'
    """
    if not candidates:
        raise InputError("no candidate is given", where="compare", fix="give one or more")
    examples = None if data is None else as_examples(data, labels, None, emit)
    roles: list[Role] = ["base", *(["candidate"] * len(candidates)), *(["independent"] * len(independents))]  # type: ignore[list-item]
    models = [base, *candidates, *independents]
    asked = [_predictions(model, examples, batch_size, emit) for model in models]
    for other in asked[1:]:
        require_same_examples(asked[0], other)
    if independents:
        refuse_copies(
            [(one.model, role, _said(one, n)) for n, (one, role) in enumerate(zip(asked, roles, strict=True))]
        )
    found = [_collected(one, role, number) for number, (one, role) in enumerate(zip(asked, roles, strict=True))]
    floor = Floor(none_because="it was not measured again")
    if again is not None:
        require_same_examples(asked[0], again)
        floor = Floor((_collected(again, "replicate", 0),))
    shown = examples or _without_inputs(asked[0], tuple(class_names))
    told: dict[str, JsonValue] = {
        "name": "compare",
        "models": [one.model.name for one in found],
        "require": list(require),
    }
    report, frame = assemble(
        told, found, floor, (), shown, intervals or Intervals(), landscape or Landscape(methods=("mds", "pca")), emit
    )
    return Result(report.model_copy(update={"requirements": check(report, require)}), frame)


def _predictions(
    model: AnyModel | Predictions, examples: ExampleSet | None, batch_size: int, emit: Emit
) -> Predictions:
    return model if isinstance(model, Predictions) else predict(model, examples, batch_size=batch_size, emit=emit)


def _said(one: Predictions, number: int) -> str:
    """What tells predictions apart; of answers alone, which good models may share, nothing but their place."""
    return str(number) if one.answers is not None else fingerprint_of({"log_probs": one.log_probs}, one.ids, None, ())


def _collected(predictions: Predictions, role: Role, number: int) -> Collected:
    model_id = role if role in {"base", "replicate"} else f"{role}-{number}"
    asked = Asked(model_id, predictions.model, role, ModelSource(path=predictions.model), _PYTHON, None)
    record = AnswersRecord.model_validate({"facts": predictions.provenance})
    return Collected(asked, predictions, record)


def _without_inputs(base: Predictions, class_names: tuple[str, ...]) -> ExampleSet:
    """The examples of predictions: ids and labels, no inputs."""
    told = {"ids": base.ids.tolist(), "labels": None if base.labels is None else base.labels.tolist()}
    return ExampleSet(
        name="examples",
        arrays={},
        ids=base.ids,
        labels=base.labels,
        class_names=class_names,
        images=False,
        source=f"the {base.examples:,} examples of the base's predictions",
        fingerprint=digest(told),
    )
