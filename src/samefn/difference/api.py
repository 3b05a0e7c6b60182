"""Compare two runs in Python, by the same steps as `samefn diff`."""

from pathlib import Path
from typing import TypeAlias

from samefn.core.errors import InputError
from samefn.difference.result import RunDifference
from samefn.difference.runs import Run, difference, read_run
from samefn.results.result import Result
from samefn.schema.report import Report

AnyRun: TypeAlias = str | Path | Report | Result


def diff(before: AnyRun, after: AnyRun) -> RunDifference:
    """Which figures moved beyond their intervals between two runs, and which answers changed.

    Args:
        before: the first run: the folder of a run, its `report.json`, a result of samefn, or a report. A report
            alone has no rows, so that its figures are compared by their intervals.
        after: the second run.

    Returns:
        What differs; it prints as `samefn diff` does.

    Raises:
        InputError: no report, one that cannot be read, or rows that do not say what they are about.

    >>> import numpy as np, samefn
    >>> draw = np.random.default_rng(0).normal(size=(200, 3))
    >>> base, int8 = (samefn.Predictions.from_logits(name, draw, range(200)) for name in ("base", "int8"))
    >>> result = samefn.compare(base, [int8])
    >>> print(diff(result, result))
    0 of 10 figures moved; no answer changed
    inputs: the same 200, compared row by row
    """
    return difference(_run(before), _run(after))


def _run(run: object) -> Run:
    if isinstance(run, str | Path):
        return read_run(Path(run))
    if isinstance(run, Report):
        return Run(run, None)
    if isinstance(run, Result):
        return Run(run.report, None if run.rows is None else run.rows.lazy())
    fix = "give the folder of a run, a report, or a result of samefn.compare"
    raise InputError("SF664", f"{type(run).__name__} is no run", where="diff", fix=fix)
