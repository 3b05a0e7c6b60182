"""For tests of your own: fail where a model is not the same function any more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from samefn.comparison.api import compare
from samefn.comparison.predict import AnyData, AnyModel
from samefn.comparison.result import Result
from samefn.core.errors import InputError
from samefn.gate.check import OnInconclusive, check, passed
from samefn.predictions.predictions import Predictions
from samefn.reports.view import ReportView
from samefn.reports.wording.requirements import requirement_sentence

SAME = ("verdict in same",)


def assert_same_function(
    base: AnyModel | Predictions | Result,
    candidate: AnyModel | Predictions | None = None,
    data: AnyData | None = None,
    *,
    independents: Sequence[AnyModel | Predictions] = (),
    require: Sequence[str] = SAME,
    on_inconclusive: OnInconclusive = "fail",
    **settings: Any,
) -> Result:
    """Compare a candidate with its base and assert that every requirement holds.

    Args:
        base: a model or predictions, as `samefn.compare` takes them; or what `samefn.compare` returned, and then
            nothing else but requirements.
        candidate: the model that should still be the base.
        data: what both are asked; not needed for predictions.
        independents: models trained independently of the base; with them there is a scale.
        require: requirements, held against the whole interval; without any the verdict must be *same*.
        on_inconclusive: `pass` to accept what cannot be told.
        settings: of `samefn.compare`, such as `labels` or `batch_size`.

    Returns:
        The comparison with its requirements, for whatever else a test asks.

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
    if isinstance(base, Result):
        if candidate is not None or data is not None or independents or settings:
            raise InputError("SF5051", "a result says all but the requirements", where="assert_same_function")
        result = base
    elif candidate is None:
        raise InputError("SF5052", "no candidate is given", where="assert_same_function")
    else:
        result = compare(base, [candidate], data=data, independents=independents, **settings)
    if not require:
        raise InputError("SF5053", "no requirement is given", where="assert_same_function")
    entries = check(result.report, require)
    findings = ReportView(result.report)
    unmet = [requirement_sentence(findings, entry) for entry in entries if not passed([entry], on_inconclusive)]
    unmet += [f"{failure.model} failed: {failure.error}" for failure in result.report.failures]
    if unmet:
        raise AssertionError("\n".join(unmet))
    return replace(result, report=result.report.model_copy(update={"requirements": entries}))
