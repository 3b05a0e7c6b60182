"""Several candidates ranked, with what each costs relative to the base."""

from samefn.reports.costs import COSTS, candidates, cost_percent
from samefn.reports.tables.table import (
    Cell,
    Column,
    Table,
    measure_cell,
    measure_column,
    relative_distance_cell,
)
from samefn.reports.view import ReportView
from samefn.reports.wording.numbers import NONE, format_with_interval
from samefn.schema.report import ModelEntry, Report
from samefn.schema.verdicts import FROM_BEST, Outcome


def ranking_table(report: Report) -> Table:
    """Several candidates, the best first: by verdict, then by relative distance, then by disagreement.

    No rows for fewer than two. Costs are percent of the base's.
    """
    view = ReportView(report)
    models = candidates(view)
    costs = [cost for cost in COSTS if any(cost_percent(view, model, cost) is not None for model in models)]
    columns = (
        Column("rank", "rank"),
        Column("model", "model", numeric=False),
        Column("verdict", "verdict", numeric=False),
        Column(
            "relative_distance",
            "relative distance",
            interval=True,
            note="By predictions. 0: the base's noise floor; 1: an independent.",
        ),
        measure_column("disagreement", "disagreement"),
        *(Column(f"{cost.name}_ratio", cost.title, "% of base's", note="Relative to the base's.") for cost in costs),
    )
    ranked = sorted(models, key=lambda model: _order(view, model))
    if len(ranked) < 2:
        return Table("ranking", "Ranking", columns, ())
    rows = tuple(
        (
            Cell(str(rank), rank),
            Cell(model.name, model.name),
            Cell(_outcome(view, model) or NONE, _outcome(view, model)),
            relative_distance_cell(view.relative_distance(model.id, "disagreement")),
            measure_cell(view.entry(model, "disagreement")),
            *(_percent_cell(cost_percent(view, model, cost)) for cost in costs),
        )
        for rank, model in enumerate(ranked, start=1)
    )
    note = "Ranked by verdict, then relative distance by predictions, then disagreement. Cost does not count."
    return Table("ranking", "Ranking", columns, rows, tuple(model.id for model in ranked), (note,))


def _order(view: ReportView, model: ModelEntry) -> tuple[float, float, float]:
    outcome = _outcome(view, model)
    relative = view.relative_distance(model.id, "disagreement")
    disagreement = view.entry(model, "disagreement")
    return (
        len(FROM_BEST) if outcome is None else FROM_BEST.index(outcome),
        float("inf") if relative is None or relative.value is None else relative.value,
        float("inf") if disagreement is None or disagreement.value is None else disagreement.value,
    )


def _outcome(view: ReportView, model: ModelEntry) -> Outcome | None:
    verdicts = (verdict for verdict in view.report.verdicts if verdict.evaluation == view.evaluation)
    return next((verdict.outcome for verdict in verdicts if verdict.candidate == model.id), None)


def _percent_cell(percent: float | None) -> Cell:
    return Cell(format_with_interval(percent).text, percent)
