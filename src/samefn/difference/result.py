"""The result of `samefn.diff`: what it found, as text, as a table, and in a notebook."""

import polars as pl

from samefn.reports.page.difference import difference_html
from samefn.reports.wording.difference import difference_lines
from samefn.schema.difference import Difference, FigureDifference

_NUMBERS = [name for name, field in FigureDifference.model_fields.items() if field.annotation == float | None]


class RunDifference(Difference):
    """What differs between two runs."""

    def __str__(self) -> str:
        return "\n".join(difference_lines(self))

    def __repr__(self) -> str:
        """Short: how much differs."""
        return f"<RunDifference: {difference_lines(self)[0]}>"

    def _repr_html_(self) -> str:
        return difference_html(self)

    def frame(self) -> pl.DataFrame:
        """One row a model and figure, whether it moved or not, with both values and their intervals."""
        lines = [
            {"model": model.name, "role": model.role, "figure": one.name, **one.model_dump(exclude={"name"})}
            for model in self.models
            for one in model.figures
        ]
        texts = dict.fromkeys(("model", "role", "figure", "unit", "method"), pl.String)
        numbers = dict.fromkeys(_NUMBERS, pl.Float64)
        return pl.DataFrame(lines, schema={**texts, **numbers, "moved": pl.Boolean, "towards": pl.String})
