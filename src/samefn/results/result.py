"""The result of a comparison or a study in Python: its report, its rows, and parts with a frame and a chart each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import altair as alt
import polars as pl

from samefn.analysis.changed_frame import changed_frame
from samefn.core.errors import InputError
from samefn.core.events import Emit, silent
from samefn.reports.answers.facts import candidate_answers, subject
from samefn.reports.answers.line import plain
from samefn.reports.answers.lines import answer_lines
from samefn.reports.charts.drawings import drawings
from samefn.reports.charts.inline import AnyChart
from samefn.reports.charts.theme import Width
from samefn.reports.read import read_report, read_rows
from samefn.reports.tables.claims import claims_table
from samefn.reports.tables.frame import table_frame
from samefn.reports.tables.language import language_table
from samefn.reports.tables.layers import layers_table
from samefn.reports.tables.table import Table
from samefn.reports.tables.transfer import transfer_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.escaping import printable
from samefn.reports.write import write_report
from samefn.results.frames import classes_frame, costs_frame, distances_frame, landscape_frame
from samefn.results.html import answers_html, chart_image
from samefn.results.part import ResultPart
from samefn.schema.report import Report
from samefn.schema.verdicts import VerdictEntry


@dataclass(frozen=True, eq=False)
class Result:
    """The result of a comparison or a study.

    `print` says the answers in about ten lines; a notebook shows them with a chart. Each part has a `frame()`, a
    `plot()` and a view of its own.

    Attributes:
        report: everything, as in `report.json`.
        rows: one row an example and compared model; None of a run that was read without its rows.
        about: groups and slices of the examples; None without any, and of a run that was read.
    """

    report: Report
    rows: pl.DataFrame | None = field(repr=False)
    about: pl.DataFrame | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """The answers in about ten lines of 80 columns, as the command prints them."""
        return "\n".join(plain(line) for line in answer_lines(self.report))

    def __repr__(self) -> str:
        """What was compared with what, and the answers, in one line."""
        view = ReportView(self.report)
        answers = [f"{one.name}: {one.words}" for one in candidate_answers(view)] or ["no verdicts"]
        return f"<Result: {printable('; '.join([subject(view), *answers]))}>"

    def _repr_html_(self) -> str:
        """For notebooks: the answers as a small table, escaped, and the chart of candidates."""
        chart = chart_image(self.plot(), "changed predictions of each model") if self.answers.charts else ""
        return f"{answers_html(ReportView(self.report))}{chart}"

    @property
    def verdicts(self) -> dict[str, VerdictEntry]:
        """The verdict on every candidate, by its name."""
        return {self.report.model(entry.candidate).name: entry for entry in self.report.verdicts}

    @property
    def answers(self) -> ResultPart:
        """Same or changed, better or worse, how far: one row a candidate."""
        return self._table("answers", verdicts_table, "candidates")

    @property
    def distances(self) -> ResultPart:
        """Every measure of every model, with its relative distance."""
        return self._part("distances", partial(distances_frame, self.report), "candidates", "distances", "accuracy")

    @property
    def classes(self) -> ResultPart:
        """From which class to which predictions changed: one row a candidate and pair of classes."""
        return self._part("classes", partial(classes_frame, self.report))

    @property
    def costs(self) -> ResultPart:
        """What each model takes: bytes, parameters, seconds, memory."""
        return self._part("costs", partial(costs_frame, self.report), "tradeoff")

    @property
    def layers(self) -> ResultPart:
        """The layers in which candidates lose the base's function, where they were located."""
        return self._table("layers", layers_table, "layers")

    @property
    def transfer(self) -> ResultPart:
        """What students have of their teacher, in a study with distillation."""
        return self._table("transfer", transfer_table, "transfer")

    @property
    def landscape(self) -> ResultPart:
        """The maps of the models of a study: one row a point."""
        return self._part("landscape", partial(landscape_frame, self.report), "landscape")

    @property
    def claims(self) -> ResultPart:
        """The paper's claims and whether a study bears them out."""
        return self._table("claims", claims_table)

    @property
    def language(self) -> ResultPart:
        """The measures of language models."""
        return self._table("language", language_table)

    def frame(self) -> pl.DataFrame:
        """One row a model and measure: `distances.frame()`."""
        return self.distances.frame()

    def changed(self) -> pl.DataFrame:
        """One row a changed input and candidate: where the top class, or the top token, is not the base's.

        Returns:
            `evaluation`, `candidate` (name), `id`, `label`, `base_class` and `class` (names of classes; numbers of
            classes or tokens where they have none), `base_confidence` and `confidence` (null where only predicted
            classes are known), `direction` (`negative flip`, `positive flip`, `both wrong` or `no label`), and `group`
            and `slice:NAME` where there are groups and slices. Candidates come in the order of the report, inputs in
            the order of the data.

        Raises:
            InputError: the rows lack a column, or the run was read without its rows.
        """
        if self.rows is None:
            raise InputError("SF667", "the run has no rows.parquet", where="changed", fix="compare again")
        return changed_frame(self.report, self.rows, self.about)

    def plot(self) -> alt.Chart | alt.LayerChart:
        """The share of changed predictions of each model beside the limit and the independents: `answers.plot()`.

        Raises:
            InputError: no model was measured, as by language models.
        """
        return self.answers.plot()

    def write(self, folder: str | Path, emit: Emit = silent, *, figures: bool = False) -> Path:
        """Write report.html, report.json, rows.parquet and tables into a folder.

        Args:
            folder: made if need be.
            emit: receives an event for each file.
            figures: whether to write the charts too, as SVG and PNG.

        Returns:
            The path of report.html.

        Raises:
            StorageError: the folder cannot be written.
        """
        write_report(self.report, self.rows, Path(folder), emit, figures=figures)
        return Path(folder) / "report.html"

    def _table(self, name: str, make: Callable[[Report], Table], *charts: str) -> ResultPart:
        return self._part(name, lambda: table_frame(make(self.report), self.report), *charts)

    def _part(self, name: str, frame: Callable[[], pl.DataFrame], *charts: str) -> ResultPart:
        """A part with those charts of the report whose names begin so."""
        drawn = self._charts()
        chosen = [one for start in charts for one in drawn if one.partition("-")[0] == start]
        return ResultPart(name, frame, {one: drawn[one] for one in chosen})

    def _charts(self) -> Mapping[str, Callable[[Width], AnyChart]]:
        return {drawing.name: drawing.make for drawing in drawings(ReportView(self.report))}


def read_result(path: str | Path) -> Result:
    """The result of a comparison or a study that was run before.

    Args:
        path: the run's folder, or its report.json.

    Raises:
        InputError: there is no report, or it cannot be read.
    """
    report, rows = read_report(Path(path)), read_rows(Path(path))
    return Result(report, None if rows is None else rows.collect())
