"""Show a result in the terminal: about ten lines, all details, or the JSON of the report."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from samefn.cli.details import print_overview_details, print_report_details
from samefn.core.errors import InputError
from samefn.reports.answers.line import PIPE_WIDTH, Line, Span, Style, folded
from samefn.reports.answers.lines import answer_lines
from samefn.reports.overview.lines import overview_lines
from samefn.reports.wording.escaping import printable
from samefn.reports.write import overview_json, report_json
from samefn.schema.overview import Overview
from samefn.schema.report import Report

_LOOKS: dict[Style, str] = {
    "": "",
    "strong": "bold",
    "quiet": "dim",
    "unchanged": "bold green",
    "alike": "bold yellow",
    "farther": "bold red",
}


def require_one_form(*, verbose: bool, as_json: bool) -> None:
    """Refuse both forms at once, before anything is run."""
    if verbose and as_json:
        raise InputError("SF033", "cannot go with --json", where="--verbose", fix="leave one of them out")


def show_report(report: Report, page: Path, steps: Sequence[str], *, verbose: bool, as_json: bool) -> None:
    """Print a report on stdout.

    Args:
        report: of a comparison or a study.
        page: its page, named in the last line.
        steps: what else can be done, named there too.
        verbose: also print the tables and sentences.
        as_json: print report.json and nothing else.
    """
    if as_json:
        sys.stdout.write(report_json(report).decode())
        return
    console = _console()
    _print(answer_lines(report, console.width), console)
    if verbose:
        print_report_details(report, console)
    _print_end("report", page, steps, console)


def show_overview(overview: Overview, page: Path, *, verbose: bool, as_json: bool) -> None:
    """Print an overview on stdout, as a report."""
    if as_json:
        sys.stdout.write(overview_json(overview).decode())
        return
    console = _console()
    _print(overview_lines(overview, console.width), console)
    if verbose:
        print_overview_details(overview, console)
    _print_end("overview", page, () if verbose else ("-v for the tables",), console)


def _console() -> Console:
    """The terminal with colour, or 80 columns without."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def _print(lines: Sequence[Line], console: Console) -> None:
    for line in lines:
        text = Text.assemble(*((span.text, _LOOKS[span.style]) for span in line))
        text.rstrip()
        console.print(text, soft_wrap=True)


def _print_end(kind: str, page: Path, steps: Sequence[str], console: Console) -> None:
    """The page's path in one piece, so that it can be copied, and the next steps: behind it where there is room."""
    path, following = printable(f"{kind}: {page}"), ", ".join(steps)
    both = f"{path}     next: {following}"
    if not steps or len(both) <= console.width:
        console.print(Text(both if steps else path), soft_wrap=True)
        return
    console.print(Text(path), soft_wrap=True)
    _print(folded([Span("next: ")], following, console.width), console)
