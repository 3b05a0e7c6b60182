"""A measure, and its value from rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

import polars as pl

from samefn.measures.pairs import Floats
from samefn.schema.notes import UndefinedCode

MeasureDirection = Literal["distance", "similarity", "signed"]


@dataclass(frozen=True)
class Measure:
    """One measure of a candidate against its base. Its value comes from rows, one an example.

    Attributes:
        name: its key in the table, and its column in the rows where it has one.
        title: for people.
        meaning: in one sentence.
        formula: its definition; p and q are the softmax rows of base and candidate.
        unit: of its value.
        low: its least possible value.
        high: its greatest.
        direction: `distance` (0 if the two are the same), `similarity` (`high` if they are the same) or
            `signed` (0 if they are the same, else of either sign).
        symmetric: whether base and candidate can be exchanged.
        family: the module that computes it.
        source: the literature.
        needs_labels: whether it needs the true classes.
        needs_probabilities: whether predicted classes alone are not enough.
        binary: whether an example counts 0 or 1, so that the value is a proportion.
        per_example: computes its column of the rows from log-probabilities of base and candidate, and from labels
            if it needs them; None if the value is not a mean over examples.
        columns: the columns of the rows that it needs; its own for a mean over examples.
        of_means: computes the value from the means of the columns, NaN if not defined; None for the mean itself.
        of_columns: computes the value from the columns, if their means are not enough.
        among: for a proportion of some of the examples, or a ratio of the first column to their share: that share, from
            the means of the columns.
        undefined: when it is not defined although nothing is missing; None if that cannot happen.
    """

    name: str
    title: str
    meaning: str
    formula: str
    unit: str
    low: float
    high: float
    direction: MeasureDirection
    symmetric: bool
    family: str
    source: str
    needs_labels: bool
    binary: bool
    per_example: Callable[..., Floats] | None
    columns: tuple[str, ...]
    of_means: Callable[..., Floats] | None = None
    of_columns: Callable[..., float] | None = None
    among: Callable[..., Floats] | None = None
    undefined: UndefinedCode | None = None
    needs_probabilities: bool = True

    @property
    def identical(self) -> float:
        """The value of a model against itself."""
        return self.high if self.direction == "similarity" else 0.0

    def value(self, rows: pl.DataFrame) -> float | None:
        """The value over rows; None if not defined: no examples, no labels, or as `undefined` says."""
        means = self._means(rows)
        if means is None:
            return None
        if self.of_columns:
            value = self.of_columns(*(rows[column].to_numpy() for column in self.columns))
        else:
            value = float(self.of_means(*means)) if self.of_means else means[0]
        return None if math.isnan(value) else value

    def _means(self, rows: pl.DataFrame) -> list[float] | None:
        means = [cast("float | None", rows[column].mean()) for column in self.columns]
        return None if None in means else cast("list[float]", means)


def of_examples(
    per_example: Callable[..., Floats],
    *,
    title: str,
    meaning: str,
    formula: str,
    unit: str,
    low: float = 0.0,
    high: float,
    source: str,
    direction: MeasureDirection = "distance",
    symmetric: bool = True,
    needs_labels: bool = False,
    binary: bool = False,
    needs_probabilities: bool = True,
) -> Measure:
    """A measure that is a mean over examples; it has the name of the function that computes it for one."""
    name, family = per_example.__name__, per_example.__module__.rpartition(".")[2]
    return Measure(
        name=name,
        title=title,
        meaning=meaning,
        formula=formula,
        unit=unit,
        low=low,
        high=high,
        direction=direction,
        symmetric=symmetric,
        family=family,
        source=source,
        needs_labels=needs_labels,
        binary=binary,
        per_example=per_example,
        columns=(name,),
        needs_probabilities=needs_probabilities,
    )
