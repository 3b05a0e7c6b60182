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
    ranked = sorted(models, key=lambda model: ranking_order(view, model))
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


def ranking_order(view: ReportView, model: ModelEntry) -> tuple[float, float, float]:
    """What candidates are ranked by, the best first; what is not known counts as the worst."""
    outcome = _outcome(view, model)
    relative = view.relative_distance(model.id, "disagreement")
    disagreement = view.entry(model, "disagreement")
    return (
        len(FROM_BEST) if outcome is None else FROM_BEST.index(outcome),
        float("inf") if relative is None or relative.value is None else relative.value,
        float("inf") if disagreement is None or disagreement.value is None else disagreement.value,
    )


def best_trade_off(view: ReportView) -> str | None:
    """Id of the smallest candidate that is the same function and is not shown to be worse.

    None where fewer than two candidates are judged, no such candidate is smaller than the base, or sizes are not known.
    Of equal sizes it is the one that is ranked first.
    """
    if len(view.judged) < 2 or view.base is None or not view.base.bytes:
        return None
    good = [one.model for one in view.judged if one.verdict.outcome == "same" and one.verdict.quality != "worse"]
    smaller = [model for model in good if model.bytes is not None and model.bytes < view.base.bytes]
    best = min(smaller, key=lambda model: (model.bytes, ranking_order(view, model)), default=None)
    return best.id if best else None


def _outcome(view: ReportView, model: ModelEntry) -> Outcome | None:
    verdicts = (verdict for verdict in view.report.verdicts if verdict.evaluation == view.evaluation)
    return next((verdict.outcome for verdict in verdicts if verdict.candidate == model.id), None)


def _percent_cell(percent: float | None) -> Cell:
    return Cell(format_with_interval(percent).text, percent)
