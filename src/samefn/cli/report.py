"""`samefn report`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from samefn.cli.next_steps import next_steps
from samefn.cli.options import FiguresOption, JsonOption, VerboseOption
from samefn.cli.progress import shown_progress
from samefn.cli.show import require_one_form, show_report
from samefn.core.paths import require_writable
from samefn.core.plain_files import is_folder
from samefn.reports.read import read_report, read_rows
from samefn.reports.write import write_report


def report(
    run: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name="--out", help="Folder for the files. Default: the run's own.")] = None,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
    figures: FiguresOption = False,
) -> None:
    """Write a run's page and tables again from its report.json.

    Args:
        run: The run's folder, or its report.json.
    """
    require_one_form(verbose=verbose, as_json=as_json)
    content, rows = read_report(run), read_rows(run)
    folder = out or (run if is_folder(run) else run.parent)
    require_writable(folder, "its folder", "--out")
    with shown_progress() as emit:
        write_report(content, rows, folder, emit, figures=figures)
    steps = next_steps(content, verbose=verbose)
    show_report(content, folder / "report.html", steps, verbose=verbose, as_json=as_json)
