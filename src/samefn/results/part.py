"""One part of a result: its figures as a frame, its charts, and how a notebook shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import altair as alt
import polars as pl

from samefn.core.errors import InputError
from samefn.core.naming import suggest
from samefn.reports.charts.inline import AnyChart
from samefn.reports.charts.theme import Width
from samefn.results.html import chart_image


@dataclass(frozen=True, eq=False)
class ResultPart:
    """One part of a result, such as its answers, its transferred shares or its landscape.

    `frame()` has its figures and `plot()` its chart. `print` shows the frame, a notebook the frame and the chart.

    Attributes:
        name: of the part.
        make_frame: makes its frame.
        make_charts: by name, draw its charts.
    """

    name: str
    make_frame: Callable[[], pl.DataFrame] = field(repr=False)
    make_charts: Mapping[str, Callable[[Width], AnyChart]] = field(repr=False)

    @property
    def charts(self) -> tuple[str, ...]:
        """The names of its charts, the first is the one that `plot()` draws; empty where there is nothing to draw."""
        return tuple(self.make_charts)

    def frame(self) -> pl.DataFrame:
        """Its figures as in report.json, with names of models; no rows where the report has none of them."""
        return self.make_frame()

    def plot(self, chart: str = "", width: Width = "double") -> alt.Chart | alt.LayerChart:
        """One of its charts, by Altair: a notebook shows it, `save` writes it, `to_dict` has its data.

        Args:
            chart: one of `charts`; empty for the first.
            width: `single` or `double`, for one or two columns of a paper.

        Raises:
            InputError: there is nothing to draw, or no chart of that name.
        """
        if not self.make_charts:
            raise InputError("SF665", "the report has nothing to draw here", where=self.name)
        name = chart or self.charts[0]
        if name not in self.make_charts:
            raise InputError("SF666", f"there is no chart {name!r}", where=self.name, fix=suggest(name, self.charts))
        return self.make_charts[name](width)

    def __len__(self) -> int:
        """How many rows its frame has."""
        return len(self.frame())

    def __str__(self) -> str:
        return f"{self.name}\n{self.frame()}"

    def _repr_html_(self) -> str:
        """For notebooks: the first rows, escaped, and the first chart."""
        image = chart_image(self.plot(), self.name) if self.charts else ""
        return f"{self.frame()._repr_html_()}{image}"
