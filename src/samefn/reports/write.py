"""Write a report's folder, and read report.json back."""

from pathlib import Path
from typing import BinaryIO

import polars as pl
from pydantic import ValidationError
from pydantic_core import from_json

from samefn.core.atomic_files import remove_file
from samefn.core.errors import InputError
from samefn.core.events import Emit
from samefn.core.plain_files import is_folder, path_exists, read_file, require_file
from samefn.measures.stored_rows import scan_rows
from samefn.reports.charts.figures import all_figures
from samefn.reports.charts.theme import theme
from samefn.reports.folder import Folder
from samefn.reports.page.report import report_html
from samefn.reports.tables.claims import claim_figures_table, claims_table
from samefn.reports.tables.cost_ranking import ranking_table
from samefn.reports.tables.language import language_summary, language_table
from samefn.reports.tables.layers import located_table
from samefn.reports.tables.noise_floor import floors_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.tables.table import Table, measures_table, models_table
from samefn.reports.tables.transfer import transfer_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.schema.base import READING
from samefn.schema.report import SCHEMA, Report
from samefn.schema.upgrade import is_readable, upgraded

# So many rows are packed together: said, so that equal rows give equal bytes however they come.
ROW_GROUP = 2**17
LARGEST = 2**30  # bytes of a report.json


def all_tables(report: Report) -> tuple[Table, ...]:
    """Every table that the report has rows for."""
    makers = (
        models_table,
        verdicts_table,
        requirements_table,
        ranking_table,
        floors_table,
        transfer_table,
        claims_table,
        claim_figures_table,
        located_table,
        paper_table,
        language_summary,
        language_table,
        measures_table,
    )
    return tuple(table for make in makers if (table := make(report)).rows)


def write_report(report: Report, rows: pl.DataFrame | pl.LazyFrame | None, out: Path, emit: Emit) -> None:
    """Write report.html, report.json, rows.parquet, tables and figures into a folder.

    Every file is whole or not there, and report.json is written last. An earlier report.json stays until then: from
    it an interrupted rendering can be made again.
    Equal reports and rows give equal bytes; `times` is in report.json alone.

    Args:
        report: what to write.
        rows: one row an example and candidate; lazy ones are written as they are read; none writes no rows.parquet.
        out: the folder; made if need be. What an earlier report left there and this one has not is removed.
        emit: told of each file.

    Raises:
        StorageError: a file cannot be written or removed.
    """
    folder = Folder(out, "report", emit)
    folder.tables(all_tables(report))
    with theme():
        folder.figures(all_figures(report))
    folder.put("report.html", report_html(report).encode())
    if rows is None:
        remove_file(out / "rows.parquet")
    elif isinstance(rows, pl.LazyFrame):
        folder.put("rows.parquet", lambda file: _sunk(rows, file))
    else:
        folder.put("rows.parquet", lambda file: rows.write_parquet(file, compression="zstd", row_group_size=ROW_GROUP))
    folder.remove_stale()
    folder.put("report.json", report_json(report))
    folder.finished("report.html")


def report_json(report: Report) -> bytes:
    """report.json: indented, UTF-8, infinite numbers as strings."""
    return (report.model_dump_json(by_alias=True, indent=1) + "\n").encode()


def read_report(path: Path) -> Report:
    """Read a report back.

    Args:
        path: report.json, or the folder that holds it.

    Raises:
        InputError: there is none, it is not a report, or it is of another schema version.
    """
    file = path / "report.json" if path_exists(path) and is_folder(path) else path
    if not path_exists(file):
        raise InputError("SF6007", "there is no report", where=str(file), fix="give a run's folder or its report.json")
    try:
        content = from_json(read_file(file, LARGEST), allow_inf_nan=False)
    except ValueError as error:
        fix = "make the report again"
        raise InputError("SF6008", "is not JSON, so not a report", where=str(file), fix=fix) from error
    version = content.get("schema") if isinstance(content, dict) else None
    if not is_readable(version):
        newer = isinstance(version, int) and version > SCHEMA
        found = f"has schema {version!r}" if version is not None else "names no schema"
        raise InputError(
            "SF6009",
            f"{found}; this samefn reads schemas up to {SCHEMA}",
            where=str(file),
            fix="read it with a newer samefn" if newer else "make the report again with this version",
        )
    try:
        report = Report.model_validate(upgraded(content), context=READING)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError("SF6010", f"is not a report: {place}: {first['msg']}", where=str(file)) from error
    if "failures" not in content:  # what failed is never left out: a requirement would be met without it
        raise InputError("SF6011", "is not a report: failures: left out", where=str(file))
    return report


def _sunk(rows: pl.LazyFrame, file: BinaryIO) -> None:
    try:
        rows.sink_parquet(file, compression="zstd", row_group_size=ROW_GROUP)
    except pl.exceptions.PolarsError as error:
        raise InputError("SF6012", f"rows cannot be read as Parquet ({error})", where="rows.parquet") from error


def read_rows(run: Path) -> pl.LazyFrame | None:
    """The rows beside a report, to be read as they are written, or None where the folder has none.

    Args:
        run: the run's folder, or its report.json.

    Raises:
        InputError: the file is no Parquet.
    """
    path = (run if is_folder(run) else run.parent) / "rows.parquet"
    if not path_exists(path):
        return None
    require_file(path)
    try:
        found = scan_rows(path)
        found.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("SF6013", f"cannot be read as Parquet ({error})", where=str(path)) from error
    return found
