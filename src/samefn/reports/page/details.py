"""What is folded at the end of the page: every table, every sentence, settings and environment."""

from dataclasses import replace
from functools import partial
from typing import Any

from samefn.reports.charts.map_data import map_title, settings_text
from samefn.reports.tables.noise_floor import noise_floor_table
from samefn.reports.tables.ranking import ranking_table
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.tables.table import Table, measures_table, models_table
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.headline import overall_sentence
from samefn.reports.wording.summary import missing_models, summary_sentences
from samefn.reports.wording.verdicts import verdict_sentence


def details(view: ReportView) -> dict[str, Any]:
    """What the template of the folded parts is filled with."""
    report = view.report
    overall = partial(overall_sentence, view)
    return {
        "sentences": [
            *((f"Overall, {one.evaluation}", overall(one)) for one in report.overall),
            *summary_sentences(view),
            *(
                (view.name(verdict.candidate), verdict_sentence(report, verdict))
                for verdict in report.verdicts
                if verdict.evaluation == view.evaluation
            ),
            *(("Not made", sentence) for sentence in missing_models(view)),
        ],
        "models": _without_empty_zstd(models_table(report)),
        "verdicts": verdicts_table(report),
        "requirements": requirements_table(report),
        "ranking": ranking_table(report),
        "noise_floor": noise_floor_table(report),
        "measures": measures_table(report),
        "settings": [(map_title(chart.method), settings_text(chart)) for chart in view.maps],
    }


def _without_empty_zstd(table: Table) -> Table:
    """The table without `bytes_zstd` where that is all dashes; the files keep it: their columns are always the same."""
    at = next(at for at, column in enumerate(table.columns) if column.key == "bytes_zstd")
    if any(row[at].raw is not None for row in table.rows):
        return table
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    return replace(table, columns=(*table.columns[:at], *table.columns[at + 1 :]), rows=rows)
