"""Write the overview of a suite."""

from pathlib import Path

from samefn.core.events import Emit
from samefn.reports.charts.theme import theme
from samefn.reports.folder import Folder
from samefn.reports.overview.page import overview_html
from samefn.reports.overview.tables import overview_tables
from samefn.reports.overview.trend import trend_figures
from samefn.schema.overview import Overview


def write_overview(overview: Overview, out: Path, emit: Emit) -> None:
    """Write overview.html, overview.json, tables and figures; the studies' reports lie in folders beside them.

    Every file is whole or not there, and overview.json is written last. Equal overviews give equal bytes.

    Args:
        overview: what to write.
        out: the folder; made if need be. What an earlier overview left there and this one has not is removed.
        emit: told of each file.

    Raises:
        StorageError: a file cannot be written or removed.
    """
    folder = Folder(out, "overview", emit)
    folder.tables(overview_tables(overview))
    with theme():
        folder.figures(trend_figures(overview))
    folder.put("overview.html", overview_html(overview).encode())
    folder.remove_stale()
    folder.put("overview.json", (overview.model_dump_json(by_alias=True, indent=1) + "\n").encode())
    folder.finished("overview.html")
