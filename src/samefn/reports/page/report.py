"""The whole report in one HTML file that opens offline: nothing is loaded, and its own rules forbid it to."""

from dataclasses import replace
from functools import partial

from samefn.landscape.distances import MIN_POINTS
from samefn.reports.charts.charts import accuracy_chart, curve_charts, disagreement_plot, distance_plot, map_chart
from samefn.reports.charts.figures import accuracy_changes
from samefn.reports.charts.map_data import map_title, settings_text
from samefn.reports.charts.transfer import transfer_plots
from samefn.reports.page.page import environment, script_hash, template
from samefn.reports.styles import STYLES
from samefn.reports.tables.claims import figure_cells
from samefn.reports.tables.cost_ranking import ranking_table
from samefn.reports.tables.language import language_summary, language_table
from samefn.reports.tables.layers import located_plots, located_table
from samefn.reports.tables.noise_floor import floors_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.tables.requirements import requirements_table
from samefn.reports.tables.table import Table, measures_table, models_table
from samefn.reports.tables.transfer import SHARE, transfer_parts
from samefn.reports.tables.verdicts import verdicts_table
from samefn.reports.view import Findings
from samefn.reports.wording.claims import CLAIM_WORDING, claim_reason
from samefn.reports.wording.headline import overall_sentence
from samefn.reports.wording.protocol import protocol_said
from samefn.reports.wording.requirements import requirement_sentence, requirements_met
from samefn.reports.wording.summary import groups, headline, sentences
from samefn.reports.wording.transfer import MAIN_QUESTION, transfer_answer, transfer_figures, transfer_sentence
from samefn.reports.wording.verdicts import verdict_sentence
from samefn.schema.report import ChangedExample, ModelEntry, Report


def report_html(report: Report) -> str:
    """The report as one HTML page.

    Names, notes and every other text are escaped; images are shown only when they are PNG data URIs. The page
    holds no date and no time: equal reports but for `times` give equal pages.
    """
    findings = Findings(report)
    script = template("report.js")
    roles = list(dict.fromkeys([model.role for model in findings.models] + ["student"] * bool(report.transfer)))
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            findings=findings,
            styles=STYLES,
            roles=roles,
            headline=headline(findings),
            overall_sentence=partial(overall_sentence, findings),
            verdict_sentence=partial(verdict_sentence, report),
            protocol=protocol_said(report),
            groups=groups(findings),
            sentences=sentences(findings),
            maps=[map_chart(findings, chart) for chart in findings.maps],
            charts=[(map_title(one.method), settings_text(one), one.settings.notes) for one in findings.maps],
            fewest=MIN_POINTS,
            distances=distance_plot(findings) if findings.final_distances else None,
            disagreement=disagreement_plot(findings) if findings.comparisons else None,
            accuracy=accuracy_chart(findings) if accuracy_changes(findings) else None,
            changes=accuracy_changes(findings),
            curves=curve_charts(findings),
            compared=report.compared,
            models=_without_dashes(models_table(report), "bytes_zstd"),
            verdicts=verdicts_table(report),
            requirements=requirements_table(report),
            requirements_met=requirements_met(report),
            unmet=[requirement_sentence(findings, one) for one in report.requirements if one.outcome != "holds"],
            ranking=ranking_table(report),
            floors=floors_table(report),
            transfer=transfer_parts(findings),
            transfer_answer=transfer_answer(findings, *MAIN_QUESTION),
            transfer_figures=transfer_figures(findings, *MAIN_QUESTION),
            transfer_sentences=[
                transfer_sentence(one) for one in report.transfer if one.evaluation == findings.transfer_evaluation
            ],
            transfer_plots=transfer_plots(findings),
            transfer_note=SHARE,
            claims=[
                (
                    claim,
                    CLAIM_WORDING[claim.id],
                    claim_reason(findings, claim),
                    [figure_cells(findings, one) for one in claim.figures],
                )
                for claim in report.claims
            ],
            paper=paper_table(report),
            located=located_table(report),
            located_plots=located_plots(findings),
            language_main=language_summary(report),
            language=language_table(report),
            measures=measures_table(report),
            changed=_changed(findings),
            missing=_missing(findings),
            script=script,
            script_hash=script_hash(script),
            style=template("report.css"),
        )
    )


def _without_dashes(table: Table, key: str) -> Table:
    """The table without a column that is all dashes; the files keep it, so that theirs are always the same."""
    at = next(at for at, column in enumerate(table.columns) if column.key == key)
    if any(row[at].raw is not None for row in table.rows):
        return table
    rows = tuple((*row[:at], *row[at + 1 :]) for row in table.rows)
    return replace(table, columns=(*table.columns[:at], *table.columns[at + 1 :]), rows=rows)


def _changed(findings: Findings) -> list[tuple[ModelEntry, list[ChangedExample], int | None]]:
    """Each candidate with its examples and how many answers it changed: the least changed first, independents last."""
    order = {c.model.id: (c.value, round(c.value * c.entry.examples)) for c in findings.comparisons}
    found: dict[str, list[ChangedExample]] = {}
    for example in findings.report.changed:
        found.setdefault(example.candidate, []).append(example)
    known = {model.id: model for model in findings.models}
    groups_ = [
        (known[model_id], examples, order[model_id][1] if model_id in order else None)
        for model_id, examples in found.items()
        if model_id in known
    ]
    return sorted(groups_, key=lambda group: (group[0].role == "independent", order.get(group[0].id, (2.0, 0))[0]))


def _missing(findings: Findings) -> list[str]:
    """Kinds of models that the report has none of, as sentences."""
    roles = {model.role for model in findings.models}
    kinds = {
        "independent": "No independently trained model, so no reference.",
        "quantized": "No quantised model.",
        "student": "No student.",
        "pruned": "No pruned model.",
    }
    return [] if "candidate" in roles else [text for role, text in kinds.items() if role not in roles]
