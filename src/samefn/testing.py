"""For your own tests: fail where a model is not the same function any more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from samefn.comparison.api import compare
from samefn.comparison.in_process import AnyModel
from samefn.comparison.predict import AnyData
from samefn.comparison.result import ComparisonResult
from samefn.core.errors import InputError
from samefn.gate.check import OnInconclusive, check, passed
from samefn.predictions.predictions import Predictions
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence

SAME = ("verdict in same",)


def assert_same_function(
    base: AnyModel | Predictions | ComparisonResult,
    candidate: AnyModel | Predictions | None = None,
    data: AnyData | None = None,
    *,
    independents: Sequence[AnyModel | Predictions] = (),
    require: Sequence[str] = SAME,
    on_inconclusive: OnInconclusive = "fail",
    **settings: Any,
) -> ComparisonResult:
    """Compare a candidate with its base and assert that every requirement holds.

    Args:
        base: a model or predictions, as `samefn.compare` takes them; or the result of `samefn.compare`, and then
            nothing else but requirements.
        candidate: the model that should still be the same function as the base.
        data: what both run on; not needed for predictions.
        independents: models trained independently of the base; with them there is a relative distance.
        require: requirements, which the whole interval must meet; by default the verdict must be *same*.
        on_inconclusive: `pass` to accept what is inconclusive.
        settings: of `samefn.compare`, such as `labels` or `batch_size`.

    Returns:
        The comparison with its requirements, for further checks of a test.

    Raises:
        AssertionError: a requirement is not met; the message holds a sentence for each that is not.
        InputError: models, data or requirements that cannot be used.

    >>> import numpy as np
    >>> logits = np.random.default_rng(0).normal(size=(500, 3))
    >>> base, other = (Predictions.from_logits(name, logits, range(500)) for name in ("base", "other"))
    >>> assert_same_function(base, other, require=["disagreement < 1 %"]).report.requirements[0].outcome
    'holds'
    """
    __tracebackhide__ = True
    if isinstance(base, ComparisonResult):
        if candidate is not None or data is not None or independents or settings:
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
        result = compare(base, [candidate], data=data, independents=independents, **settings)
    if not require:
        raise InputError(
            "SF551",
            "no requirement is given, so nothing would be checked",
            where="assert_same_function",
            fix="give one or more",
        )
    entries = check(result.report, require)
    findings = ReportView(result.report)
    unmet = [requirement_sentence(findings, entry) for entry in entries if not passed([entry], on_inconclusive)]
    unmet += [f"{failure.model} failed: {failure.error}" for failure in result.report.failures]
    if unmet:
        raise AssertionError("\n".join(unmet))
    return replace(result, report=result.report.model_copy(update={"requirements": entries}))
