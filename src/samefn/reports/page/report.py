"""The whole report in one HTML file that opens offline: nothing is loaded, and its own rules forbid it to."""

from dataclasses import replace
from functools import partial

from samefn.landscape.distances import MIN_POINTS
from samefn.reports.charts.accuracy import accuracy_changes
from samefn.reports.charts.charts import accuracy_chart, curve_charts, disagreement_plot, distance_plot, map_chart
from samefn.reports.charts.layers import layer_plots
from samefn.reports.charts.map_data import map_title, settings_text
from samefn.reports.charts.transfer import transfer_plots
from samefn.reports.page.page import environment, script_hash, template
from samefn.reports.styles import ROLE_STYLES
from samefn.reports.tables.claims import figure_cells
from samefn.reports.tables.language import language_main_table, language_table
from samefn.reports.tables.layers import layers_table
from samefn.reports.tables.noise_floor import noise_floor_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.tables.ranking import ranking_table
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.tables.table import Table, measures_table, models_table
from samefn.reports.tables.transfer import SHARE, transfer_parts
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import CLAIM_WORDING, claim_reason
from samefn.reports.wording.headline import overall_sentence
from samefn.reports.wording.protocol import protocol_notice
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.summary import headline, missing_models, summary_cards, summary_sentences
from samefn.reports.wording.transfer import (
    MAIN_QUESTION,
    transfer_answer,
    transfer_covers,
    transfer_figures,
    transfer_sentence,
)
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.reports.wording.warnings import all_warnings
from samefn.schema.changed import ChangedExample
from samefn.schema.report import ModelEntry, Report


def report_html(report: Report) -> str:
    """The report as one HTML page.

    Names, notes and every other text are escaped; images are shown only when they are PNG data URIs. The page
    holds no date and no time: equal reports but for `times` give equal pages.
    """
    view = ReportView(report)
    script = template("report.js")
    roles = list(dict.fromkeys([model.role for model in view.models] + ["student"] * bool(report.transfer)))
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            warnings=all_warnings(report),
            view=view,
            styles=ROLE_STYLES,
            roles=roles,
            headline=headline(view),
            overall_sentence=partial(overall_sentence, view),
            verdict_sentence=partial(verdict_sentence, report),
            protocol=protocol_notice(report),
            cards=summary_cards(view),
            sentences=summary_sentences(view),
            maps=[map_chart(view, chart) for chart in view.maps],
            charts=[(map_title(chart.method), settings_text(chart), chart.settings.notes) for chart in view.maps],
            fewest=MIN_POINTS,
            distances=distance_plot(view) if view.final_distances else None,
            disagreement=disagreement_plot(view) if view.comparisons else None,
            accuracy=accuracy_chart(view) if accuracy_changes(view) else None,
            changes=accuracy_changes(view),
            curves=curve_charts(view),
            compared=report.compared,
            models=_without_empty_zstd(models_table(report)),
            verdicts=verdicts_table(report),
            requirements=requirements_table(report),
            requirements_met=requirements_met(report),
            unmet=[requirement_sentence(view, entry) for entry in report.requirements if entry.outcome != "holds"],
            ranking=ranking_table(report),
            noise_floor=noise_floor_table(report),
            transfer=transfer_parts(view),
            transfer_answer=transfer_answer(view, *MAIN_QUESTION),
            transfer_figures=transfer_figures(view, *MAIN_QUESTION),
            transfer_sentences=[
                transfer_sentence(entry) for entry in report.transfer if entry.evaluation == view.transfer_evaluation
            ],
            transfer_plots=transfer_plots(view),
            transfer_note=SHARE.format(covers=transfer_covers(report.transfer)),
            transfer_covers=transfer_covers(report.transfer),
            claims=[
                (
                    claim,
                    CLAIM_WORDING[claim.id],
                    claim_reason(view, claim),
                    [figure_cells(view, figure) for figure in claim.figures],
                )
                for claim in report.claims
            ],
            paper=paper_table(report),
            layers=layers_table(report),
            layer_plots=layer_plots(view),
            language_main=language_main_table(report),
            language=language_table(report),
            measures=measures_table(report),
            changed=_changed(view),
            missing=missing_models(view),
            script=script,
            script_hash=script_hash(script),
            style=template("report.css"),
        )
    )


def _without_empty_zstd(table: Table) -> Table:
    """The table without `bytes_zstd` where that is all dashes; the files keep it: their columns are always the same."""
    at = next(at for at, column in enumerate(table.columns) if column.key == "bytes_zstd")
    if any(row[at].raw is not None for row in table.rows):
        return table
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    return replace(table, columns=(*table.columns[:at], *table.columns[at + 1 :]), rows=rows)


def _changed(view: ReportView) -> list[tuple[ModelEntry, list[ChangedExample], int | None]]:
    """Each candidate, its examples and its count of changed predictions: least changed first, independents last."""
    order = {c.model.id: (c.value, round(c.value * c.entry.examples)) for c in view.comparisons}
    examples_of: dict[str, list[ChangedExample]] = {}
    for example in view.report.changed:
        examples_of.setdefault(example.candidate, []).append(example)
    known = {model.id: model for model in view.models}
    groups = [
        (known[model_id], examples, order[model_id][1] if model_id in order else None)
        for model_id, examples in examples_of.items()
        if model_id in known
    ]
    return sorted(groups, key=lambda group: (group[0].role == "independent", order.get(group[0].id, (2.0, 0))[0]))
