"""Compare two runs in Python, by the same steps as `samefn diff`."""

from pathlib import Path
from typing import Protocol, TypeAlias

import polars as pl

from samefn.core.errors import InputError
from samefn.difference.result import RunDifference
from samefn.difference.runs import Run, difference
from samefn.reports.read import read_report, read_rows
from samefn.schema.report import Report


class ResultWithRows(Protocol):
    """What `samefn.compare` returns: a report and the rows that it is made from."""

    @property
    def report(self) -> Report:
        """The report."""

    @property
    def rows(self) -> pl.DataFrame | None:
        """One row an example and compared model; None of a run that was read without its rows."""


AnyRun: TypeAlias = str | Path | Report | ResultWithRows


def diff(before: AnyRun, after: AnyRun) -> RunDifference:
    """Which figures moved beyond their intervals between two runs, and which answers changed.

    Args:
        before: the first run: the folder of a run, its `report.json`, the result of `samefn.compare`, or a report. A
            report alone has no rows, so that its figures are compared by their intervals.
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


def _run(run: AnyRun) -> Run:
    if isinstance(run, str | Path):
        path = Path(run)
        report = read_report(path)
        return Run(report, read_rows(path))
    if isinstance(run, Report):
        return Run(run, None)
    content, rows = getattr(run, "report", None), getattr(run, "rows", None)
    if not isinstance(content, Report) or not isinstance(rows, pl.DataFrame | None):
        fix = "give the folder of a run, a report, or a result of samefn.compare"
        raise InputError("SF664", f"{type(run).__name__} is no run", where="diff", fix=fix)
    return Run(content, None if rows is None else rows.lazy())
