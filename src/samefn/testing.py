"""For your own tests: fail where a model is not the same function any more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from samefn.comparison.api import compare
from samefn.comparison.given import ModelOrPredictions, Models
from samefn.comparison.predict import AnyData
from samefn.core.errors import InputError
from samefn.gate.check import OnInconclusive, check, passed
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.results.result import Result
from samefn.schema.report import Report
from samefn.schema.verdicts import RequirementEntry

SAME, NOT_WORSE = "same", "not worse"
NO_MODELS: Models = ()


def assert_same_function(
    base: ModelOrPredictions | Result,
    candidate: ModelOrPredictions | None = None,
    data: AnyData | None = None,
    *,
    independents: Models = NO_MODELS,
    require: str | Sequence[str] | None = None,
    on_inconclusive: OnInconclusive = "fail",
    **settings: Any,
) -> Result:
    """Compare a candidate with its base and assert that every requirement holds.

    Without requirements it fails where the candidate is *changed* or *broken*, and where its net loss of accuracy is
    shown to be over `loss_limit`.

    Args:
        base: a model or predictions, as `samefn.compare` takes them; or the result of `samefn.compare`, and then
            nothing else but requirements.
        candidate: the model that should still be the same function as the base.
        data: what both run on; not needed for predictions.
        independents: models trained independently of the base; with them there is a relative distance.
        require: requirements, which the whole interval must meet; None for `same`, and with labels `not worse`.
        on_inconclusive: `pass` to accept what is inconclusive.
        settings: of `samefn.compare`, such as `limit`, `class_limit`, `loss_limit`, `labels` or `batch_size`.

    Returns:
        The comparison with its requirements, for further checks of a test.

    Raises:
        AssertionError: a requirement is not met; the message holds a sentence for each that is not, and for
            each candidate that they are about the three answers of its verdict with their figures.
        InputError: models, data or requirements that cannot be used.

    >>> import numpy as np
    >>> logits = np.random.default_rng(0).normal(size=(500, 3))
    >>> assert_same_function(logits, logits + 1e-6, require="disagreement < 1 %").report.requirements[0].outcome
    'holds'
    """
    __tracebackhide__ = True
    if isinstance(base, Result):
        if candidate is not None or data is not None or independents is not NO_MODELS or settings:
            raise InputError(
                "SF550",
                "beside a result only requirements can be given",
                where="assert_same_function",
                fix="leave the other arguments out",
            )
        result = base
    elif candidate is None:
        raise InputError("SF500", "no candidate is given", where="assert_same_function", fix="give one")
    else:
        result = compare(base, candidate, data, independents=independents, **settings)
    if require is not None and not require:
        raise InputError(
            "SF551",
            "no requirement is given, so nothing would be checked",
            where="assert_same_function",
            fix="give one or more",
        )
    report = result.report
    if require is None:
        labelled = any(verdict.quality != "no labels" for verdict in report.verdicts)
        require = (SAME, NOT_WORSE) if labelled else (SAME,)
    entries = check(report, (require,) if isinstance(require, str) else require)
    unmet = [entry for entry in entries if not passed([entry], on_inconclusive)]
    lines = _sentences(report, unmet)
    lines += [f"{failure.model} failed: {failure.error}" for failure in report.failures]
    if lines:
        raise AssertionError("\n".join(lines))
    return replace(result, report=report.model_copy(update={"requirements": entries}))


def _sentences(report: Report, unmet: Sequence[RequirementEntry]) -> list[str]:
    """A sentence for each requirement, and then one for each verdict of their candidates."""
    view, candidates = ReportView(report), {entry.candidate for entry in unmet}
    verdicts = [one for one in report.verdicts if one.evaluation == view.evaluation and one.candidate in candidates]
    return [
        *(requirement_sentence(view, entry) for entry in unmet),
        *(f"{view.name(one.candidate)}: {verdict_sentence(report, one)}" for one in verdicts),
    ]
