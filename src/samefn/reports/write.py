"""Write the folder of a report or of an overview: page, JSON, rows, tables and figures."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import polars as pl

from samefn.core.atomic_files import remove_file, write_atomically
from samefn.core.errors import InputError
from samefn.core.events import Emit, Event
from samefn.reports.charts.drawings import Drawing, drawings
from samefn.reports.charts.files import IMAGE_FORMATS, figure_files
from samefn.reports.overview.page import overview_html
from samefn.reports.overview.tables import overview_tables
from samefn.reports.overview.trend import trend_drawings
from samefn.reports.page.report import report_html
from samefn.reports.tables.claims import claim_figures_table, claims_table
from samefn.reports.tables.language import language_main_table, language_table
from samefn.reports.tables.layers import layers_table
from samefn.reports.tables.noise_floor import noise_floor_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.tables.ranking import ranking_table
from samefn.reports.tables.render import to_csv, to_latex, to_markdown
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.tables.table import Table, measures_table, models_table
from samefn.reports.tables.transfer import transfer_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.schema.overview import Overview
from samefn.schema.report import Report

# Rows packed together. A fixed number, so that equal rows give equal bytes however they come.
ROW_GROUP = 2**17
_RENDERERS = {"csv": to_csv, "md": to_markdown, "tex": to_latex}


def write_report(
    report: Report, rows: pl.DataFrame | pl.LazyFrame | None, out: Path, emit: Emit, *, figures: bool = False
) -> None:
    """Write report.html, report.json, rows.parquet, tables and, if asked for, still figures into a folder.

    Every file is complete or not there, and report.json is written last. An earlier report.json stays until then: from
    it an interrupted rendering can be made again.
    Equal reports and rows give equal bytes; `times` is in report.json alone.

    Args:
        report: what to write.
        rows: one row an example and candidate; lazy ones are written as they are read; none writes no rows.parquet.
        out: the folder; made if need be. What an earlier report left there and this one has not is removed.
        emit: gets an event for each file.
        figures: whether to write the still figures.

    Raises:
        StorageError: a file cannot be written or removed.
        InputError: lazy rows are not Parquet.
    """
    folder = _ResultFolder(out, "report", emit)
    folder.put_tables(all_tables(report))
    if figures:
        folder.put_figures(drawings(ReportView(report)))
    folder.put("report.html", report_html(report).encode())
    if rows is None:
        remove_file(out / "rows.parquet")
    elif isinstance(rows, pl.LazyFrame):
        folder.put("rows.parquet", lambda file: _sink_rows(rows, file))
    else:
        folder.put("rows.parquet", lambda file: rows.write_parquet(file, compression="zstd", row_group_size=ROW_GROUP))
    folder.remove_stale()
    folder.put("report.json", report_json(report))
    folder.finish("report.html")


def write_overview(overview: Overview, out: Path, emit: Emit, *, figures: bool = False) -> None:
    """Write overview.html, overview.json, tables and, if asked for, still figures; reports are in folders beside them.

    Every file is complete or not there, and overview.json is written last. Equal overviews give equal bytes.

    Args:
        overview: what to write.
        out: the folder; made if need be. What an earlier overview left there and this one has not is removed.
        emit: gets an event for each file.
        figures: whether to write the still figures.

    Raises:
        StorageError: a file cannot be written or removed.
    """
    folder = _ResultFolder(out, "overview", emit)
    folder.put_tables(overview_tables(overview))
    if figures:
        folder.put_figures(trend_drawings(overview))
    folder.put("overview.html", overview_html(overview).encode())
    folder.remove_stale()
    folder.put("overview.json", overview_json(overview))
    folder.finish("overview.html")


def write_tracebacks(details: Mapping[str, str], out: Path, emit: Emit) -> None:
    """Write the tracebacks of samefn's own errors beside the report.

    Args:
        details: tracebacks by the key of the failed task.
        out: the run's folder.
        emit: receives an event for each file.

    Raises:
        StorageError: a file cannot be written.
    """
    for key, text in details.items():
        path = out / f"traceback-{key[:12]}.txt"
        write_atomically(path, text.encode(errors="backslashreplace"))
        emit(Event("warning", "traceback", str(path)))


def all_tables(report: Report) -> tuple[Table, ...]:
    """Every table that the report has rows for."""
    makers = (
        models_table,
        verdicts_table,
        requirements_table,
        ranking_table,
        noise_floor_table,
        transfer_table,
        claims_table,
        claim_figures_table,
        layers_table,
        paper_table,
        language_main_table,
        language_table,
        measures_table,
    )
    return tuple(table for make in makers if (table := make(report)).rows)


def report_json(report: Report) -> bytes:
    """report.json: indented, UTF-8, infinite numbers as strings."""
    return (report.model_dump_json(by_alias=True, indent=1) + "\n").encode()


def overview_json(overview: Overview) -> bytes:
    """overview.json: as report.json."""
    return (overview.model_dump_json(by_alias=True, indent=1) + "\n").encode()


class _ResultFolder:
    """A folder of results being written: every file complete or not there, and nothing left of an earlier result.

    `kind` is what is written, for events.
    """

    def __init__(self, out: Path, kind: str, emit: Emit) -> None:
        self._out, self._kind, self._emit = out, kind, emit
        self._written: set[Path] = set()

    def put(self, name: str, content: bytes | Callable[[BinaryIO], object]) -> None:
        write_atomically(self._out / name, content)
        self._written.add(self._out / name)
        self._emit(Event("progress", self._kind, name, done=len(self._written)))

    def put_tables(self, tables: Iterable[Table]) -> None:
        for table in tables:
            for ending, render in _RENDERERS.items():
                self.put(f"tables/{table.name}.{ending}", render(table).encode())

    def put_figures(self, figures: Iterable[Drawing]) -> None:
        for name, content in figure_files(figures):
            self.put(f"figures/{name}", content)

    def remove_stale(self) -> None:
        """Remove the tables and figures that an earlier result left and this one has not."""
        for folder, endings in (("tables", tuple(_RENDERERS)), ("figures", IMAGE_FORMATS)):
            for ending in endings:
                for stale in set((self._out / folder).glob(f"*.{ending}")) - self._written:
                    remove_file(stale)

    def finish(self, name: str) -> None:
        """Report that all is written, and which file to open."""
        count = len(self._written)
        self._emit(Event("finished", self._kind, str(self._out / name), done=count, total=count))


def _sink_rows(rows: pl.LazyFrame, file: BinaryIO) -> None:
    try:
        rows.sink_parquet(file, compression="zstd", row_group_size=ROW_GROUP)
    except pl.exceptions.PolarsError as error:
        raise InputError("SF663", f"rows cannot be read as Parquet ({error})", where="rows.parquet") from error
