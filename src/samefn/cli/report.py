"""`samefn report`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from samefn.cli.options import FiguresOption
from samefn.cli.progress import shown_progress
from samefn.cli.show import print_report
from samefn.core.paths import require_writable
from samefn.core.plain_files import is_folder
from samefn.reports.read import read_report, read_rows
from samefn.reports.wording.escaping import printable
from samefn.reports.write import write_report


def report(
    run: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name="--out", help="Folder for the files. Default: the run's own.")] = None,
    figures: FiguresOption = False,
) -> None:
    """Write a run's page and tables again from its report.json.

    Args:
        run: The run's folder, or its report.json.
    """
    content, rows = read_report(run), read_rows(run)
    folder = out or (run if is_folder(run) else run.parent)
    require_writable(folder, "its folder", "--out")
    with shown_progress() as emit:
        write_report(content, rows, folder, emit, figures=figures)
    print_report(content)
    print()
    print(printable(f"report: {folder / 'report.html'}"))
