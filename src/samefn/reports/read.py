"""Read a report and its rows back from a run's folder."""

from pathlib import Path

import polars as pl
from pydantic import JsonValue, ValidationError
from pydantic_core import from_json

from samefn.core.errors import InputError
from samefn.core.plain_files import is_folder, path_exists, read_file, require_file
from samefn.measures.stored_rows import scan_rows
from samefn.schema.base import READING
from samefn.schema.report import SCHEMA, Report
from samefn.schema.upgrade.upgrade import has_own_verdicts, is_readable, upgraded
from samefn.verdict.judged_again import judged_again

JUDGED_AGAIN = (
    "This report was written by an older version. Its verdicts and claims are by today's rules, from its figures; "
    "classes, slices and margins are not tested, because it does not have them, and intervals are as it has them."
)
LARGEST_REPORT = 2**30  # bytes of a report.json


def read_report(path: Path) -> Report:
    """Read a report of this version or an older one.

    Args:
        path: report.json, or the folder that holds it.

    Raises:
        InputError: there is none, it is not a report, or its version cannot be read.
    """
    file = path / "report.json" if path_exists(path) and is_folder(path) else path
    where = str(file)
    if not path_exists(file):
        raise InputError("SF660", "there is no report", where=where, fix="name a run's folder or its report.json")
    try:
        content = from_json(read_file(file, LARGEST_REPORT), allow_inf_nan=False)
    except ValueError as error:
        raise InputError("SF661", "is not JSON, so not a report", where=where, fix="make the report again") from error
    version = content.get("schema") if isinstance(content, dict) else None
    if not is_readable(version):
        newer = isinstance(version, int) and version > SCHEMA
        problem = "has no schema version" if version is None else f"has schema version {version!r}"
        raise InputError(
            "SF662",
            f"{problem}; this samefn reads versions up to {SCHEMA}",
            where=where,
            fix="read it with a newer samefn" if newer else "make the report again with this version",
        )
    try:
        report = Report.model_validate(upgraded(content), context=READING)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError("SF661", f"is not a report: {field}: {first['msg']}", where=where) from error
    if "failures" not in content:  # without the failures a requirement could be met that is not
        raise InputError("SF661", "is not a report: failures: Field required", where=where)
    return report if has_own_verdicts(version) else _judged_again(report, content)


def _judged_again(report: Report, old: dict[str, JsonValue]) -> Report:
    """A report of an older version with verdicts by today's rules, and a warning that says so."""
    verdicts = old.get("verdicts")
    broken = {
        (str(one.get("evaluation")), str(one.get("candidate")))
        for one in (verdicts if isinstance(verdicts, list) else [])
        if isinstance(one, dict) and one.get("outcome") == "broken"
    }
    again = judged_again(report, broken)
    return again.model_copy(update={"warnings": (*again.warnings, JUDGED_AGAIN)}) if again.verdicts else again


def read_rows(run: Path) -> pl.LazyFrame | None:
    """The rows beside a report, read lazily; none where the folder has no rows.parquet.

    Args:
        run: the run's folder, or its report.json.

    Raises:
        InputError: the file is not Parquet.
    """
    path = (run if is_folder(run) else run.parent) / "rows.parquet"
    if not path_exists(path):
        return None
    require_file(path)
    try:
        rows = scan_rows(path)
        rows.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError("SF663", f"cannot be read as Parquet ({error})", where=str(path)) from error
    return rows
