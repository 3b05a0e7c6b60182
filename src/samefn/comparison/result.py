"""The result of a comparison in Python: the table, the figure, the verdicts, the report."""

from dataclasses import dataclass
from pathlib import Path

import altair as alt
import polars as pl

from samefn.analysis.changed_frame import changed_frame
from samefn.core.events import Emit, silent
from samefn.reports.charts.candidates import candidates_chart
from samefn.reports.view import ReportView
from samefn.reports.write import write_report
from samefn.schema.report import Report
from samefn.schema.verdicts import VerdictEntry


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """A comparison's result.

    Attributes:
        report: everything, as in `report.json`.
        rows: one row an example and compared model.
        about: groups and slices of the examples; None without any.
    """

    report: Report
    rows: pl.DataFrame
    about: pl.DataFrame | None = None

    def __repr__(self) -> str:
        """Short: the base, the number of inputs and the verdicts."""
        verdicts = [f"{name}: {entry.outcome}" for name, entry in self.verdicts.items()] or ["no verdicts"]
        base, inputs = self.report.base.name, self.report.data.test_examples
        return f"<ComparisonResult against {base} over {inputs:,} inputs; {'; '.join(verdicts)}>"

    @property
    def verdicts(self) -> dict[str, VerdictEntry]:
        """The verdict on every candidate, by its name."""
        return {self.report.model(entry.candidate).name: entry for entry in self.report.verdicts}

    def frame(self) -> pl.DataFrame:
        """One row a model and measure, with the interval of the value and of the relative distance.

        `relative_distance` is null where a measure has none: without independents, and for the independents themselves.
        """
        distances = {(entry.candidate, entry.measure): entry for entry in self.report.relative_distances}
        lines = []
        for entry in self.report.measures:
            model = self.report.model(entry.candidate)
            distance = distances.get((entry.candidate, entry.measure))
            lines.append(
                {
                    "model": model.name,
                    "role": model.role,
                    "measure": entry.measure,
                    "value": entry.value,
                    "low": entry.low,
                    "high": entry.high,
                    "relative_distance": distance.value if distance else None,
                    "relative_distance_low": distance.low if distance else None,
                    "relative_distance_high": distance.high if distance else None,
                }
            )
        names = ("value", "low", "high", "relative_distance", "relative_distance_low", "relative_distance_high")
        floats = dict.fromkeys(names, pl.Float64)
        return pl.DataFrame(lines, schema={"model": pl.String, "role": pl.String, "measure": pl.String, **floats})

    def changed(self) -> pl.DataFrame:
        """One row a changed input and candidate: where the top class, or the top token, is not the base's.

        Returns:
            `evaluation`, `candidate` (name), `id`, `label`, `base_class` and `class` (names of classes; numbers of
            classes or tokens where they have none), `base_confidence` and `confidence` (null where only predicted
            classes are known), `direction` (`negative flip`, `positive flip`, `both wrong` or `no label`), and `group`
            and `slice:NAME` where there are groups and slices. Candidates come in the order of the report, inputs in
            the order of the data.

        Raises:
            InputError: the rows lack a column.
        """
        return changed_frame(self.report, self.rows, self.about)

    def plot(self) -> alt.LayerChart:
        """The share of changed predictions of each model, with intervals, beside the limit and the independents.

        A chart of Altair: a notebook shows it, `save` writes it, `to_dict` has its data.
        """
        return candidates_chart(ReportView(self.report))

    def write(self, folder: str | Path, emit: Emit = silent, *, figures: bool = False) -> Path:
        """Write report.html, report.json, rows.parquet and tables into a folder.

        Args:
            folder: made if need be.
            emit: receives an event for each file.
            figures: whether to write the charts as SVG and PNG too.

        Returns:
            The path of report.html.

        Raises:
            StorageError: the folder cannot be written.
        """
        write_report(self.report, self.rows, Path(folder), emit, figures=figures)
        return Path(folder) / "report.html"
