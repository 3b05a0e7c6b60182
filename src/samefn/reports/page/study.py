"""What only some reports have: the landscape's figures, what was transferred, claims, language models, layers."""

from typing import Any

from samefn.landscape.distances import MIN_POINTS
from samefn.reports.charts.layers import layer_groups
from samefn.reports.page.drawn import PageCharts
from samefn.reports.tables.claims import figure_cells
from samefn.reports.tables.language import language_main_table, language_table
from samefn.reports.tables.layers import layers_table
from samefn.reports.tables.paper import paper_table
from samefn.reports.tables.transfer import SHARE, transfer_parts
from samefn.reports.view import ReportView
from samefn.reports.wording.claims import CLAIM_WORDING, claim_reason
from samefn.reports.wording.layers import DIRECTION_TITLES
from samefn.reports.wording.numbers import format_with_interval
from samefn.reports.wording.transfer import (
    MAIN_QUESTION,
    transfer_answer,
    transfer_covers,
    transfer_figures,
    transfer_sentence,
)


def study_parts(view: ReportView, charts: PageCharts) -> dict[str, Any]:
    """What the templates of these sections are filled with; empty where the report has nothing of it."""
    report = view.report
    evaluation = view.transfer_evaluation
    return {
        "fewest": MIN_POINTS,
        "distances": [(model, far, format_with_interval(far).text) for model, far in view.final_distances],
        "transfer": transfer_parts(view),
        "transfer_answer": transfer_answer(view, *MAIN_QUESTION),
        "transfer_figures": transfer_figures(view, *MAIN_QUESTION),
        "transfer_note": SHARE.format(covers=transfer_covers(report.transfer)),
        "transfer_sentences": [transfer_sentence(one) for one in report.transfer if one.evaluation == evaluation],
        "claims": [
            (
                claim,
                CLAIM_WORDING[claim.id],
                claim_reason(view, claim),
                [figure_cells(view, figure) for figure in claim.figures],
            )
            for claim in report.claims
        ],
        "paper": paper_table(report),
        "language_main": language_main_table(report),
        "language": language_table(report),
        "layers": layers_table(report),
        "layer_charts": _layer_charts(view, charts),
    }


def _layer_charts(view: ReportView, charts: PageCharts) -> list[tuple[str, str]]:
    """For each candidate and direction a title and its chart."""
    titles = [f"{view.name(candidate)}: {DIRECTION_TITLES[direction]}" for candidate, direction in layer_groups(view)]
    return list(zip(titles, charts.named("layers"), strict=True))
