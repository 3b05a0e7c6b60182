"""The result of a comparison in Python: the table, the figure, the verdicts, the report."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from matplotlib.figure import Figure

from samefn.core.events import Emit, silent
from samefn.reports.charts.figures import distance_figure
from samefn.reports.charts.old_theme import theme
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
    """

    report: Report
    rows: pl.DataFrame

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

    def plot(self) -> Figure:
        """The share of changed predictions of each model, with intervals, beside the independents."""
        with theme():
            return distance_figure(ReportView(self.report))

    def write(self, folder: str | Path, emit: Emit = silent) -> Path:
        """Write report.html, report.json, rows.parquet, tables and figures into a folder.

        Returns:
            The path of report.html.

        Raises:
            StorageError: the folder cannot be written.
        """
        write_report(self.report, self.rows, Path(folder), emit)
        return Path(folder) / "report.html"
