"""The figures of one model in two runs over the same inputs, tested row by row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from samefn.core.errors import InputError
from samefn.measures.distances import ROUNDING
from samefn.measures.language import BLOCK, LANGUAGE_FIGURES, SOURCE_COLUMNS, columns_of_rows
from samefn.measures.pairs import Floats
from samefn.measures.table import MEASURES
from samefn.statistics.intervals import of_means
from samefn.statistics.mean_intervals import slopes
from samefn.statistics.paired_mean import PairedTest, paired_mean, paired_share

NAMED = ("evaluation", "base", "candidate", "id")
# Where none of these differ by more than rounding, a row is the same in both runs.
SEEN = ("total_variation", "base_confidence", "confidence")
CLASSES = ("base_top", "top")
READ = tuple(
    dict.fromkeys(
        [
            *(*CLASSES, *SEEN, "base_right", "right", BLOCK, *SOURCE_COLUMNS),
            *(column for measure in MEASURES.values() for column in measure.columns),
        ]
    )
)


@dataclass(frozen=True, eq=False)
class PairedRows:
    """The rows of one model in both runs, in the same order.

    Attributes:
        before: by column, the first run's.
        after: the second run's; the same columns.
        blocks: the block of each row, of language models; None for others.
        same: [rows] whether a row is the same in both but for rounding.
    """

    before: Mapping[str, Floats]
    after: Mapping[str, Floats]
    blocks: NDArray[np.int64] | None
    same: NDArray[np.bool_]

    def changed(self, column: str) -> int:
        """On how many rows a class differs between the runs."""
        return int(np.count_nonzero(self.before[column] != self.after[column]))


def require_named(rows: pl.LazyFrame) -> None:
    """Refuse rows that do not say what they are about.

    Raises:
        InputError: a column is missing.
    """
    names = rows.collect_schema().names()
    if missing := [name for name in NAMED if name not in names]:
        fix = "make the run again, or remove rows.parquet"
        raise InputError("SF465", f"the rows have no column {missing[0]!r}", where="rows.parquet", fix=fix)


def rows_of(rows: pl.LazyFrame, evaluation: str, base: str, candidate: str) -> pl.DataFrame:
    """The rows of one candidate beside the base, with the columns that figures are made from."""
    names = rows.collect_schema().names()
    about = {"evaluation": evaluation, "base": base, "candidate": candidate}
    wanted = [name for name in READ if name in names]
    return rows.filter(**about).select("id", *wanted).collect()


def pair_rows(before: pl.DataFrame, after: pl.DataFrame) -> PairedRows | None:
    """The rows of two runs side by side; None where they are not about the same inputs.

    Args:
        before: as `rows_of` gives them.
        after: the same of the second run.
    """
    if not before.height or before.height != after.height:
        return None
    if not before["id"].equals(after["id"]):
        before, after = before.sort("id"), after.sort("id")
        if not before["id"].equals(after["id"]):
            return None
    shared = [name for name in before.columns if name in after.columns and name not in ("id", BLOCK)]
    columns = [name for name in shared if not (before[name].null_count() or after[name].null_count())]
    one, other = ({name: frame[name].cast(pl.Float64).to_numpy() for name in columns} for frame in (before, after))
    same = np.all([one[name] == other[name] for name in CLASSES if name in columns], axis=0)
    for name in SEEN:
        if name in columns:
            same = same & (np.abs(one[name] - other[name]) <= ROUNDING)
    blocks = before[BLOCK].to_numpy() if BLOCK in before.columns else None
    return PairedRows(one, other, blocks, same)


def paired_tests(pair: PairedRows, confidence: float) -> dict[str, PairedTest]:
    """Every figure that can be tested by rows, by the name that requirements give it.

    A share of all examples gets McNemar's exact test. A function of means is held against itself with its slopes half
    way between the two runs, which turns it into a mean of differences; rows that are the same but for rounding differ
    by nothing.

    Args:
        pair: the rows.
        confidence: of the intervals.
    """
    tests = {"accuracy": _mean(pair, ["right"], float, confidence, share=True)}
    for name, measure in MEASURES.items():
        if not measure.of_columns:
            share = measure.binary and measure.columns == (name,)
            tests[name] = _mean(pair, measure.columns, of_means(measure), confidence, share=share)
    if set(SOURCE_COLUMNS) <= pair.before.keys():
        tokens = PairedRows(columns_of_rows(pair.before), columns_of_rows(pair.after), pair.blocks, pair.same)
        for figure in LANGUAGE_FIGURES:
            if function := figure.of_means:
                tests[figure.name] = _mean(
                    tokens,
                    figure.columns,
                    lambda *means, f=function, back=figure.back: float(back(f(*map(np.asarray, means)))),
                    confidence,
                )
    return {name: test for name, test in tests.items() if test is not None}


def paired_base_tests(pair: PairedRows, confidence: float) -> dict[str, PairedTest]:
    """The base's own figure that rows tell: its accuracy."""
    test = _mean(pair, ["base_right"], float, confidence, share=True)
    return {} if test is None else {"accuracy": test}


def _mean(
    pair: PairedRows,
    columns: Sequence[str],
    function: Callable[..., float],
    confidence: float,
    *,
    share: bool = False,
) -> PairedTest | None:
    """A test of a function of means; None where a column is missing or the function has no value."""
    if not pair.before.keys() >= set(columns):
        return None
    before, after = (np.stack([side[name] for name in columns]) for side in (pair.before, pair.after))
    finite = np.stack([np.isfinite(side).all(axis=0) for side in (before, after)])
    if not finite.all():  # the figure is infinite; what can be tested is on how many rows
        before, after = (np.asarray(~side[None], dtype=np.float64) for side in finite)
        function, share = float, True
    if share and pair.blocks is None:
        return paired_share(before[0], after[0], confidence)
    gradient = _gradient(before, after, function)
    differences = np.where(pair.same, 0.0, gradient @ (after - before))
    return paired_mean(differences, pair.blocks, confidence) if np.isfinite(differences).all() else None


def _gradient(before: Floats, after: Floats, function: Callable[..., float]) -> Floats:
    """The slopes of a function of means, half way between the two runs."""
    both = np.concatenate([before, after], axis=1)
    errors = both.std(axis=1) / np.sqrt(before.shape[1])
    return np.asarray(slopes(function, both.mean(axis=1).tolist(), errors.tolist()))
